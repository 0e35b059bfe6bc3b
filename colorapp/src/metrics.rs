//! What Prometheus hears of a replica, each with the label `host`:
//!
//! - `colorapp_requests_total{code}`: requests on `/get` by the status of their answer, 0 for those
//!   whose connection was closed without one;
//! - `colorapp_request_duration_seconds`: from their arrival to their end, delays included;
//! - `colorapp_faulty`: 1 while a fault is in force, 0 otherwise.
//!
//! The codes 200 and 500 are there from the start, with 0: a series that comes with its first errors has no rise that
//! Prometheus could see.
//!
//! A request whose client left before its end is in none of them.

use std::borrow::Cow;
use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

use crate::{HostUid, Outcome};

/// Bounds of the histogram, in seconds: a healthy answer takes less than the first, and the longest
/// delay of a fault is the last.
const BUCKETS: [f64; 12] = [
    0.001, 0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 15.0, 30.0, 60.0,
];

#[derive(Debug)]
pub(crate) struct Metrics {
    registry: Registry,
    requests: Family<Code, Counter>,
    duration: Histogram,
    faulty: Gauge,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Code {
    code: u16,
}

impl Metrics {
    pub(crate) fn new(host: &HostUid) -> Self {
        let requests = Family::<Code, Counter>::default();
        for code in [200, 500] {
            drop(requests.get_or_create(&Code { code }));
        }
        let duration = Histogram::new(BUCKETS);
        let faulty = Gauge::default();

        let host = (Cow::Borrowed("host"), Cow::Owned(host.to_string()));
        let mut registry = Registry::with_prefix_and_labels("colorapp", [host].into_iter());
        registry.register(
            "requests",
            "Requests on /get by status, 0 for a connection closed without an answer",
            requests.clone(),
        );
        registry.register_with_unit(
            "request_duration",
            "Time from the arrival of a request on /get to its end",
            Unit::Seconds,
            duration.clone(),
        );
        registry.register(
            "faulty",
            "Whether a fault is in force on /get",
            faulty.clone(),
        );
        Self {
            registry,
            requests,
            duration,
            faulty,
        }
    }

    /// Counts a request that ended with `outcome`, so long after its arrival.
    pub(crate) fn count(&self, outcome: Outcome, elapsed: Duration) {
        let code = outcome.status().map_or(0, |status| status.as_u16());
        self.requests.get_or_create(&Code { code }).inc();
        self.duration.observe(elapsed.as_secs_f64());
    }

    /// All of it in the text format of OpenMetrics.
    pub(crate) fn text(&self, faulty: bool) -> String {
        self.faulty.set(faulty.into());
        let mut text = String::new();
        encode(&mut text, &self.registry).expect("writing to a string does not fail");
        text
    }
}
