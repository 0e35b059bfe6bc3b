//! An orderly stop: the first SIGTERM or SIGINT asks for it, a second one means now.

use std::future::Future;
use std::io;
use std::process;

use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;
use tracing::info;

/// A request to stop, held by whoever must heed it. Clones share the request.
#[derive(Clone, Debug, Default)]
pub struct Stop(CancellationToken);

impl Stop {
    /// A stop that nobody has asked for yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Asks everyone who holds this stop, or a clone, to stop.
    pub fn request(&self) {
        self.0.cancel();
    }

    /// Whether the stop was requested.
    pub fn requested(&self) -> bool {
        self.0.is_cancelled()
    }

    /// Resolves once the stop is requested.
    pub fn wait(&self) -> impl Future<Output = ()> + Send + use<> {
        self.0.clone().cancelled_owned()
    }
}

/// Turns the first SIGTERM or SIGINT into a request to stop, and the second into the end of the
/// process with the exit code shells give for that signal (128 + its number).
///
/// # Errors
/// When the signal handlers cannot be installed.
pub fn on_signals() -> io::Result<Stop> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let stop = Stop::new();
    let requested = stop.clone();
    tokio::spawn(async move {
        loop {
            let kind = tokio::select! {
                _ = terminate.recv() => SignalKind::terminate(),
                _ = interrupt.recv() => SignalKind::interrupt(),
            };
            if requested.requested() {
                process::exit(128 + kind.as_raw_value());
            }
            info!(signal = kind.as_raw_value(), "stopping");
            requested.request();
        }
    });
    Ok(stop)
}
