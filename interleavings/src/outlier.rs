//! What of `ingress::outlier` threads share.

#[path = "../../ingress/src/outlier/event.rs"]
mod event;
#[path = "../../ingress/src/outlier/streak.rs"]
mod streak;

pub(crate) use event::Cause;
pub(crate) use streak::{Streak, Thresholds};

pub(crate) type Elapsed = std::time::Duration;
pub(crate) type HostIndex = usize;

/// The detector has heard of trips for both causes.
pub(crate) fn heard_of(streak: &Streak) {
    streak.reset(Cause::Consecutive5xx);
    streak.reset(Cause::ConsecutiveGatewayFailure);
}
