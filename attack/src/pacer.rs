//! Whose turn it is, and when.
//!
//! All connections share one pacer behind a fair lock. The one that holds it waits until the next request is due,
//! takes that request, and leaves the pacer to the next. When all of them are busy nobody waits; whoever is free
//! first finds the overdue request and takes it at once.

use std::io;
use std::time::Duration;

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::alarm::Alarm;
use crate::schedule::Schedule;

/// A request that is due. Its times count from the start of the attack.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Turn {
    pub(crate) sequence: u64,
    pub(crate) due: Duration,
    pub(crate) sent: Duration,
}

/// Hands out the requests of an attack in their order, each when it is due.
#[derive(Debug)]
pub(crate) struct Pacer<A> {
    schedule: Schedule,
    alarm: A,
    start: Instant,
    stopping: CancellationToken,
    next: u64,
}

impl<A: Alarm> Pacer<A> {
    pub(crate) fn new(
        schedule: Schedule,
        start: Instant,
        stopping: CancellationToken,
    ) -> io::Result<Self> {
        Ok(Self {
            schedule,
            alarm: A::new()?,
            start,
            stopping,
            next: 0,
        })
    }

    /// Waits for the next request; `None` when there is none any more.
    ///
    /// # Errors
    /// When the system's timer fails.
    pub(crate) async fn next(&mut self) -> io::Result<Option<Turn>> {
        loop {
            let now = self.start.elapsed();
            let Some(due) = self.schedule.due(self.next, now) else {
                return Ok(None);
            };
            if self.stopping.is_cancelled() {
                return Ok(None);
            }
            if due <= now {
                let sequence = self.next;
                self.next += 1;
                return Ok(Some(Turn {
                    sequence,
                    due,
                    sent: now,
                }));
            }
            tokio::select! {
                rung = self.alarm.wait(self.start + due) => rung?,
                () = self.stopping.cancelled() => {}
            }
        }
    }
}
