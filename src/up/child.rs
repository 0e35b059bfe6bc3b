//! A child process: this executable again, cut off from the shell that `up` was started in.

use std::env;
use std::io;
use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use tokio::process::{ChildStdin, Command};
use tokio::time::timeout;

use super::launch::Launch;
use crate::lifeline::Lifeline;

/// What a process keeps from the shell: how to log, and where this machine has its things. Everything
/// else, such as a proxy or a port, is the shell's own business.
const KEPT: [&str; 5] = ["PATH", "HOME", "TMPDIR", "RUST_LOG", "RUST_BACKTRACE"];

/// What OpenTelemetry's variables have in common. Where spans go is for the whole demo to know; each service
/// has a name of its own.
const OPEN_TELEMETRY: &str = "OTEL_";
const SERVICE_NAME: &str = "OTEL_SERVICE_NAME";

/// How long a process has to end in order. It cuts its requests at 3 s; everything is over within 5 s.
const PATIENCE: Duration = Duration::from_secs(4);

/// How children are started.
#[derive(Clone, Debug)]
pub(super) struct Starter {
    executable: PathBuf,
}

/// A running process. Killed when dropped.
#[derive(Debug)]
pub(super) struct Child {
    process: tokio::process::Child,
    pid: u32,
    /// The process ends when this closes, see [`Lifeline`].
    _lifeline: Option<ChildStdin>,
}

impl Starter {
    /// Finds the executable of this process.
    ///
    /// # Errors
    /// When the system does not tell.
    pub(super) fn new() -> io::Result<Self> {
        Ok(Self {
            executable: env::current_exe()?,
        })
    }

    /// Starts a process, in a process group of its own: Ctrl-C is for `up`, which ends it in order.
    ///
    /// # Errors
    /// When the system refuses.
    pub(super) fn start(&self, launch: &Launch) -> io::Result<Child> {
        let kept = KEPT
            .iter()
            .filter_map(|name| Some((name, env::var_os(name)?)));
        let traces = env::vars_os().filter(|(name, _)| {
            let name = name.to_string_lossy();
            name.starts_with(OPEN_TELEMETRY) && name != SERVICE_NAME
        });
        let mut process = Command::new(&self.executable)
            .args(&launch.args)
            .arg(Lifeline::FLAG)
            .env_clear()
            .envs(kept)
            .envs(traces)
            .envs(&launch.env)
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .kill_on_drop(true)
            .spawn()?;
        Ok(Child {
            pid: process.id().expect("nobody has waited for it yet"),
            // Waiting for a process closes the standard input that is still with it.
            _lifeline: process.stdin.take(),
            process,
        })
    }
}

impl Child {
    /// Its process id.
    pub(super) fn pid(&self) -> u32 {
        self.pid
    }

    /// Waits for its end.
    ///
    /// # Errors
    /// When the system does not tell.
    pub(super) async fn ended(&mut self) -> io::Result<ExitStatus> {
        self.process.wait().await
    }

    /// Ends it: in order if it can, after 4 s in any case.
    ///
    /// # Errors
    /// When the system refuses.
    pub(super) async fn end(mut self) -> io::Result<()> {
        // Without an id it has ended already.
        let pid = self
            .process
            .id()
            .and_then(|pid| Pid::from_raw(pid.cast_signed()));
        if let Some(pid) = pid {
            kill_process(pid, Signal::TERM)?;
        }
        match timeout(PATIENCE, self.process.wait()).await {
            Ok(ended) => ended.map(drop),
            Err(_) => self.process.kill().await,
        }
    }
}
