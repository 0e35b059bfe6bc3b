//! A recording through the deciding core of `ingress`: [`Membership`](ingress::cluster::Membership),
//! [`RoundRobin`](ingress::balance::RoundRobin) and the streaks, on the recording's own clock.
//!
//! The core is told what the recorded Envoy was told: which host answered what, and when. It is not told
//! what Envoy decided; that is compared: whose turn each attempt was, every ejection and return with its
//! time, every multiplier that the recording knows of, and the counters at the end.
//!
//! Envoy's clocks are not in the recording. Where a decision hangs on a few of its milliseconds, the run
//! may have them fall either way ([`Freedoms`]); which way is found by trying, and each use is counted.

mod fit;
mod follow;
mod freedom;
mod mismatch;
mod modes;
mod report;
mod timeline;
mod turns;

pub use freedom::Freedoms;
pub use mismatch::{Mismatch, What};
pub use report::compare;

use crate::trace::Trace;

/// What came of a replay.
#[derive(Clone, Debug)]
pub struct Verdict {
    /// Decisions compared.
    pub compared: usize,
    /// Those that came out otherwise, in the order of time.
    pub mismatches: Vec<Mismatch>,
    /// What could not be known beforehand.
    pub freedoms: Freedoms,
}

/// Replays `trace` and compares.
pub fn replay(trace: &Trace) -> Verdict {
    fit::fit(trace)
}

#[cfg(test)]
mod tests;
