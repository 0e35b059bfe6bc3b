//! What Prometheus reads. Unlike the counters of `/stats`, these are never set back:
//!
//! - `front_requests_total{host, code}`: answers to `/get` that a replica gave;
//! - `front_mesh_answers_total{code}`: those that the mesh made itself;
//! - `front_failures_total{code}`: those that `front` made, because none came back;
//! - `front_request_duration_seconds`: how long an answer took, whoever made it;
//! - `front_faults_total`, `front_recoveries_total`: replicas that took a fault, or its end, from here.
//!
//! The usual codes are there before the first such answer, with 0: a series that comes with its first errors has no rise
//! that Prometheus could see.

use std::collections::HashSet;
use std::time::Duration;

use axum::http::StatusCode;
use parking_lot::Mutex;
use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

use crate::by::MAX_HOSTS;

/// Upper bounds of the histogram's buckets in seconds: from what a mesh on one machine needs to the
/// 15 s after which meshes give up.
const BUCKETS: [f64; 12] = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 15.0,
];

/// The label of all replicas that came after the first [`MAX_HOSTS`]. Each label is kept for ever.
const OTHERS: &str = "other";

/// Codes that replicas are expected to answer with.
const OF_REPLICAS: [u16; 3] = [200, 500, 503];

/// Codes that a mesh, or `front`, is expected to answer with in a replica's place.
const OF_OTHERS: [u16; 3] = [502, 503, 504];

/// All metrics of `front`.
pub(crate) struct Metrics {
    registry: Registry,
    /// The replicas with a label of their own. A sync lock: it is held for a look, never across an await.
    hosts: Mutex<HashSet<String>>,
    requests: Family<HostAndCode, Counter>,
    mesh_answers: Family<Code, Counter>,
    failures: Family<Code, Counter>,
    seconds: Histogram,
    faults: Counter,
    recoveries: Counter,
}

#[derive(Clone, Debug, EncodeLabelSet, Eq, Hash, PartialEq)]
struct HostAndCode {
    host: String,
    code: u16,
}

#[derive(Clone, Debug, EncodeLabelSet, Eq, Hash, PartialEq)]
struct Code {
    code: u16,
}

impl Metrics {
    pub(crate) fn new() -> Self {
        let mut registry = Registry::with_prefix("front");
        let requests = Family::default();
        registry.register(
            "requests",
            "Answers to /get that a replica of colorapp gave",
            requests.clone(),
        );
        let mesh_answers = Family::<Code, Counter>::default();
        registry.register(
            "mesh_answers",
            "Answers to /get that the mesh made itself",
            mesh_answers.clone(),
        );
        let failures = Family::<Code, Counter>::default();
        registry.register(
            "failures",
            "Answers to /get that front made because none came back",
            failures.clone(),
        );
        let seconds = Histogram::new(BUCKETS);
        registry.register(
            "request_duration_seconds",
            "Time from a /get to the end of its answer",
            seconds.clone(),
        );
        let faults = Counter::default();
        registry.register(
            "faults",
            "Replicas that took a fault from here",
            faults.clone(),
        );
        let recoveries = Counter::default();
        registry.register(
            "recoveries",
            "Replicas that were told from here to recover",
            recoveries.clone(),
        );
        for code in OF_OTHERS.map(|code| Code { code }) {
            drop(mesh_answers.get_or_create(&code));
            drop(failures.get_or_create(&code));
        }
        Self {
            registry,
            hosts: Mutex::default(),
            requests,
            mesh_answers,
            failures,
            seconds,
            faults,
            recoveries,
        }
    }

    /// The replica `host` answered.
    pub(crate) fn host_answered(&self, host: &str, status: StatusCode) {
        let labels = HostAndCode {
            host: self.label(host).to_owned(),
            code: status.as_u16(),
        };
        self.requests.get_or_create(&labels).inc();
    }

    /// The mesh answered in a replica's place.
    pub(crate) fn mesh_answered(&self, status: StatusCode) {
        self.mesh_answers.get_or_create(&code(status)).inc();
    }

    /// Nobody answered, and `front` said `status`.
    pub(crate) fn failed(&self, status: StatusCode) {
        self.failures.get_or_create(&code(status)).inc();
    }

    /// An answer, or the lack of one, took `time`.
    pub(crate) fn took(&self, time: Duration) {
        self.seconds.observe(time.as_secs_f64());
    }

    /// So many replicas took a fault.
    pub(crate) fn faulted(&self, replicas: u64) {
        self.faults.inc_by(replicas);
    }

    /// So many replicas were told to recover.
    pub(crate) fn recovered(&self, replicas: u64) {
        self.recoveries.inc_by(replicas);
    }

    /// All metrics in the OpenMetrics text format.
    pub(crate) fn text(&self) -> String {
        let mut page = String::new();
        text::encode(&mut page, &self.registry).expect("a String takes whatever is written to it");
        page
    }

    fn label<'a>(&self, host: &'a str) -> &'a str {
        let mut hosts = self.hosts.lock();
        if hosts.contains(host) {
            return host;
        }
        if hosts.len() >= MAX_HOSTS {
            return OTHERS;
        }
        hosts.insert(host.to_owned());
        for code in OF_REPLICAS {
            let host = host.to_owned();
            drop(self.requests.get_or_create(&HostAndCode { host, code }));
        }
        host
    }
}

fn code(status: StatusCode) -> Code {
    Code {
        code: status.as_u16(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Names that are made up cannot fill the memory, here or in Prometheus.
    #[test]
    fn only_so_many_replicas_have_a_label_of_their_own() {
        let metrics = Metrics::new();
        for number in 0..MAX_HOSTS + 2 {
            metrics.host_answered(&format!("h{number}"), StatusCode::OK);
        }
        metrics.host_answered("h0", StatusCode::OK);
        let page = metrics.text();
        let of = |host: &str| {
            let series = format!("front_requests_total{{host=\"{host}\",code=\"200\"}} ");
            page.lines().find_map(|line| line.strip_prefix(&series))
        };
        assert_eq!(of("h0"), Some("2"));
        assert_eq!(of(&format!("h{MAX_HOSTS}")), None);
        assert_eq!(of(OTHERS), Some("2"));
        let ok = page.lines().filter(|line| {
            line.starts_with("front_requests_total{") && line.contains("code=\"200\"")
        });
        assert_eq!(ok.count(), MAX_HOSTS + 1);
    }

    /// Otherwise a burst of errors between two scrapes would be no rise.
    #[test]
    fn errors_are_counted_from_zero() {
        let metrics = Metrics::new();
        metrics.host_answered("a", StatusCode::OK);
        let page = metrics.text();
        for series in [
            "front_requests_total{host=\"a\",code=\"500\"} 0",
            "front_mesh_answers_total{code=\"503\"} 0",
            "front_failures_total{code=\"502\"} 0",
        ] {
            assert!(page.lines().any(|line| line == series), "{series}\n{page}");
        }
    }
}
