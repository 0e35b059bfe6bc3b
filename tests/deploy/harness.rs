//! The script in a folder of its own, with nothing of the machine's settings.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What a run of the script left: its exit code and its words.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ran {
    pub(crate) fn new(output: std::process::Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Fails the test, with all that was said, unless it ended with `code`.
    #[track_caller]
    pub(crate) fn ended(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{}\n{}", self.stderr, self.stdout);
        self
    }
}

/// The repository.
pub(crate) fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every file of the script.
pub(crate) fn scripts() -> Vec<PathBuf> {
    let rooms = std::fs::read_dir(repository().join("deploy")).unwrap();
    let mut files: Vec<_> = rooms.map(|room| room.unwrap().path()).collect();
    files.push(repository().join("deploy.sh"));
    files.sort();
    files
}

/// Runs the script where it stands, with nothing but a search path.
pub(crate) fn run_bare(args: &[&str]) -> Ran {
    let mut command = Command::new(repository().join("deploy.sh"));
    command
        .args(args)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap());
    Ran::new(command.stdin(Stdio::null()).output().unwrap())
}
