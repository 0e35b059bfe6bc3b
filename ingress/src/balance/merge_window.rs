//! When the balancers hear of a change.

use std::time::Duration;

use crate::outlier::Elapsed;

/// Envoy's `update_merge_window` for one cluster (FACTS 6.1): a change long enough after the last
/// refresh acts at once; a sooner one waits for a whole window *from now*, and all later ones with it.
#[derive(Clone, Debug)]
pub struct MergeWindow {
    window: Duration,
    last_refresh: Option<Elapsed>,
    waiting: Option<Elapsed>,
    counters: MergeCounters,
}

/// What to do about a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refresh {
    /// Publish the flags as they are.
    Now,
    /// A waiting refresh, due then, will publish them.
    At(Elapsed),
}

/// `cluster_manager.*` counters of FACTS 6.7.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MergeCounters {
    /// `update_out_of_merge_window`: changes that acted at once.
    pub out_of_window: u64,
    /// `cluster_updated_via_merge`: refreshes that had waited.
    pub via_merge: u64,
    /// `update_merge_cancelled`: waiting refreshes overtaken by one that acted at once.
    pub cancelled: u64,
}

impl MergeWindow {
    /// A window of this length; zero switches it off (FACTS 6.5).
    pub fn new(window: Duration) -> Self {
        Self {
            window,
            last_refresh: None,
            waiting: None,
            counters: MergeCounters::default(),
        }
    }

    /// A flag changed.
    pub fn changed(&mut self, now: Elapsed) -> Refresh {
        if self.window.is_zero() {
            return Refresh::Now;
        }
        if self.is_over(now) {
            self.counters.out_of_window += 1;
            if self.waiting.take().is_some() {
                self.counters.cancelled += 1;
            }
            self.last_refresh = Some(now);
            return Refresh::Now;
        }
        // A window without end makes a refresh that never comes.
        let due = now.saturating_add(self.window);
        Refresh::At(*self.waiting.get_or_insert(due))
    }

    /// The list of hosts is another one. That never waits, and it carries the flags as they are; the
    /// window begins anew (FACTS 14.5).
    pub fn replaced(&mut self, now: Elapsed) {
        if self.window.is_zero() {
            return;
        }
        if self.waiting.take().is_some() {
            self.counters.cancelled += 1;
        }
        self.last_refresh = Some(now);
    }

    /// When [`take_due`](Self::take_due) will have something.
    pub fn waiting(&self) -> Option<Elapsed> {
        self.waiting
    }

    /// Whether a waiting refresh is due; if so it counts as done.
    pub fn take_due(&mut self, now: Elapsed) -> bool {
        if self.waiting.is_none_or(|due| now < due) {
            return false;
        }
        self.waiting = None;
        self.counters.via_merge += 1;
        self.last_refresh = Some(now);
        true
    }

    /// The counters as they stand.
    pub fn counters(&self) -> MergeCounters {
        self.counters
    }

    /// More than a window since the last refresh, in whole milliseconds as Envoy counts them. A window
    /// under a millisecond (a sped-up one) is compared as it is.
    fn is_over(&self, now: Elapsed) -> bool {
        self.last_refresh.is_none_or(|last| {
            let since = now.saturating_sub(last);
            if self.window < Duration::from_millis(1) {
                since > self.window
            } else {
                since.as_millis() > self.window.as_millis()
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(ms: u64) -> Elapsed {
        Duration::from_millis(ms)
    }

    fn window() -> MergeWindow {
        MergeWindow::new(ms(1_000))
    }

    /// FACTS 6.1, 6.2: two hosts failing together: the first leaves at once, the second a window later.
    #[test]
    fn the_first_change_acts_at_once_and_a_second_waits_a_window_from_its_own_time() {
        let mut window = window();
        assert_eq!(window.changed(ms(5_000)), Refresh::Now);
        assert_eq!(window.changed(ms(5_018)), Refresh::At(ms(6_018)));
    }

    /// FACTS 6.1: later changes ride along with the waiting refresh.
    #[test]
    fn a_third_change_rides_along() {
        let mut window = window();
        assert_eq!(window.changed(ms(5_000)), Refresh::Now);
        assert_eq!(window.changed(ms(5_100)), Refresh::At(ms(6_100)));
        assert_eq!(window.changed(ms(5_900)), Refresh::At(ms(6_100)));
        assert!(!window.take_due(ms(6_099)));
        assert!(window.take_due(ms(6_100)));
        assert!(!window.take_due(ms(6_101)), "it is done once");
        assert_eq!(
            window.changed(ms(7_100)),
            Refresh::At(ms(8_100)),
            "a window from the merged one"
        );
    }

    /// FACTS 6.1: more than 1000 ms, not exactly 1000 ms.
    #[test]
    fn exactly_one_window_later_still_waits() {
        let mut window = window();
        assert_eq!(window.changed(ms(0)), Refresh::Now);
        assert_eq!(window.changed(ms(1_000)), Refresh::At(ms(2_000)));
        let mut window = self::window();
        assert_eq!(window.changed(ms(0)), Refresh::Now);
        assert_eq!(window.changed(ms(1_001)), Refresh::Now);
    }

    /// FACTS 6.1: the milliseconds are whole ones, also where the window has only one of them.
    #[test]
    fn a_part_of_a_millisecond_does_not_end_the_window() {
        for length in [1, 1_000] {
            let over = ms(length + 1);
            for (now, acts) in [(over - Duration::from_nanos(1), false), (over, true)] {
                let mut window = MergeWindow::new(ms(length));
                assert_eq!(window.changed(ms(0)), Refresh::Now);
                assert_eq!(window.changed(now) == Refresh::Now, acts, "after {now:?}");
            }
        }
    }

    /// A window that a fast clock makes shorter than a millisecond has no whole ones to count.
    #[test]
    fn a_window_shorter_than_a_millisecond_is_compared_as_it_is() {
        let micros = Duration::from_micros;
        for (now, acts) in [
            (micros(999), false),
            (micros(999) + Duration::from_nanos(1), true),
        ] {
            let mut window = MergeWindow::new(micros(999));
            assert_eq!(window.changed(ms(0)), Refresh::Now);
            assert_eq!(window.changed(now) == Refresh::Now, acts, "after {now:?}");
        }
    }

    /// FACTS 6.1: a change that acts at once drops a waiting refresh.
    #[test]
    fn a_late_timer_is_overtaken() {
        let mut window = window();
        assert_eq!(window.changed(ms(0)), Refresh::Now);
        assert_eq!(window.changed(ms(900)), Refresh::At(ms(1_900)));
        assert_eq!(
            window.changed(ms(1_500)),
            Refresh::Now,
            "more than a window since the last refresh"
        );
        assert_eq!(window.waiting(), None);
        let counters = MergeCounters {
            out_of_window: 2,
            via_merge: 0,
            cancelled: 1,
        };
        assert_eq!(window.counters(), counters);
    }

    /// FACTS 14.5.
    #[test]
    fn another_list_of_hosts_never_waits_and_drops_what_does() {
        let mut window = window();
        assert_eq!(window.changed(ms(0)), Refresh::Now);
        assert_eq!(window.changed(ms(500)), Refresh::At(ms(1_500)));
        window.replaced(ms(600));
        assert_eq!(window.waiting(), None, "it has gone out with the list");
        assert_eq!(
            window.changed(ms(1_600)),
            Refresh::At(ms(2_600)),
            "a window from the list"
        );
        let counters = MergeCounters {
            out_of_window: 1,
            via_merge: 0,
            cancelled: 1,
        };
        assert_eq!(window.counters(), counters);
    }

    /// However long the window: the sum of times has no overflow.
    #[test]
    fn a_window_without_end_never_lets_a_second_change_act() {
        let mut window = MergeWindow::new(Duration::MAX);
        assert_eq!(window.changed(ms(1)), Refresh::Now);
        assert_eq!(window.changed(ms(2)), Refresh::At(Duration::MAX));
    }

    /// FACTS 6.5.
    #[test]
    fn a_window_of_zero_lets_every_change_act_at_once() {
        let mut window = MergeWindow::new(Duration::ZERO);
        for _ in 0..3 {
            assert_eq!(window.changed(ms(1)), Refresh::Now);
        }
    }
}
