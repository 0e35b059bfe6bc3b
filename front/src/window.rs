//! What was counted within a short time, for those who watch.

use std::collections::BTreeMap;
use std::time::Duration;

use axum::http::StatusCode;

use crate::by::{By, MAX_HOSTS};
use crate::latencies::Latencies;

/// Answers by status.
pub(crate) type Codes = BTreeMap<u16, u64>;

/// The answers to `/get` within a window.
#[derive(Default)]
pub(crate) struct Window {
    /// By uid, in order of first sight. As in [`Counts`](crate::stats::Counts), a search from the front is quick.
    pub(crate) hosts: Vec<(String, Codes)>,
    pub(crate) mesh: Codes,
    pub(crate) front: Codes,
    /// Whoever made them.
    pub(crate) latencies: Latencies,
}

impl Window {
    pub(crate) fn add(&mut self, by: By<'_>, status: StatusCode, time: Duration) {
        self.latencies.record(time);
        match by {
            By::Mesh => count(&mut self.mesh, status),
            By::Front => count(&mut self.front, status),
            By::Host(uid) => {
                let known = self.hosts.len();
                match self.hosts.iter_mut().find(|(host, _)| host == uid) {
                    Some((_, codes)) => count(codes, status),
                    None if known >= MAX_HOSTS => {}
                    None => {
                        let first = Codes::from([(status.as_u16(), 1)]);
                        self.hosts.push((uid.to_owned(), first));
                    }
                }
            }
        }
    }

    /// By uid.
    pub(crate) fn by_host(&self) -> BTreeMap<&str, &Codes> {
        let hosts = self.hosts.iter();
        hosts.map(|(uid, codes)| (uid.as_str(), codes)).collect()
    }

    /// By status, whoever made them.
    pub(crate) fn answers(&self) -> Codes {
        let mut answers = Codes::new();
        let hosts = self.hosts.iter().map(|(_, codes)| codes);
        for codes in hosts.chain([&self.mesh, &self.front]) {
            add(&mut answers, codes);
        }
        answers
    }
}

fn count(codes: &mut Codes, status: StatusCode) {
    *codes.entry(status.as_u16()).or_default() += 1;
}

/// Adds `more` to `sum`.
pub(crate) fn add(sum: &mut Codes, more: &Codes) {
    for (code, count) in more {
        *sum.entry(*code).or_default() += count;
    }
}
