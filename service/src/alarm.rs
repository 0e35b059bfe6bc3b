//! Deadlines without a timer per request.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::task::coop;
use tokio::time::{self, Instant, Sleep};

/// One timer for all deadlines of a connection, one deadline at a time.
///
/// Arming and disarming a timer for each request would cost more than the request's other bookkeeping.
/// So the timer is left armed for the deadline of an earlier request, and only when it fires and the
/// current deadline is later is it armed again: about once per timeout, not once per request.
#[derive(Debug)]
pub struct Alarm(Pin<Box<Sleep>>);

/// Long enough to mean never, short enough for the timer wheel.
const NEVER: Duration = Duration::from_secs(365 * 24 * 3_600);

impl Alarm {
    /// One that is armed for no deadline yet.
    #[expect(
        clippy::new_without_default,
        reason = "it needs a runtime with a clock"
    )]
    pub fn new() -> Self {
        Self(Box::pin(time::sleep(NEVER)))
    }

    /// Ready once `deadline` has passed; until then the task is woken at the deadline or before.
    pub fn poll_at(&mut self, cx: &mut Context<'_>, deadline: Instant) -> Poll<()> {
        if deadline < self.0.deadline() {
            self.0.as_mut().reset(deadline);
        }
        // A task that has had its turn is not told of its timers. Deadlines are for those, too, who keep it busy.
        if !coop::has_budget_remaining() && Instant::now() >= deadline {
            return Poll::Ready(());
        }
        while self.0.as_mut().poll(cx).is_ready() {
            if Instant::now() >= deadline {
                return Poll::Ready(());
            }
            self.0.as_mut().reset(deadline);
        }
        Poll::Pending
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::future::poll_fn;

    #[tokio::test(start_paused = true)]
    async fn a_deadline_is_kept_whether_the_timer_was_armed_for_an_earlier_or_a_later_one() {
        let mut alarm = Alarm::new();
        let start = Instant::now();
        for seconds in [5, 15, 20, 21] {
            let deadline = start + Duration::from_secs(seconds);
            poll_fn(|cx| alarm.poll_at(cx, deadline)).await;
            assert_eq!(start.elapsed().as_secs(), seconds);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_timer_that_fires_for_a_forgotten_deadline_is_not_taken_for_the_current_one() {
        let mut alarm = Alarm::new();
        let start = Instant::now();
        let early = start + Duration::from_secs(1);
        let pending = poll_fn(|cx| Poll::Ready(alarm.poll_at(cx, early))).await;
        assert!(pending.is_pending());
        poll_fn(|cx| alarm.poll_at(cx, start + Duration::from_secs(10))).await;
        assert_eq!(start.elapsed().as_secs(), 10);
    }
}
