//! What Envoy decided, to compare with.

use std::ops::RangeInclusive;

use ingress::outlier::{Action, Cause, Event, HostIndex};

use crate::trace::{Decision, Decrement, Ms, Trace};

/// How far a decrement may be from the sweep that it is of.
const SAME_SWEEP: Ms = 12.0;

/// Envoy's log, of which each line is taken once.
pub(super) struct Decisions<'t> {
    left: Vec<&'t Decision>,
    decrements: &'t [Decrement],
}

impl<'t> Decisions<'t> {
    pub(super) fn new(trace: &'t Trace) -> Self {
        Self {
            left: trace.decisions.iter().collect(),
            decrements: trace.header.decrements.as_deref().unwrap_or_default(),
        }
    }

    /// Takes the first line in `span` about the same host and of the same kind as `event`.
    pub(super) fn like(
        &mut self,
        event: &Event,
        span: &RangeInclusive<Ms>,
    ) -> Option<&'t Decision> {
        let cause = match event.action {
            Action::Uneject => None,
            Action::Eject { cause, .. } => Some(cause),
        };
        let index = self.find(event.host, cause, span)?;
        Some(self.left.remove(index))
    }

    /// When `host` was ejected for `cause` in `span`, if it was.
    pub(super) fn ejection(
        &self,
        host: HostIndex,
        cause: Cause,
        span: &RangeInclusive<Ms>,
    ) -> Option<Ms> {
        let index = self.find(host, Some(cause), span)?;
        Some(self.left[index].at)
    }

    fn find(
        &self,
        host: HostIndex,
        cause: Option<Cause>,
        span: &RangeInclusive<Ms>,
    ) -> Option<usize> {
        let alike = |decision: &&Decision| {
            decision.host == host
                && decision.ejection.map(|ejection| ejection.cause) == cause
                && span.contains(&decision.at)
        };
        self.left.iter().position(alike)
    }

    /// The hosts that returned in the sweep at `at`, in Envoy's order.
    pub(super) fn returns(&self, at: Ms) -> Vec<HostIndex> {
        let of_sweep = |decision: &&&Decision| {
            decision.ejection.is_none() && (decision.at - at).abs() <= SAME_SWEEP
        };
        self.left
            .iter()
            .filter(of_sweep)
            .map(|decision| decision.host)
            .collect()
    }

    /// What was left of the multiplier of `host` after the sweep at `at`, if it went down.
    pub(super) fn decrement(&self, at: Ms, host: HostIndex) -> Option<u32> {
        let same = |it: &&Decrement| it.host == host && (it.at - at).abs() <= SAME_SWEEP;
        self.decrements.iter().find(same).map(|it| it.left)
    }

    /// Takes the lines that are older than `before`.
    pub(super) fn overdue(&mut self, before: Ms) -> Vec<&'t Decision> {
        let (overdue, left) = self
            .left
            .iter()
            .copied()
            .partition(|decision| decision.at < before);
        self.left = left;
        overdue
    }

    /// Takes the rest.
    pub(super) fn left(&mut self) -> Vec<&'t Decision> {
        std::mem::take(&mut self.left)
    }
}
