//! Which replica answered how often, as seen by the callers of `/get`.

use std::collections::BTreeMap;
use std::time::Duration;

use axum::http::StatusCode;
use parking_lot::Mutex;
use serde::Serialize;

use crate::by::{By, MAX_HOSTS};
use crate::window::Window;

/// The counters since the start or the last [`clear`](Stats::clear).
#[derive(Default)]
pub(crate) struct Stats {
    // A sync lock: it is held for an addition or a copy, never across an await.
    counted: Mutex<Counted>,
}

/// Both under one lock, so that a copy of one agrees with the other.
#[derive(Default)]
struct Counted {
    counts: Counts,
    /// `None` while nobody watches.
    window: Option<Window>,
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
    /// Counts an answer that took `time`.
    pub(crate) fn answered(&self, by: By<'_>, status: StatusCode, time: Duration) {
        let mut counted = self.counted.lock();
        counted.counts.add(by, status);
        if let Some(window) = &mut counted.window {
            window.add(by, status, time);
        }
    }

    /// Begins to count for those who watch. What was counted before is not part of the first window.
    pub(crate) fn watch(&self) {
        self.counted.lock().window = Some(Window::default());
    }

    /// What was counted since the last call, and all counters at the same moment; the next window begins.
    pub(crate) fn take_window(&self) -> (Window, Counts) {
        let mut counted = self.counted.lock();
        let window = counted.window.replace(Window::default());
        (window.unwrap_or_default(), counted.counts.clone())
    }

    /// Ends what [`watch`](Self::watch) began.
    pub(crate) fn unwatch(&self) {
        self.counted.lock().window = None;
    }

    /// Whether somebody watches.
    #[cfg(test)]
    pub(crate) fn is_watched(&self) -> bool {
        self.counted.lock().window.is_some()
    }

    /// Forgets everything, the order of first sight included.
    pub(crate) fn clear(&self) {
        self.counted.lock().counts = Counts::default();
    }

    /// All counters at this moment.
    pub(crate) fn counts(&self) -> Counts {
        self.counted.lock().counts.clone()
    }
}

impl Counts {
    /// Counts an answer, unless it is of one replica too many. What `front` made is nobody's.
    fn add(&mut self, by: By<'_>, status: StatusCode) {
        let uid = match by {
            By::Front => return,
            By::Mesh => {
                *self.mesh_answers.entry(status.as_u16()).or_default() += 1;
                return;
            }
            By::Host(uid) => uid,
        };
        let known = self.hosts.len();
        match self.hosts.iter_mut().find(|host| host.uid == uid) {
            Some(host) => host.counter.add(status),
            None if known >= MAX_HOSTS => {}
            None => {
                let mut counter = Counter::default();
                counter.add(status);
                self.hosts.push(HostCount {
                    uid: uid.to_owned(),
                    counter,
                });
            }
        }
    }

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
            stats.answered(By::Host(uid), StatusCode::OK, Duration::ZERO);
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
            stats.answered(
                By::Host(&number.to_string()),
                StatusCode::OK,
                Duration::ZERO,
            );
        }
        stats.answered(By::Host("0"), StatusCode::OK, Duration::ZERO);
        let counts = stats.counts();
        assert_eq!(counts.hosts.len(), MAX_HOSTS);
        assert_eq!(counts.of("0").total, 2);
        assert_eq!(counts.of(&MAX_HOSTS.to_string()).total, 0);
    }

    #[test]
    fn an_error_is_a_status_of_500_and_more() {
        let stats = Stats::default();
        for status in [200, 404, 499, 500, 503, 599] {
            stats.answered(
                By::Host("a"),
                StatusCode::from_u16(status).unwrap(),
                Duration::ZERO,
            );
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
        stats.answered(By::Mesh, StatusCode::SERVICE_UNAVAILABLE, Duration::ZERO);
        stats.answered(By::Mesh, StatusCode::SERVICE_UNAVAILABLE, Duration::ZERO);
        let counts = stats.counts();
        assert!(counts.hosts.is_empty());
        assert_eq!(counts.mesh_answers, BTreeMap::from([(503, 2)]));
    }
}
