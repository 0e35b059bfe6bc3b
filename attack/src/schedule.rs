//! When each request is due, as a matter of arithmetic: no clock, no task.

use std::time::Duration;

use crate::{Length, Pacing, Plan};

/// The due times of an attack.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Schedule {
    pacing: Pacing,
    /// `u64::MAX` when only time or a stop ends it.
    requests: u64,
    /// `Duration::MAX` when time does not end it.
    end: Duration,
}

impl Schedule {
    pub(crate) fn new(plan: &Plan) -> Self {
        Self {
            pacing: plan.pacing,
            requests: plan.requests().unwrap_or(u64::MAX),
            end: match (plan.pacing, plan.length) {
                (Pacing::AsFastAsPossible, Length::Time(end)) => end,
                _ => Duration::MAX,
            },
        }
    }

    /// When request `index` is due, if somebody is free for it at `now`; `None` when the attack is over.
    /// Both times count from its start.
    pub(crate) fn due(&self, index: u64, now: Duration) -> Option<Duration> {
        if index >= self.requests || now >= self.end {
            return None;
        }
        Some(match self.pacing {
            Pacing::Rate(rate) => rate.due(index),
            Pacing::AsFastAsPossible => now,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    fn schedule(pacing: &str, length: Length) -> Schedule {
        Schedule::new(&Plan {
            target: "http://127.0.0.1/".parse().unwrap(),
            pacing: pacing.parse().unwrap(),
            length,
            connections: 1,
            timeout: MS,
        })
    }

    #[test]
    fn at_a_rate_the_due_time_does_not_depend_on_when_somebody_is_free() {
        let schedule = schedule("50", Length::Time(4_000 * MS));
        for now in [0, 60, 9_000] {
            assert_eq!(schedule.due(3, now * MS), Some(60 * MS), "at {now} ms");
        }
    }

    #[test]
    fn at_a_rate_late_requests_are_still_sent_and_none_is_added() {
        let schedule = schedule("50", Length::Time(4_000 * MS));
        assert_eq!(schedule.due(199, 9_000 * MS), Some(3_980 * MS));
        assert_eq!(schedule.due(200, Duration::ZERO), None);
    }

    #[test]
    fn as_fast_as_possible_a_request_is_due_when_somebody_is_free() {
        let schedule = schedule("0", Length::Time(100 * MS));
        assert_eq!(schedule.due(7, 99 * MS), Some(99 * MS));
        assert_eq!(schedule.due(7, 100 * MS), None);
    }

    #[test]
    fn a_number_of_requests_ends_either_pacing() {
        for pacing in ["0", "50"] {
            let schedule = schedule(pacing, Length::Requests(2));
            assert!(schedule.due(1, 9_000 * MS).is_some());
            assert!(schedule.due(2, Duration::ZERO).is_none());
        }
    }

    #[test]
    fn until_stopped_has_no_end_of_its_own() {
        for pacing in ["0", "50"] {
            let schedule = schedule(pacing, Length::UntilStopped);
            assert!(schedule.due(1_000_000_000, 1_000_000_000 * MS).is_some());
        }
    }
}
