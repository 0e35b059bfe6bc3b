//! One run of the core along a recording.

mod counters;
mod decisions;
mod pick;
mod sweep;

use std::collections::VecDeque;
use std::ops::RangeInclusive;
use std::sync::Arc;

use ingress::balance::View;
use ingress::cluster::{Change, Membership};
use ingress::outlier::{HostIndex, Streak, Thresholds};

use self::decisions::Decisions;
use super::freedom::{Choices, LAG, Point, SKEW, Way};
use super::mismatch::{Mismatch, What};
use super::modes::Modes;
use super::timeline::{Sweep, elapsed, ms, sweeps};
use super::turns::Turns;
use crate::trace::{Ms, Request, Trace};

/// How many views that went are remembered: in one request each attempt may lead to a change.
const VIEWS: usize = 4;

/// A status stands for a failure after the headers of an answer (FACTS 3.4).
const BROKEN_OFF: u16 = 503;

/// A run along a recording.
pub(super) struct Follower<'t, T> {
    trace: &'t Trace,
    choices: &'t Choices,
    pub(super) turns: T,
    streaks: Vec<Arc<Streak>>,
    thresholds: Thresholds,
    membership: Membership,
    view: View,
    /// The views before the current one, the newest first, and when each went.
    before: VecDeque<(Ms, View)>,
    sweeps: Vec<Sweep>,
    /// The next sweep's index.
    sweep: usize,
    modes: Modes<'t>,
    decisions: Decisions<'t>,
    panic_picks: u64,
    pub(super) compared: usize,
    pub(super) mismatches: Vec<Mismatch>,
    pub(super) skews: usize,
    pub(super) late: usize,
    pub(super) orders: usize,
    /// Where a few milliseconds may have decided, and when that was.
    pub(super) points: Vec<(Ms, Point)>,
}

impl<'t, T: Turns> Follower<'t, T> {
    pub(super) fn new(trace: &'t Trace, choices: &'t Choices, turns: T) -> Self {
        let policy = &trace.header.policy;
        let streaks: Vec<Arc<Streak>> = std::iter::repeat_with(Arc::default)
            .take(trace.header.hosts)
            .collect();
        let membership = Membership::new(Some(policy), streaks.iter().cloned());
        Self {
            trace,
            choices,
            turns,
            thresholds: Thresholds::from(policy),
            view: membership.view(),
            membership,
            streaks,
            before: VecDeque::new(),
            sweeps: sweeps(trace, choices),
            sweep: 0,
            modes: Modes::new(trace),
            decisions: Decisions::new(trace),
            panic_picks: 0,
            compared: 0,
            mismatches: Vec::new(),
            skews: 0,
            late: 0,
            orders: 0,
            points: Vec::new(),
        }
    }

    /// Runs to the end.
    pub(super) fn run(mut self) -> Self {
        for (index, request) in self.trace.requests.iter().enumerate() {
            self.request(index, request);
        }
        let last_answer = self
            .trace
            .requests
            .last()
            .map_or(0.0, |last| last.at + last.took);
        let last_event = self
            .trace
            .decisions
            .last()
            .map_or(0.0, |last| last.at + SKEW);
        self.pass(last_answer);
        // Envoy's counters were read some time after the last answer.
        let mut differences = self.counter_differences();
        while let Some(next) = self.next_event().filter(|next| *next <= last_event) {
            self.happen(next);
            let later = self.counter_differences();
            if later.len() < differences.len() {
                differences = later;
            }
        }
        for decision in self.decisions.left() {
            self.differs(decision.at, What::Missing(decision.clone()));
        }
        for counter in differences {
            self.differs(last_answer.max(last_event), counter);
        }
        self.compared += self.known_counters().count();
        self
    }

    fn request(&mut self, index: usize, request: &Request) {
        self.modes.before(request.n);
        let attempts = request.tried.len().max(1);
        for attempt in 0..attempts {
            let part = request.took / attempts as Ms;
            let sent = request.at + part * attempt as Ms;
            self.pass(sent);
            let tried = &request.tried[..attempt.min(request.tried.len())];
            let envoy = request.tried.get(attempt).copied();
            self.pick(sent, request, tried, envoy);
            let Some(host) = envoy else { continue };
            let last = attempt + 1 == attempts;
            let answered = if last {
                request.at + request.took
            } else {
                sent + part
            };
            self.pass(answered);
            let told = self.modes.answer(host);
            let statuses = if last { counted(request) } else { vec![told] };
            for status in statuses {
                self.answer(index, host, status, answered);
            }
        }
    }

    /// Lets time pass until `to`: sweeps and waiting refreshes, in their order.
    fn pass(&mut self, to: Ms) {
        while let Some(next) = self.next_event()
            && next <= to
        {
            self.happen(next);
        }
    }

    fn next_event(&self) -> Option<Ms> {
        let sweep = self.sweeps.get(self.sweep).map(|sweep| sweep.at);
        let refresh = self.membership.waiting_refresh().map(ms);
        [sweep, refresh].into_iter().flatten().min_by(Ms::total_cmp)
    }

    fn happen(&mut self, at: Ms) {
        let sweep = self.sweeps.get(self.sweep).copied();
        match sweep.filter(|sweep| sweep.at <= at) {
            Some(sweep) => self.sweep_now(sweep),
            None => {
                // Not a nanosecond before it is due, whatever became of it in floating point.
                let due = self
                    .membership
                    .waiting_refresh()
                    .unwrap_or_else(|| elapsed(at));
                let view = self.membership.refresh(due);
                self.publish(at, view);
            }
        }
    }

    fn publish(&mut self, at: Ms, view: Option<View>) {
        if let Some(view) = view {
            let old = std::mem::replace(&mut self.view, view);
            self.before.truncate(VIEWS - 1);
            self.before.push_front((at, old));
        }
    }

    /// `host` answered an attempt at the request with this index, at `at`; if there were several attempts
    /// that is a guess, and the log tells better. What follows from it Envoy may have logged at any time of
    /// the request, and a bit later.
    fn answer(&mut self, index: usize, host: HostIndex, status: u16, at: Ms) {
        let request = &self.trace.requests[index];
        let span = request.at - SKEW..=at.max(request.at + request.took) + LAG;
        let tripped = self.streaks[host].record(status, self.thresholds);
        for cause in tripped.causes() {
            self.points.push((at, Point::Answer(index)));
            let logged = self.decisions.ejection(host, cause, &span);
            let guess = request.tried.len() > 1;
            if logged.is_some_and(|logged| (logged - at).abs() > SKEW && (guess || logged > at)) {
                self.late += 1;
            }
            let at = logged.filter(|_| guess).unwrap_or(at);
            let at = Way::shift(self.choices.get(&Point::Answer(index)), at);
            let change = self.membership.tripped(host, cause, elapsed(at));
            self.decided(&span, &change);
            self.publish(at, change.publish);
        }
    }

    /// Compares what was decided with what Envoy logged in `span`.
    fn decided(&mut self, span: &RangeInclusive<Ms>, change: &Change) {
        for event in &change.events {
            self.compared += 1;
            match self.decisions.like(event, span) {
                None => self.differs(*span.end(), What::Extra(event.clone())),
                Some(decision) if decision.says(event) => {}
                Some(decision) => {
                    let different = What::Different(decision.clone(), event.clone());
                    self.differs(decision.at, different);
                }
            }
        }
        for decision in self.decisions.overdue(span.start() - LAG) {
            self.differs(decision.at, What::Missing(decision.clone()));
        }
    }

    fn differs(&mut self, at: Ms, what: What) {
        self.mismatches.push(Mismatch { at, what });
    }
}

/// The statuses that an answer counts as, in their order.
fn counted(request: &Request) -> Vec<u16> {
    if request.flags.contains("DC") {
        // The client went away (FACTS 3.5).
        return Vec::new();
    }
    if request
        .details
        .starts_with("upstream_reset_after_response_started")
        || request.status == 0
    {
        return vec![200, BROKEN_OFF];
    }
    vec![request.status]
}
