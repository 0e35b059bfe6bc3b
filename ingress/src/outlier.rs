//! The outlier detector: which host is ejected, why, until when, and why not that one.
//!
//! Two halves, as in Envoy. A [`Streak`] per host counts errors in a row where the answers arrive, on
//! any worker, with atomics only. The [`Detector`] decides, in one place: it is told when a streak has
//! reached its threshold and when it is time to sweep. Neither knows a clock, a lock, a task or a
//! socket; the time is an argument, counted from the creation of the cluster.
//!
//! The rules, with the number each has in `docs/envoy-facts.md`:
//!
//! - A status of 500 or more adds one to the streak, any other sets it to zero; no time window (3.1).
//! - A host is ejected when its streak *equals* the threshold (3.6), if the percentage allows (5.1).
//! - A sweep every `interval` brings back hosts whose time, multiplier x base, has passed (4.2).
//! - The multiplier grows with each ejection (4.3) and shrinks with each healthy sweep (4.4).
//!
//! Not here: when the load balancer hears of it ([`crate::balance`]).

mod counters;
mod detector;
mod event;
mod streak;

pub use counters::Counters;
pub use detector::{Detector, HostIndex, Member, Report};
pub use event::{Action, Cause, Event, Refusal};
pub use streak::{Streak, Thresholds, Tripped};

use std::time::Duration;

/// Time since the creation of the cluster, on a monotonic clock.
pub type Elapsed = Duration;

#[cfg(test)]
mod tests;
