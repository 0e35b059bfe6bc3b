//! Sweeps along a recording.

use ingress::outlier::Event;

use super::Follower;
use crate::replay::freedom::{Point, SKEW};
use crate::replay::mismatch::What;
use crate::replay::timeline::Sweep;
use crate::replay::turns::Turns;
use crate::trace::Ms;

impl<T: Turns> Follower<'_, T> {
    pub(super) fn sweep_now(&mut self, sweep: Sweep) {
        let index = self.sweep;
        self.sweep += 1;
        let before = self.multipliers();
        if before.iter().any(|multiplier| *multiplier > 0) {
            self.points.push((sweep.at, Point::Coin(index)));
            self.points.push((sweep.at, Point::Sweep(index)));
        }
        let order = self.decisions.returns(sweep.at);
        let mut reordered = false;
        let change = self.membership.sweep(sweep.now, |events| {
            let place = |event: &Event| order.iter().position(|host| *host == event.host);
            reordered = !events.is_sorted_by_key(place);
            events.sort_by_key(place);
        });
        self.orders += usize::from(reordered);
        self.decided(&(sweep.at - SKEW..=sweep.at + SKEW), &change);
        self.compare_multipliers(sweep.at, &before);
        self.publish(sweep.at, change.publish);
    }

    fn multipliers(&self) -> Vec<u32> {
        let detector = self.membership.detector();
        let report = |host| detector.map_or(0, |detector| detector.report(host).multiplier);
        (0..self.trace.header.hosts).map(report).collect()
    }

    /// Compares the multipliers that went down in the sweep at `at`, where the recording has them.
    fn compare_multipliers(&mut self, at: Ms, before: &[u32]) {
        if self.trace.header.decrements.is_none() {
            return;
        }
        for (host, (&before, ours)) in before.iter().zip(self.multipliers()).enumerate() {
            let envoy = self.decisions.decrement(at, host).unwrap_or(before);
            self.compared += usize::from(before > 0);
            if envoy != ours {
                self.differs(at, What::Multiplier { host, envoy, ours });
            }
        }
    }
}
