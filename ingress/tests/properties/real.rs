//! The real thing, as the proxy uses it.

use std::sync::Arc;
use std::time::Duration;

use ingress::balance::{DEFAULT_SELECTION_RETRIES, MergeCounters, RoundRobin, View, select};
use ingress::cluster::{Change, Membership};
use ingress::outlier::{Counters, Detector, HostIndex, Report, Streak, Thresholds};

use crate::life::Life;
use crate::play::{Cluster, Outcome};

pub(crate) struct Real {
    pub(crate) membership: Membership,
    /// What the balancers know.
    pub(crate) view: View,
    streaks: Vec<Arc<Streak>>,
    thresholds: Thresholds,
    turns: RoundRobin,
    backwards: bool,
}

impl Real {
    pub(crate) fn new(life: &Life) -> Self {
        let streaks: Vec<Arc<Streak>> = life.modes.iter().map(|_| Arc::default()).collect();
        let membership = Membership::new(Some(&life.policy), streaks.iter().cloned());
        Self {
            view: membership.view(),
            membership,
            streaks,
            thresholds: Thresholds::from(&life.policy),
            turns: RoundRobin::new(life.seed),
            backwards: life.backwards,
        }
    }

    pub(crate) fn detector(&self) -> &Detector {
        self.membership.detector().expect("lives have a policy")
    }

    fn apply(&mut self, change: Change) -> Outcome {
        let published = change.publish.map(|view| {
            self.view = view;
            (self.view.healthy().to_vec(), self.view.panic())
        });
        Outcome {
            events: change.events,
            refused: change.refused,
            published,
        }
    }

    /// As `Membership::advance`, but for the order of the hosts.
    fn advance_backwards(&mut self, now: Duration) -> Change {
        let refreshed = self.membership.refresh(now);
        let mut change = Change::default();
        if now >= self.detector().next_sweep() {
            change = self.membership.sweep(now, |events| events.reverse());
        }
        change.publish = change.publish.or(refreshed);
        change
    }
}

impl Cluster for Real {
    fn answer(&mut self, host: HostIndex, status: u16, now: Duration) -> Vec<Outcome> {
        let tripped = self.streaks[host].record(status, self.thresholds);
        tripped
            .causes()
            .map(|cause| {
                let change = self.membership.tripped(host, cause, now);
                self.apply(change)
            })
            .collect()
    }

    fn deadline(&self) -> Duration {
        self.membership
            .next_deadline()
            .expect("sweeps go on forever")
    }

    fn wake(&mut self, now: Duration) -> Outcome {
        let change = if self.backwards {
            self.advance_backwards(now)
        } else {
            self.membership.advance(now)
        };
        self.apply(change)
    }

    fn pick(&mut self, tried: &[HostIndex]) -> Option<HostIndex> {
        let (turns, view) = (&mut self.turns, &self.view);
        select(
            |host| tried.contains(&host),
            DEFAULT_SELECTION_RETRIES,
            || turns.pick(view),
        )
    }

    fn report(&self, host: HostIndex) -> Report {
        self.detector().report(host)
    }

    fn ejected(&self) -> usize {
        self.detector().ejected()
    }

    fn counters(&self) -> Counters {
        self.detector().counters()
    }

    fn merge_counters(&self) -> MergeCounters {
        self.membership.merge_counters()
    }
}
