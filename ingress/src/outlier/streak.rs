//! Errors in a row of one host, counted by every worker that talks to it.

use super::Cause;
use crate::mesh::OutlierPolicy;
use crate::sync::atomic::{AtomicU32, Ordering};

/// The errors in a row of one host. Shared by all workers: five errors spread over two workers are
/// five (FACTS 3.1).
///
/// `Relaxed` suffices: each count stands for itself and publishes nothing else.
#[derive(Debug, Default)]
pub struct Streak {
    any_5xx: AtomicU32,
    gateway: AtomicU32,
}

/// The streaks that trip; 0 never does (FACTS 3.8).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Thresholds {
    /// For any 5xx.
    pub any_5xx: u32,
    /// For 502, 503 and 504.
    pub gateway: u32,
}

/// Which thresholds an answer reached, to be told to the detector in this order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[must_use = "a streak trips once; if nobody tells the detector the host is never ejected"]
pub struct Tripped {
    /// The threshold for gateway failures.
    pub gateway: bool,
    /// The threshold for any 5xx.
    pub any_5xx: bool,
}

impl Streak {
    /// Counts an answer of the host. A failure without an answer counts as the status that the client
    /// gets for it: 502, 503 or 504 (FACTS 3.3). A status from 600 on is none of the 5xx (15.13).
    #[inline]
    pub fn record(&self, status: u16, thresholds: Thresholds) -> Tripped {
        if !(500..600).contains(&status) {
            // A healthy host's counters stay in every worker's cache as long as nobody writes them.
            if self.any_5xx.load(Ordering::Relaxed) != 0 {
                self.reset_any_5xx();
            }
            if self.gateway.load(Ordering::Relaxed) != 0 {
                self.reset_gateway();
            }
            return Tripped::default();
        }
        let gateway = matches!(status, 502..=504) && grow(&self.gateway) == thresholds.gateway;
        if !matches!(status, 502..=504) {
            self.reset_gateway();
        }
        let any_5xx = grow(&self.any_5xx) == thresholds.any_5xx;
        Tripped { gateway, any_5xx }
    }

    /// 5xx in a row right now.
    pub fn any_5xx(&self) -> u32 {
        self.any_5xx.load(Ordering::Relaxed)
    }

    /// Gateway failures in a row right now.
    pub fn gateway(&self) -> u32 {
        self.gateway.load(Ordering::Relaxed)
    }

    pub(super) fn reset(&self, cause: Cause) {
        match cause {
            Cause::Consecutive5xx => self.reset_any_5xx(),
            Cause::ConsecutiveGatewayFailure => self.reset_gateway(),
        }
    }

    fn reset_any_5xx(&self) {
        self.any_5xx.store(0, Ordering::Relaxed);
    }

    fn reset_gateway(&self) {
        self.gateway.store(0, Ordering::Relaxed);
    }
}

/// Adds one and returns the sum.
fn grow(counter: &AtomicU32) -> u32 {
    counter.fetch_add(1, Ordering::Relaxed).wrapping_add(1)
}

impl From<&OutlierPolicy> for Thresholds {
    fn from(policy: &OutlierPolicy) -> Self {
        Self {
            any_5xx: policy.consecutive_5xx,
            gateway: policy.consecutive_gateway_failure,
        }
    }
}

impl Tripped {
    /// The causes in the order in which the detector must hear of them (FACTS 3.9).
    pub fn causes(self) -> impl Iterator<Item = Cause> {
        let gateway = self.gateway.then_some(Cause::ConsecutiveGatewayFailure);
        let any_5xx = self.any_5xx.then_some(Cause::Consecutive5xx);
        gateway.into_iter().chain(any_5xx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIVE: Thresholds = Thresholds {
        any_5xx: 5,
        gateway: 5,
    };

    fn trips(streak: &Streak, statuses: &[u16]) -> usize {
        statuses
            .iter()
            .filter(|&&status| streak.record(status, FIVE).any_5xx)
            .count()
    }

    /// FACTS 3.2: every 5xx counts, and the kinds mix.
    #[test]
    fn five_errors_of_any_kind_trip_at_the_fifth() {
        let streak = Streak::default();
        assert_eq!(trips(&streak, &[500, 502, 503, 599]), 0);
        assert_eq!(trips(&streak, &[504]), 1);
    }

    /// FACTS 3.2: 200, 301, 404 and 429 all end a streak; so do 600 and 999 (15.13).
    #[test]
    fn any_other_status_ends_the_streak() {
        for ok in [200, 301, 404, 429, 600, 999] {
            let streak = Streak::default();
            for _ in 0..3 {
                assert_eq!(trips(&streak, &[500, 500, 500, 500, ok]), 0, "{ok} resets");
            }
        }
    }

    /// FACTS 3.6: the test is for equality, so it trips once and the counter runs on.
    #[test]
    fn a_streak_trips_once_and_runs_on() {
        let streak = Streak::default();
        assert_eq!(trips(&streak, &[500; 12]), 1);
        assert_eq!(streak.any_5xx(), 12);
    }

    /// FACTS 3.8.
    #[test]
    fn a_threshold_of_zero_never_trips_and_one_trips_at_once() {
        let thresholds = |any_5xx| Thresholds {
            any_5xx,
            gateway: 0,
        };
        let streak = Streak::default();
        for _ in 0..100 {
            assert_eq!(streak.record(503, thresholds(0)), Tripped::default());
        }
        assert!(Streak::default().record(500, thresholds(1)).any_5xx);
    }

    /// FACTS 3.9: a 500 counts as 5xx but ends a streak of gateway failures.
    #[test]
    fn gateway_failures_are_a_streak_of_their_own() {
        let streak = Streak::default();
        let gateway = |status| streak.record(status, FIVE).gateway;
        assert!(![502, 503, 504, 503].map(gateway).contains(&true));
        assert!(!gateway(500));
        assert!(![502, 503, 504, 503].map(gateway).contains(&true));
        assert!(gateway(502));
    }

    /// FACTS 3.2 and 3.9: what each status makes of the two streaks.
    #[test]
    fn a_500_adds_to_one_streak_and_ends_the_other() {
        let streak = Streak::default();
        for (status, any_5xx, gateway) in [
            (503, 1, 1),
            (502, 2, 2),
            (500, 3, 0),
            (504, 4, 1),
            (200, 0, 0),
        ] {
            assert_eq!(streak.record(status, FIVE), Tripped::default());
            let streaks = (streak.any_5xx(), streak.gateway());
            assert_eq!(streaks, (any_5xx, gateway), "after {status}");
        }
    }

    /// FACTS 3.9: the detector hears of the gateway failure first.
    #[test]
    fn both_thresholds_at_once_are_told_gateway_first() {
        let streak = Streak::default();
        let tripped = (0..5).map(|_| streak.record(503, FIVE)).last().unwrap();
        let causes: Vec<Cause> = tripped.causes().collect();
        assert_eq!(
            causes,
            [Cause::ConsecutiveGatewayFailure, Cause::Consecutive5xx]
        );
    }
}
