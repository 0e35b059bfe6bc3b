//! The container engine: podman, or what `CONTAINER_ENGINE` names.

use std::env;
use std::ffi::OsString;
use std::process::{Command, Output};

/// The engine with these arguments.
pub(crate) fn engine(args: &[&str]) -> Command {
    let mut command = Command::new(program());
    command.args(args);
    command
}

/// What a command of the engine prints; it must succeed.
pub(crate) fn run(args: &[&str]) -> String {
    let Output {
        status,
        stdout,
        stderr,
    } = try_run(args);
    assert!(
        status.success(),
        "{args:?}: {status}: {}",
        String::from_utf8_lossy(&stderr)
    );
    String::from_utf8(stdout).unwrap().trim().to_owned()
}

/// A command of the engine that may fail.
pub(crate) fn try_run(args: &[&str]) -> Output {
    engine(args).output().unwrap_or_else(|error| {
        panic!(
            "{:?} does not run ({error}): apt-get install podman runc netavark aardvark-dns iptables, or name another engine in CONTAINER_ENGINE",
            program()
        )
    })
}

/// Whether it is podman, which has a flag or two that Docker needs not.
pub(crate) fn is_podman() -> bool {
    run(&["--version"]).contains("podman")
}

fn program() -> OsString {
    env::var_os("CONTAINER_ENGINE").unwrap_or_else(|| "podman".into())
}
