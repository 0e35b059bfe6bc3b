//! Detector and merge window together: what becomes of a trip and of the passing of time.

use std::sync::Arc;

use crate::balance::{MergeCounters, MergeWindow, Refresh, View};
use crate::mesh::OutlierPolicy;
use crate::outlier::{Cause, Detector, Elapsed, Event, HostIndex, Member, Refusal, Streak};

/// Who is a member of the cluster in good standing. Pure: the time is an argument.
#[derive(Debug)]
pub struct Membership {
    /// `None`: no outlier detection, everyone is always in.
    detection: Option<Detection>,
    hosts: usize,
}

#[derive(Debug)]
struct Detection {
    detector: Detector,
    window: MergeWindow,
}

/// What came of a trip or of the passing of time.
#[derive(Debug, Default)]
pub struct Change {
    /// What Envoy would log.
    pub events: Vec<Event>,
    /// The ejection that the percentage did not allow.
    pub refused: Option<(HostIndex, Refusal)>,
    /// The view that the balancers must have from now on.
    pub publish: Option<View>,
}

impl Membership {
    /// All hosts, one per streak, in good standing.
    pub fn new(
        policy: Option<&OutlierPolicy>,
        streaks: impl ExactSizeIterator<Item = Arc<Streak>>,
    ) -> Self {
        let hosts = streaks.len();
        let detection = policy.map(|policy| Detection {
            window: MergeWindow::new(policy.update_merge_window),
            detector: Detector::new(policy.clone(), streaks),
        });
        Self { detection, hosts }
    }

    /// A host's streak reached a threshold.
    pub fn tripped(&mut self, host: HostIndex, cause: Cause, now: Elapsed) -> Change {
        let Some(detection) = &mut self.detection else {
            return Change::default();
        };
        let refused_before = detection.detector.counters().overflow;
        let was_out = detection.detector.is_ejected(host);
        let event = detection.detector.tripped(host, cause, now);
        let mut change = Change::default();
        if detection.detector.counters().overflow > refused_before {
            change.refused = detection
                .detector
                .report(host)
                .last_refusal
                .map(|refusal| (host, refusal));
        }
        if detection.detector.is_ejected(host) && !was_out {
            change.publish = detection.flag_changed(now, &[]);
        }
        change.events.extend(event);
        change
    }

    /// The hosts are `members` from now on, in this order. Returns the view of them that the balancers must
    /// have at once, with the flags as they are (FACTS 14.5).
    ///
    /// # Panics
    /// When a place of the list before is there twice, or never was.
    pub fn replace(
        &mut self,
        members: impl ExactSizeIterator<Item = Member>,
        now: Elapsed,
    ) -> View {
        self.hosts = members.len();
        if let Some(detection) = &mut self.detection {
            detection.detector.replace(members);
            detection.window.replaced(now);
        }
        self.view()
    }

    /// Time has passed: sweeps if that is due, and publishes what has waited long enough.
    pub fn advance(&mut self, now: Elapsed) -> Change {
        let refreshed = self.refresh(now);
        let due = |detector: &Detector| now >= detector.next_sweep();
        let mut change = if self.detector().is_some_and(due) {
            self.sweep(now, |_| {})
        } else {
            Change::default()
        };
        change.publish = change.publish.or(refreshed);
        change
    }

    /// Sweeps at `now`, due or not, with the returning hosts in the order that `arrange` gives them.
    /// Envoy visits them in an order of its own (FACTS 6.6) and at times of its own (4.1); whoever follows
    /// an Envoy has to follow it in that. [`advance`](Self::advance) sweeps when it is due, in the order
    /// of the hosts.
    pub fn sweep(&mut self, now: Elapsed, arrange: impl FnOnce(&mut [Event])) -> Change {
        match &mut self.detection {
            Some(detection) => detection.sweep(now, arrange),
            None => Change::default(),
        }
    }

    /// The view that has waited for its time, if that has come by `now`.
    pub fn refresh(&mut self, now: Elapsed) -> Option<View> {
        let detection = self.detection.as_mut()?;
        detection.window.take_due(now).then(|| detection.view(&[]))
    }

    /// When [`advance`](Self::advance) has something to do; `None`: never.
    pub fn next_deadline(&self) -> Option<Elapsed> {
        let detection = self.detection.as_ref()?;
        let sweep = detection.detector.next_sweep();
        Some(
            detection
                .window
                .waiting()
                .map_or(sweep, |refresh| refresh.min(sweep)),
        )
    }

    /// Who may serve right now, whether or not the balancers have heard of it.
    pub fn view(&self) -> View {
        match &self.detection {
            Some(detection) => detection.view(&[]),
            None => View::new(self.hosts, |_| true, 0),
        }
    }

    /// The detector, if there is one.
    pub fn detector(&self) -> Option<&Detector> {
        self.detection.as_ref().map(|detection| &detection.detector)
    }

    /// The merge window's counters.
    pub fn merge_counters(&self) -> MergeCounters {
        self.detection
            .as_ref()
            .map(|detection| detection.window.counters())
            .unwrap_or_default()
    }

    /// When a waiting refresh is due.
    pub fn waiting_refresh(&self) -> Option<Elapsed> {
        self.detection
            .as_ref()
            .and_then(|detection| detection.window.waiting())
    }
}

impl Detection {
    fn sweep(&mut self, now: Elapsed, arrange: impl FnOnce(&mut [Event])) -> Change {
        let mut events = self.detector.sweep(now);
        arrange(&mut events);
        // Each return is a change of its own, and a view shows the flags at its time: of several
        // hosts that return together only the first is seen at once (FACTS 6.4).
        let mut publish = None;
        let mut returning = events.as_slice();
        while let [_, later @ ..] = returning {
            publish = self.flag_changed(now, later).or(publish);
            returning = later;
        }
        Change {
            events,
            publish,
            refused: None,
        }
    }

    /// A flag changed; hosts whose return is still to come in `later` count as out.
    fn flag_changed(&mut self, now: Elapsed, later: &[Event]) -> Option<View> {
        match self.window.changed(now) {
            Refresh::Now => Some(self.view(later)),
            Refresh::At(_) => None,
        }
    }

    fn view(&self, later: &[Event]) -> View {
        let healthy =
            |host| !self.detector.is_ejected(host) && later.iter().all(|event| event.host != host);
        let threshold = self.detector.policy().healthy_panic_threshold;
        View::new(self.detector.hosts(), healthy, threshold)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn ms(ms: u64) -> Elapsed {
        Duration::from_millis(ms)
    }

    /// Five hosts, 10 s / 10 s / 100 %, as in the demo's manifests.
    fn demo() -> Membership {
        let policy = OutlierPolicy {
            base_ejection_time: Duration::from_secs(10),
            max_ejection_percent: 100,
            ..OutlierPolicy::default()
        };
        Membership::new(Some(&policy), std::iter::repeat_with(Arc::default).take(5))
    }

    fn trip(membership: &mut Membership, host: HostIndex, at: u64) -> Option<Vec<HostIndex>> {
        let change = membership.tripped(host, Cause::Consecutive5xx, ms(at));
        change.publish.map(|view| view.healthy().to_vec())
    }

    fn advance(membership: &mut Membership, at: u64) -> Option<Vec<HostIndex>> {
        membership
            .advance(ms(at))
            .publish
            .map(|view| view.healthy().to_vec())
    }

    /// FACTS 6.2: the second of two hosts that fail together keeps its traffic for up to a second.
    #[test]
    fn the_second_of_two_hosts_leaves_a_second_late() {
        let mut membership = demo();
        assert_eq!(trip(&mut membership, 1, 4_000), Some(vec![0, 2, 3, 4]));
        assert_eq!(trip(&mut membership, 3, 4_018), None);
        assert_eq!(
            membership.view().healthy(),
            [0, 2, 4],
            "its flag changed at once"
        );
        assert_eq!(membership.next_deadline(), Some(ms(5_018)));
        assert_eq!(advance(&mut membership, 5_018), Some(vec![0, 2, 4]));
    }

    /// FACTS 6.4: of two hosts that return in one sweep the second is seen a second later.
    #[test]
    fn of_two_returning_hosts_only_the_first_is_seen_at_once() {
        let mut membership = demo();
        trip(&mut membership, 1, 4_000);
        trip(&mut membership, 3, 6_000);
        assert_eq!(advance(&mut membership, 10_000), None, "too early for both");
        assert_eq!(advance(&mut membership, 20_000), Some(vec![0, 1, 2, 4]));
        assert_eq!(advance(&mut membership, 21_000), Some(vec![0, 1, 2, 3, 4]));
    }

    /// FACTS 2.5: an ejection less than a second after the host's return acts a second late.
    #[test]
    fn an_ejection_right_after_the_return_acts_late() {
        let mut membership = demo();
        trip(&mut membership, 1, 4_000);
        advance(&mut membership, 10_000);
        advance(&mut membership, 20_000);
        assert_eq!(trip(&mut membership, 1, 20_500), None);
        assert_eq!(advance(&mut membership, 21_500), Some(vec![0, 2, 3, 4]));
    }

    /// FACTS 14.5: the flag that waited goes out with the list, and the window begins anew.
    #[test]
    fn another_list_is_published_at_once_with_the_flags_as_they_are() {
        let mut membership = demo();
        trip(&mut membership, 1, 4_000);
        assert_eq!(trip(&mut membership, 3, 4_018), None);
        let members = [0, 1, 2, 3, 4].map(Member::Stays).into_iter();
        let come = [Member::Comes(Arc::default())];
        let members: Vec<Member> = members.chain(come).collect();
        let view = membership.replace(members.into_iter(), ms(4_100));
        assert_eq!((view.hosts(), view.healthy()), (6, &[0, 2, 4, 5][..]));
        assert_eq!(membership.waiting_refresh(), None);
        assert_eq!(trip(&mut membership, 5, 5_100), None, "a window from then");
        assert_eq!(advance(&mut membership, 6_100), Some(vec![0, 2, 4]));
    }

    #[test]
    fn without_detection_nothing_ever_changes() {
        let mut membership = Membership::new(None, std::iter::repeat_with(Arc::default).take(2));
        assert_eq!(trip(&mut membership, 0, 0), None);
        assert_eq!(membership.next_deadline(), None);
        assert_eq!(membership.view().healthy(), [0, 1]);
        let view = membership.replace([Member::Stays(1)].into_iter(), ms(0));
        assert_eq!(view.healthy(), [0], "but who is there");
    }
}
