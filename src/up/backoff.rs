//! How long to wait before a process that ended is started again. Kubernetes' rule for containers
//! (CrashLoopBackOff): at once first, then 10 s, doubled each time up to 300 s, and forgotten after ten
//! minutes of running.

use std::time::Duration;

const FIRST: Duration = Duration::from_secs(10);
const LONGEST: Duration = Duration::from_secs(300);
const FORGOTTEN_AFTER: Duration = Duration::from_secs(600);

/// What is remembered of one process' ends.
#[derive(Debug, Default)]
pub(super) struct Backoff {
    next: Duration,
}

impl Backoff {
    /// How long to wait, now that the process ended after it ran for `ran`.
    pub(super) fn ended(&mut self, ran: Duration) -> Duration {
        if ran >= FORGOTTEN_AFTER {
            self.next = Duration::ZERO;
        }
        let wait = self.next;
        self.next = (wait * 2).clamp(FIRST, LONGEST);
        wait
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn waits(backoff: &mut Backoff, times: usize) -> Vec<u64> {
        (0..times)
            .map(|_| backoff.ended(Duration::from_secs(599)).as_secs())
            .collect()
    }

    #[test]
    fn the_wait_doubles_from_ten_seconds_to_five_minutes() {
        let waits = waits(&mut Backoff::default(), 8);
        assert_eq!(waits, [0, 10, 20, 40, 80, 160, 300, 300]);
    }

    #[test]
    fn ten_minutes_of_running_are_a_new_beginning() {
        let mut backoff = Backoff::default();
        waits(&mut backoff, 4);
        assert_eq!(backoff.ended(Duration::from_secs(600)), Duration::ZERO);
        assert_eq!(waits(&mut backoff, 2), [10, 20]);
    }
}
