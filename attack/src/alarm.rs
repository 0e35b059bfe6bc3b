//! Waiting for a moment.
//!
//! tokio's timer counts in milliseconds and is up to two of them late. For a latency that is counted from the due
//! time this is too much, so where the system has a finer timer that one is used.

#[cfg(target_os = "linux")]
mod fine;

use std::future::Future;
use std::io;

#[cfg(any(test, not(target_os = "linux")))]
use tokio::time;
use tokio::time::Instant;

#[cfg(target_os = "linux")]
pub(crate) use fine::Fine as SystemAlarm;

#[cfg(not(target_os = "linux"))]
pub(crate) use self::Coarse as SystemAlarm;

/// Resolves when a moment has come.
pub(crate) trait Alarm: Sized {
    fn new() -> io::Result<Self>;

    /// Waits until `moment`. May return early.
    fn wait(&mut self, moment: Instant) -> impl Future<Output = io::Result<()>> + Send;
}

/// tokio's own timer. It goes by tokio's clock, which tests pause.
#[cfg(any(test, not(target_os = "linux")))]
#[derive(Debug)]
pub(crate) struct Coarse;

#[cfg(any(test, not(target_os = "linux")))]
impl Alarm for Coarse {
    fn new() -> io::Result<Self> {
        Ok(Self)
    }

    async fn wait(&mut self, moment: Instant) -> io::Result<()> {
        time::sleep_until(moment).await;
        Ok(())
    }
}
