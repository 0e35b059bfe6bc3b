//! Which request is faulty. Pure: no clock, lock, task or socket; the time is an argument.
//!
//! The percentage is exact, not a matter of luck: of any 100 requests in a row exactly `percent` are
//! faulty, and they are spread as evenly as whole requests can be. That makes a demo repeatable, and has
//! a consequence worth knowing: consecutive errors are rare. Five in a row, the threshold of the demo's
//! mesh, come only from 81 % on; a detector that counts in a row never ejects a replica below that.
//!
//! A fault with an end is over from that moment on, whether or not anybody looks. [`Injector::expire`]
//! is for those who want to know when it was.

use std::time::{Duration, Instant};

use crate::Fault;

/// The fault of one replica, and whose turn it is.
#[derive(Debug, Default)]
pub struct Injector {
    armed: Option<Armed>,
}

/// A fault in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Active {
    /// What it does.
    pub fault: Fault,
    /// How long it still lasts; `None` until it is disarmed.
    pub remaining: Option<Duration>,
}

#[derive(Debug)]
struct Armed {
    fault: Fault,
    ends: Option<Instant>,
    /// Hundredths of a faulty request that are due, 0 to 99.
    due: u8,
}

impl Armed {
    fn ended(&self, now: Instant) -> bool {
        self.ends.is_some_and(|ends| ends <= now)
    }
}

impl Injector {
    /// Puts `fault` in force from `now` on, in place of any other.
    pub fn arm(&mut self, fault: Fault, now: Instant) {
        self.armed = Some(Armed {
            fault,
            ends: fault.lasts().map(|lasts| now + lasts),
            due: 0,
        });
    }

    /// Ends the fault, and says which it was.
    pub fn disarm(&mut self) -> Option<Fault> {
        self.armed.take().map(|armed| armed.fault)
    }

    /// Forgets a fault that has ended by itself, and says which it was: once per fault.
    pub fn expire(&mut self, now: Instant) -> Option<Fault> {
        self.armed
            .take_if(|armed| armed.ended(now))
            .map(|armed| armed.fault)
    }

    /// The fault in force at `now`.
    pub fn active(&self, now: Instant) -> Option<Active> {
        let armed = self.armed.as_ref().filter(|armed| !armed.ended(now))?;
        Some(Active {
            fault: armed.fault,
            remaining: armed.ends.map(|ends| ends.duration_since(now)),
        })
    }

    /// Takes the turn of one request: the fault that it meets, `None` when it is a healthy one.
    pub fn next(&mut self, now: Instant) -> Option<Fault> {
        let armed = self.armed.as_mut().filter(|armed| !armed.ended(now))?;
        armed.due += armed.fault.percent();
        if armed.due < 100 {
            return None;
        }
        armed.due -= 100;
        Some(armed.fault)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn armed(query: &str, now: Instant) -> Injector {
        let mut injector = Injector::default();
        injector.arm(query.parse().unwrap(), now);
        injector
    }

    /// Whether each of so many requests in a row is faulty, at this percentage.
    fn requests(percent: u8, count: usize) -> Vec<bool> {
        let now = Instant::now();
        let mut injector = armed(&format!("percent={percent}"), now);
        (0..count).map(|_| injector.next(now).is_some()).collect()
    }

    fn longest_run_of_faults(requests: &[bool]) -> usize {
        requests
            .split(|faulty| !faulty)
            .map(<[bool]>::len)
            .max()
            .unwrap()
    }

    #[test]
    fn of_any_100_requests_in_a_row_exactly_percent_are_faulty() {
        for percent in 1..=100 {
            for window in requests(percent, 1_000).windows(100) {
                let faulty = window.iter().filter(|faulty| **faulty).count();
                assert_eq!(faulty, usize::from(percent));
            }
        }
    }

    /// Evenly: any two stretches of the same length differ by at most one fault.
    #[test]
    fn faults_are_spread_evenly() {
        for percent in [1, 10, 33, 50, 99, 100] {
            let requests = requests(percent, 400);
            for length in 1..=100 {
                let counts = requests
                    .windows(length)
                    .map(|window| window.iter().filter(|faulty| **faulty).count());
                let (least, most) = (counts.clone().min().unwrap(), counts.max().unwrap());
                assert!(
                    most - least <= 1,
                    "{percent} %: {least} to {most} faults in {length} requests"
                );
            }
        }
    }

    #[test]
    fn five_faults_in_a_row_come_from_81_percent_on() {
        assert_eq!(longest_run_of_faults(&requests(80, 1_000)), 4);
        assert_eq!(longest_run_of_faults(&requests(81, 1_000)), 5);
    }

    #[test]
    fn without_a_fault_no_request_is_faulty() {
        let now = Instant::now();
        let mut injector = Injector::default();
        assert_eq!(injector.next(now), None);
        assert_eq!(injector.active(now), None);
        assert_eq!(injector.disarm(), None);
    }

    #[test]
    fn a_disarmed_fault_is_over_at_once() {
        let now = Instant::now();
        let mut injector = armed("", now);
        assert_eq!(injector.next(now), Some(Fault::default()));
        assert_eq!(injector.disarm(), Some(Fault::default()));
        assert_eq!(injector.next(now), None);
    }

    #[test]
    fn a_second_fault_replaces_the_first_and_its_end() {
        let now = Instant::now();
        let mut injector = armed("for=1s&percent=1", now);
        let second: Fault = "status=503".parse().unwrap();
        injector.arm(second, now);
        let later = now + Duration::from_secs(60);
        assert_eq!(injector.expire(later), None);
        assert_eq!(injector.next(later), Some(second));
    }

    #[test]
    fn a_fault_with_an_end_is_over_from_that_moment_on() {
        let now = Instant::now();
        let mut injector = armed("for=30s", now);
        let end = now + Duration::from_secs(30);
        let before = end - Duration::from_nanos(1);
        assert!(injector.next(before).is_some());
        assert_eq!(
            injector.active(before).unwrap().remaining,
            Some(Duration::from_nanos(1))
        );
        assert!(injector.next(end).is_none());
        assert_eq!(injector.active(end), None);
    }

    #[test]
    fn the_end_is_told_once_and_not_before() {
        let now = Instant::now();
        let mut injector = armed("for=30s", now);
        let end = now + Duration::from_secs(30);
        assert_eq!(injector.expire(end - Duration::from_nanos(1)), None);
        assert!(injector.expire(end).is_some());
        assert_eq!(injector.expire(end), None);
    }

    #[test]
    fn a_fault_without_an_end_never_ends_by_itself() {
        let now = Instant::now();
        let mut injector = armed("", now);
        let much_later = now + Duration::from_secs(365 * 24 * 60 * 60);
        assert_eq!(injector.expire(much_later), None);
        assert_eq!(injector.active(much_later).unwrap().remaining, None);
        assert!(injector.next(much_later).is_some());
    }
}
