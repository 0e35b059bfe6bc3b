//! Which replica answered how often, as seen by the callers of `/get`.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::http::StatusCode;
use parking_lot::Mutex;
use serde::Serialize;

/// The most replicas that are counted, far more than a demo has even after many restarts: names that are
/// made up on the way must not fill the memory.
pub(crate) const MAX_HOSTS: usize = 500;

/// The counters since the start or the last [`clear`](Stats::clear). Clones share them.
#[derive(Clone, Default)]
pub(crate) struct Stats {
    // A sync lock: it is held for an addition or a copy, never across an await.
    counts: Arc<Mutex<Counts>>,
}

/// A copy of all counters at one moment.
#[derive(Clone, Default)]
pub(crate) struct Counts {
    /// In order of first sight. A search from the front is quick, for replicas are few.
    pub(crate) hosts: Vec<HostCount>,
    /// Answers that the mesh made itself, by status. They are no replica's fault.
    pub(crate) mesh_answers: BTreeMap<u16, u64>,
}

/// One replica's counters, in the words of `/stats`.
#[derive(Clone, Serialize)]
pub(crate) struct HostCount {
    #[serde(rename = "HostUID")]
    pub(crate) uid: String,
    #[serde(rename = "Counter")]
    pub(crate) counter: Counter,
}

/// How many answers a replica gave.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Counter {
    /// Answers with a status below 500.
    pub(crate) status_ok: u64,
    /// Answers with a status of 500 and more.
    pub(crate) status_error: u64,
    /// All of them.
    pub(crate) total: u64,
}

impl Stats {
    /// Counts an answer of the replica `uid`, unless it is one too many.
    pub(crate) fn host_answered(&self, uid: &str, status: StatusCode) {
        let hosts = &mut self.counts.lock().hosts;
        let known = hosts.len();
        match hosts.iter_mut().find(|host| host.uid == uid) {
            Some(host) => host.counter.add(status),
            None if known >= MAX_HOSTS => {}
            None => {
                let mut counter = Counter::default();
                counter.add(status);
                hosts.push(HostCount {
                    uid: uid.to_owned(),
                    counter,
                });
            }
        }
    }

    /// Counts an answer that the mesh made.
    pub(crate) fn mesh_answered(&self, status: StatusCode) {
        let mut counts = self.counts.lock();
        *counts.mesh_answers.entry(status.as_u16()).or_default() += 1;
    }

    /// Forgets everything, the order of first sight included.
    pub(crate) fn clear(&self) {
        *self.counts.lock() = Counts::default();
    }

    /// All counters at this moment.
    pub(crate) fn counts(&self) -> Counts {
        self.counts.lock().clone()
    }
}

impl Counts {
    /// The counters of the replica `uid`; zeros if it has not been seen.
    pub(crate) fn of(&self, uid: &str) -> Counter {
        self.hosts
            .iter()
            .find(|host| host.uid == uid)
            .map_or_else(Counter::default, |host| host.counter)
    }
}

impl Counter {
    fn add(&mut self, status: StatusCode) {
        if status.is_server_error() {
            self.status_error += 1;
        } else {
            self.status_ok += 1;
        }
        self.total += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_listed_in_order_of_first_sight() {
        let stats = Stats::default();
        for uid in ["c", "a", "c", "b", "a"] {
            stats.host_answered(uid, StatusCode::OK);
        }
        let hosts = stats.counts().hosts;
        let seen: Vec<_> = hosts
            .iter()
            .map(|host| (host.uid.as_str(), host.counter.total))
            .collect();
        assert_eq!(seen, [("c", 2), ("a", 2), ("b", 1)]);
    }

    #[test]
    fn no_more_than_so_many_hosts_are_counted() {
        let stats = Stats::default();
        for number in 0..=MAX_HOSTS {
            stats.host_answered(&number.to_string(), StatusCode::OK);
        }
        stats.host_answered("0", StatusCode::OK);
        let counts = stats.counts();
        assert_eq!(counts.hosts.len(), MAX_HOSTS);
        assert_eq!(counts.of("0").total, 2);
        assert_eq!(counts.of(&MAX_HOSTS.to_string()).total, 0);
    }

    #[test]
    fn an_error_is_a_status_of_500_and_more() {
        let stats = Stats::default();
        for status in [200, 404, 499, 500, 503, 599] {
            stats.host_answered("a", StatusCode::from_u16(status).unwrap());
        }
        let expected = Counter {
            status_ok: 3,
            status_error: 3,
            total: 6,
        };
        assert_eq!(stats.counts().of("a"), expected);
    }

    #[test]
    fn an_answer_of_the_mesh_is_no_hosts() {
        let stats = Stats::default();
        stats.mesh_answered(StatusCode::SERVICE_UNAVAILABLE);
        stats.mesh_answered(StatusCode::SERVICE_UNAVAILABLE);
        let counts = stats.counts();
        assert!(counts.hosts.is_empty());
        assert_eq!(counts.mesh_answers, BTreeMap::from([(503, 2)]));
    }
}
