//! Hosts that come and go at any time.

use std::sync::Arc;
use std::time::Duration;

use ingress::cluster::{Change, Membership};
use ingress::mesh::OutlierPolicy;
use ingress::outlier::{Action, Detector, Member, Report, Streak, Thresholds};
use proptest::prelude::*;
use proptest::test_runner::TestCaseResult;

use crate::check::check;

#[derive(Clone, Debug)]
pub(crate) enum Step {
    /// The host at this place, counted round and round, answers so, so often.
    Answers(usize, u16, u32),
    Pass(Duration),
    /// These places stay, as far as they are there, and so many come, before or behind them.
    Replace(Vec<usize>, usize, bool),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let answers = (
        0..8_usize,
        prop::sample::select(&[200, 500, 503][..]),
        1..7_u32,
    );
    let stay = Just((0..8).collect::<Vec<usize>>()).prop_shuffle();
    let stay = (stay, 0..=8_usize).prop_map(|(places, n)| places[..n].to_vec());
    let step = prop_oneof![
        6 => answers.prop_map(|(host, status, n)| Step::Answers(host, status, n)),
        3 => (1..12_000_u64).prop_map(|ms| Step::Pass(Duration::from_millis(ms))),
        2 => (stay, 0..4_usize, any::<bool>())
            .prop_map(|(stay, come, before)| Step::Replace(stay, come, before)),
    ];
    prop::collection::vec(step, 1..80)
}

fn policies() -> impl Strategy<Value = OutlierPolicy> {
    (0..=100_u32, any::<bool>(), 0..=100_u32).prop_map(|(percent, one, panic)| OutlierPolicy {
        max_ejection_percent: percent,
        always_eject_one_host: one,
        healthy_panic_threshold: panic,
        base_ejection_time: Duration::from_secs(10),
        ..OutlierPolicy::default()
    })
}

/// A membership in the middle of its life, and what must be true of it.
struct Life {
    membership: Membership,
    streaks: Vec<Arc<Streak>>,
    thresholds: Thresholds,
    now: Duration,
    /// Ejections that were seen, without those that have ended.
    out: usize,
}

impl Life {
    fn new(policy: &OutlierPolicy) -> Self {
        let streaks: Vec<Arc<Streak>> = (0..5).map(|_| Arc::default()).collect();
        Self {
            membership: Membership::new(Some(policy), streaks.iter().cloned()),
            streaks,
            thresholds: Thresholds::from(policy),
            now: Duration::ZERO,
            out: 0,
        }
    }

    fn detector(&self) -> &Detector {
        self.membership.detector().expect("a policy was given")
    }

    fn reports(&self) -> Vec<Report> {
        let hosts = 0..self.streaks.len();
        hosts.map(|host| self.detector().report(host)).collect()
    }

    fn step(&mut self, step: Step) -> Result<(), TestCaseError> {
        match step {
            Step::Answers(..) if self.streaks.is_empty() => {}
            Step::Answers(host, status, n) => {
                let host = host % self.streaks.len();
                for _ in 0..n {
                    let tripped = self.streaks[host].record(status, self.thresholds);
                    for cause in tripped.causes() {
                        let change = self.membership.tripped(host, cause, self.now);
                        self.count(&change);
                    }
                }
            }
            Step::Pass(time) => {
                let end = self.now + time;
                while let Some(due) = self.membership.next_deadline().filter(|due| *due <= end) {
                    self.now = due;
                    let change = self.membership.advance(due);
                    self.count(&change);
                }
                self.now = end;
            }
            Step::Replace(mut stay, come, before) => {
                stay.retain(|&place| place < self.streaks.len());
                self.replace(&stay, come, before)?;
            }
        }
        Ok(())
    }

    fn count(&mut self, change: &Change) {
        for event in &change.events {
            match event.action {
                Action::Eject { enforced, .. } => self.out += usize::from(enforced),
                Action::Uneject => self.out -= 1,
            }
        }
    }

    fn replace(&mut self, stay: &[usize], come: usize, before: bool) -> Result<(), TestCaseError> {
        let known = self.reports();
        let counters = self.detector().counters();
        let gone = (0..known.len()).filter(|place| !stay.contains(place));
        self.out -= gone.filter(|&place| known[place].ejected.is_some()).count();

        let mut streaks: Vec<Arc<Streak>> = (0..come).map(|_| Arc::default()).collect();
        let mut members: Vec<Member> = streaks.iter().cloned().map(Member::Comes).collect();
        let at = if before { 0 } else { come };
        let staying = stay.iter().map(|&place| Member::Stays(place));
        members.splice(at..at, staying);
        streaks.splice(
            at..at,
            stay.iter().map(|&place| self.streaks[place].clone()),
        );
        self.streaks = streaks;
        let view = self.membership.replace(members.into_iter(), self.now);

        prop_assert_eq!(view, self.membership.view(), "published with all flags");
        prop_assert_eq!(self.membership.waiting_refresh(), None);
        prop_assert_eq!(self.detector().counters(), counters);
        let mut reports = self.reports();
        let stayed: Vec<Report> = reports.splice(at..at + stay.len(), []).collect();
        let known: Vec<Report> = stay.iter().map(|&place| known[place].clone()).collect();
        prop_assert_eq!(stayed, known, "whoever stays keeps everything");
        for report in reports {
            prop_assert!(report.ejected.is_none() && report.last_refusal.is_none());
            prop_assert_eq!(
                (report.consecutive_5xx, report.ejections, report.multiplier),
                (0, 0, 0)
            );
        }
        Ok(())
    }
}

/// FACTS 14.4, 14.5.
#[test]
fn the_sums_are_those_of_the_hosts_that_are_there() {
    check(&lives(), law);
}

/// A policy, and what happens under it.
pub(crate) fn lives() -> impl Strategy<Value = (OutlierPolicy, Vec<Step>)> {
    (policies(), steps())
}

pub(crate) fn law((policy, steps): (OutlierPolicy, Vec<Step>)) -> TestCaseResult {
    let mut life = Life::new(&policy);
    for step in steps {
        life.step(step)?;
        let (detector, hosts) = (life.detector(), life.streaks.len());
        let flags = (0..hosts).filter(|&host| detector.is_ejected(host)).count();
        prop_assert_eq!(detector.hosts(), hosts);
        prop_assert_eq!(detector.ejected(), flags);
        prop_assert_eq!(
            life.out,
            flags,
            "every ejection ended in a return or left with its host"
        );
        prop_assert_eq!(life.membership.view().healthy().len(), hosts - flags);
    }
    Ok(())
}
