//! A report for programs: the fields of `vegeta report -type=json`, durations in nanoseconds, and two more.

use std::time::Duration;

use humantime::format_rfc3339_nanos;
use serde_json::{Map, Value, json};

use super::Report;

impl Report {
    /// The report as `vegeta report -type=json` writes it, with two fields of our own: `failures`, how many
    /// requests got no answer by what went wrong, and `spread`, what each host answered.
    pub fn to_json(&self) -> Value {
        let latencies = &self.latencies;
        let [p50, p90, p95, p99] =
            [0.5, 0.9, 0.95, 0.99].map(|share| nanos(latencies.quantile(share)));
        let at = |offset: Duration| format_rfc3339_nanos(self.began + offset).to_string();
        let failures = self.failures.keys().map(ToString::to_string);
        json!({
            "latencies": {
                "total": nanos(latencies.total),
                "mean": nanos(latencies.mean()),
                "50th": p50,
                "90th": p90,
                "95th": p95,
                "99th": p99,
                "max": nanos(latencies.max),
                "min": nanos(latencies.min()),
            },
            "bytes_in": { "total": self.bytes_in, "mean": self.per_request(self.bytes_in) },
            "bytes_out": { "total": 0, "mean": 0 },
            "earliest": at(self.first_sent.min(self.last_sent)),
            "latest": at(self.last_sent),
            "end": at(self.end),
            "duration": nanos(self.duration()),
            "wait": nanos(self.wait()),
            "requests": self.requests(),
            "rate": self.rate(),
            "throughput": self.throughput(),
            "success": self.per_request(self.successes()),
            "status_codes": self
                .codes()
                .map(|(code, count)| (code.to_string(), count.into()))
                .collect::<Map<_, _>>(),
            "errors": self.wrong_statuses().chain(failures).collect::<Vec<_>>(),
            "failures": self
                .failures
                .iter()
                .map(|(failure, count)| (failure.to_string(), (*count).into()))
                .collect::<Map<_, _>>(),
            "spread": self
                .spread()
                .map(|share| json!({
                    "HostUID": share.host_uid,
                    "answers": share.answers,
                    "errors": share.errors,
                }))
                .collect::<Vec<_>>(),
        })
    }
}

fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}
