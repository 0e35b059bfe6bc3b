//! What was counted within a short time, for those who watch.

use std::collections::BTreeMap;
use std::time::Duration;

use axum::http::StatusCode;
use hdrhistogram::Histogram;

use crate::by::{By, MAX_HOSTS};

/// The longest latency that is told apart, in microseconds: far longer than `front` waits.
const LONGEST: u64 = 600_000_000;

/// Answers by status.
pub(crate) type Codes = BTreeMap<u16, u64>;

/// The answers to `/get` within a window.
pub(crate) struct Window {
    /// By uid.
    pub(crate) hosts: BTreeMap<String, Codes>,
    pub(crate) mesh: Codes,
    pub(crate) front: Codes,
    /// Whoever made them, in microseconds, to two digits.
    pub(crate) latency: Latency,
}

/// Latencies in microseconds.
pub(crate) type Latency = Histogram<u32>;

impl Window {
    pub(crate) fn add(&mut self, by: By<'_>, status: StatusCode, time: Duration) {
        let micros = u64::try_from(time.as_micros()).unwrap_or(LONGEST);
        self.latency.saturating_record(micros);
        let codes = match by {
            By::Mesh => &mut self.mesh,
            By::Front => &mut self.front,
            By::Host(uid) => {
                // Looked for first, so that a known name is not copied.
                if !self.hosts.contains_key(uid) {
                    if self.hosts.len() >= MAX_HOSTS {
                        return;
                    }
                    self.hosts.insert(uid.to_owned(), Codes::new());
                }
                self.hosts.get_mut(uid).expect("it is there by now")
            }
        };
        *codes.entry(status.as_u16()).or_default() += 1;
    }

    /// By status, whoever made them.
    pub(crate) fn answers(&self) -> Codes {
        let mut answers = Codes::new();
        for codes in self.hosts.values().chain([&self.mesh, &self.front]) {
            add(&mut answers, codes);
        }
        answers
    }
}

/// Adds `more` to `sum`.
pub(crate) fn add(sum: &mut Codes, more: &Codes) {
    for (code, count) in more {
        *sum.entry(*code).or_default() += count;
    }
}

/// An empty one.
pub(crate) fn latency() -> Latency {
    Histogram::new_with_bounds(1, LONGEST, 2).expect("bounds and digits are within their own")
}

impl Default for Window {
    fn default() -> Self {
        Self {
            hosts: BTreeMap::new(),
            mesh: Codes::new(),
            front: Codes::new(),
            latency: latency(),
        }
    }
}
