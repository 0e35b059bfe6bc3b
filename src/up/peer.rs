//! Programs of others: which one is meant, and what it says of itself.

use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::time::Duration;

use service::{ConfigError, Environment};
use tokio::process::Command;
use tokio::time::timeout;

/// How long it may take to say its version. These are big programs, on a cold disk perhaps.
const PATIENCE: Duration = Duration::from_secs(10);

/// A program of others.
pub(super) struct Peer {
    /// As people call it.
    pub(super) name: &'static str,
    /// The variable that says where it is.
    pub(super) variable: &'static str,
    /// What it is called on `PATH`.
    pub(super) program: &'static str,
    /// Says how to get it.
    pub(super) missing: fn(&Path) -> ConfigError,
}

impl Peer {
    /// The one that a flag names, or the variable, or the one on `PATH`.
    pub(super) fn chosen(&self, named: Option<&Path>, env: &impl Environment) -> PathBuf {
        let named = named.map(Path::to_owned);
        named
            .or_else(|| env.get(self.variable).map(PathBuf::from))
            .unwrap_or_else(|| PathBuf::from(self.program))
    }

    /// What `read` finds in what the program at `path` prints when it is asked for its version.
    ///
    /// # Errors
    /// When it is not there, does not answer in time, or `read` finds nothing.
    pub(super) async fn version<T>(
        &self,
        path: &Path,
        read: impl FnOnce(&Output) -> Option<T>,
    ) -> Result<T, ConfigError> {
        let said = Command::new(path)
            .arg("--version")
            .stdin(Stdio::null())
            .kill_on_drop(true)
            .output();
        let said = timeout(PATIENCE, said)
            .await
            .unwrap_or_else(|_| Err(io::Error::from(ErrorKind::TimedOut)));
        let (name, program) = (self.name, path.display());
        let said = said.map_err(|error| match error.kind() {
            ErrorKind::NotFound => (self.missing)(path),
            _ => ConfigError::new(format!("{program} cannot be run as {name}: {error}")),
        })?;
        read(&said).ok_or_else(|| {
            ConfigError::new(format!("{program} is not {name}: its --version names none"))
        })
    }
}
