//! Linux's timerfd, some tens of microseconds late.

use std::io;
use std::os::fd::OwnedFd;

use rustix::time::{
    Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec, timerfd_create,
    timerfd_settime,
};
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;
use tokio::time::Instant;

use super::Alarm;

/// A timer of the kernel's that makes a file descriptor readable.
#[derive(Debug)]
pub(crate) struct Fine(AsyncFd<OwnedFd>);

impl Alarm for Fine {
    #[expect(
        deprecated,
        reason = "its successor is unsafe; what it asks for holds, nobody but this type can close the descriptor"
    )]
    fn new() -> io::Result<Self> {
        let timer = timerfd_create(
            TimerfdClockId::Monotonic,
            TimerfdFlags::NONBLOCK | TimerfdFlags::CLOEXEC,
        )?;
        AsyncFd::with_interest(timer, Interest::READABLE).map(Self)
    }

    async fn wait(&mut self, moment: Instant) -> io::Result<()> {
        let wait = moment.saturating_duration_since(Instant::now());
        if wait.is_zero() {
            return Ok(());
        }
        let once = Itimerspec {
            it_interval: Timespec::default(),
            it_value: Timespec::try_from(wait).map_err(io::Error::other)?,
        };
        // Setting it forgets an earlier expiry, so that nothing has to be read from it.
        timerfd_settime(&self.0, TimerfdTimerFlags::empty(), &once)?;
        self.0.readable().await?.clear_ready();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[tokio::test]
    async fn it_rings_again_and_never_early() {
        let mut alarm = Fine::new().unwrap();
        for micros in [1, 300, 2_500] {
            let moment = Instant::now() + Duration::from_micros(micros);
            alarm.wait(moment).await.unwrap();
            assert!(Instant::now() >= moment, "{micros} µs");
        }
    }

    #[tokio::test]
    async fn a_moment_that_is_over_needs_no_wait() {
        let mut alarm = Fine::new().unwrap();
        alarm.wait(Instant::now()).await.unwrap();
    }
}
