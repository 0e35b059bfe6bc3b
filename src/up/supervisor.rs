//! Keeps the processes running, as Kubernetes keeps pods, until all of them are to end.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use service::{ConfigError, EX_USAGE, Stop};
use tokio::task::{JoinError, JoinSet};
use tokio::time::{Instant, sleep};
use tracing::{info, warn};

use super::backoff::Backoff;
use super::child::{Child, Starter};
use super::launch::Launch;

/// All processes, each watched by a task.
#[derive(Debug)]
pub(super) struct Supervisor {
    tasks: JoinSet<Result<(), ConfigError>>,
    pids: Vec<Arc<AtomicU32>>,
    end: Stop,
}

impl Supervisor {
    /// Starts every process.
    ///
    /// # Errors
    /// When the system refuses one; those that run already are killed.
    pub(super) fn start(launches: &[Launch]) -> io::Result<Self> {
        let starter = Starter::new()?;
        let mut supervisor = Self {
            tasks: JoinSet::new(),
            pids: Vec::new(),
            end: Stop::new(),
        };
        for launch in launches {
            let child = starter.start(launch)?;
            let pid = Arc::new(AtomicU32::new(child.pid()));
            supervisor.pids.push(pid.clone());
            let watched = Watched {
                starter: starter.clone(),
                launch: launch.clone(),
                pid,
                end: supervisor.end.clone(),
            };
            supervisor.tasks.spawn(watched.keep(child));
        }
        Ok(supervisor)
    }

    /// Tells the process ids at the time of the call, in the order of the start.
    pub(super) fn pids(&self) -> impl Fn() -> Vec<u32> + use<> {
        let pids = self.pids.clone();
        move || {
            let now = pids.iter().map(|pid| pid.load(Ordering::Relaxed));
            now.collect()
        }
    }

    /// Resolves when it makes no sense to go on: a process refused its settings at the first start.
    pub(super) async fn failed(&mut self) -> ConfigError {
        match self.tasks.join_next().await.map(outcome) {
            Some(Err(error)) => error,
            // Nobody else ends before `end` says so.
            Some(Ok(())) | None => std::future::pending().await,
        }
    }

    /// Ends every process.
    pub(super) async fn end(mut self) {
        self.end.request();
        while let Some(ended) = self.tasks.join_next().await {
            if let Err(error) = outcome(ended) {
                warn!(%error, "ended badly");
            }
        }
    }
}

/// One process and what it takes to start it again.
struct Watched {
    starter: Starter,
    launch: Launch,
    pid: Arc<AtomicU32>,
    end: Stop,
}

impl Watched {
    async fn keep(self, first: Child) -> Result<(), ConfigError> {
        let name = &self.launch.name;
        let mut backoff = Backoff::default();
        let mut running = Some(first);
        let mut restarts = 0_u32;
        loop {
            let started = Instant::now();
            if let Some(mut child) = running.take() {
                let pid = child.pid();
                let ended = tokio::select! {
                    ended = child.ended() => ended,
                    () = self.end.wait() => {
                        if let Err(error) = child.end().await {
                            warn!(%name, pid, %error, "cannot be ended");
                        }
                        return Ok(());
                    }
                };
                match ended {
                    Ok(status) if restarts == 0 && status.code() == Some(EX_USAGE.into()) => {
                        return Err(ConfigError::new(format!(
                            "{name} refused its settings; its own sentence is above"
                        )));
                    }
                    Ok(status) => warn!(%name, pid, %status, "ended unexpectedly"),
                    Err(error) => warn!(%name, pid, %error, "lost"),
                }
            }
            let wait = backoff.ended(started.elapsed());
            tokio::select! {
                () = sleep(wait) => {}
                () = self.end.wait() => return Ok(()),
            }
            restarts += 1;
            match self.starter.start(&self.launch) {
                Ok(child) => {
                    info!(%name, pid = child.pid(), restarts, waited = ?wait, "started again");
                    self.pid.store(child.pid(), Ordering::Relaxed);
                    running = Some(child);
                }
                Err(error) => warn!(%name, %error, "cannot be started again"),
            }
        }
    }
}

fn outcome(ended: Result<Result<(), ConfigError>, JoinError>) -> Result<(), ConfigError> {
    ended.expect("no task of the supervisor panics or is cancelled")
}
