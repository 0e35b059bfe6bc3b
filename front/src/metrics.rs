//! What Prometheus reads. Unlike the counters of `/stats`, these are never set back.

use std::time::Duration;

use axum::http::StatusCode;
use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

/// The content type of [`Metrics::text`].
pub(crate) const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Upper bounds of the histogram's buckets in seconds: from what a mesh on one machine needs to the
/// 15 s after which meshes give up.
const BUCKETS: [f64; 12] = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 15.0,
];

/// All metrics of `front`.
pub(crate) struct Metrics {
    registry: Registry,
    requests: Family<HostAndCode, Counter>,
    mesh_answers: Family<Code, Counter>,
    failures: Family<Code, Counter>,
    seconds: Histogram,
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
        let mesh_answers = Family::default();
        registry.register(
            "mesh_answers",
            "Answers to /get that the mesh made itself",
            mesh_answers.clone(),
        );
        let failures = Family::default();
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
        Self {
            registry,
            requests,
            mesh_answers,
            failures,
            seconds,
        }
    }

    /// The replica `host` answered.
    pub(crate) fn host_answered(&self, host: &str, status: StatusCode) {
        let labels = HostAndCode {
            host: host.to_owned(),
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

    /// All metrics in the OpenMetrics text format.
    pub(crate) fn text(&self) -> String {
        let mut page = String::new();
        text::encode(&mut page, &self.registry).expect("a String takes whatever is written to it");
        page
    }
}

fn code(status: StatusCode) -> Code {
    Code {
        code: status.as_u16(),
    }
}
