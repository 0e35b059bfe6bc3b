//! The first line: what was recorded, and how.

use std::collections::BTreeMap;
use std::time::Duration;

use ingress::mesh::OutlierPolicy;
use ingress::outlier::HostIndex;
use serde::Deserialize;
use serde_json::Value;

use super::policy::{self, seconds};
use super::{Ms, check_time};

/// What was recorded, and how.
#[derive(Clone, Debug)]
pub struct Header {
    /// The recording's name.
    pub name: String,
    /// How many hosts there are, 1 to 1,000.
    pub hosts: usize,
    /// The policy as Envoy had it, merge window and panic threshold included.
    pub policy: OutlierPolicy,
    /// The route's retries.
    pub retries: Retries,
    /// When Envoy swept, to within a few milliseconds.
    pub sweeps: Vec<Ms>,
    /// Envoy's counters at the end, without the prefix `cluster.<name>.`.
    pub final_stats: BTreeMap<String, u64>,
    /// Multipliers that went down, where the recording says so.
    pub decrements: Option<Vec<Decrement>>,
}

/// The route's retries, as far as they decide whose turn it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Retries {
    /// How often a retry passes over a host that it has tried.
    pub selection_retries: usize,
}

/// As many as there may be hosts; who has tried them all finds no other.
const MOST_SELECTION_RETRIES: usize = 1_000;

/// A multiplier that went down by one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Decrement {
    /// The sweep.
    pub at: Ms,
    /// Whose.
    pub host: HostIndex,
    /// The multiplier after it.
    pub left: u32,
}

#[derive(Deserialize)]
struct Written {
    header: bool,
    #[serde(default)]
    name: String,
    hosts: usize,
    #[serde(default = "round_robin")]
    lb_policy: String,
    #[serde(default = "one")]
    concurrency: u32,
    outlier_detection: BTreeMap<String, Value>,
    #[serde(default = "panic_threshold")]
    healthy_panic_threshold: u32,
    update_merge_window: Option<String>,
    #[serde(default)]
    route: Route,
    #[serde(default)]
    steps: Vec<Value>,
    #[serde(default)]
    sweeps_ms: Vec<Ms>,
    #[serde(default)]
    final_stats: BTreeMap<String, u64>,
    inferred: Option<Inferred>,
}

#[derive(Deserialize, Default)]
struct Route {
    #[serde(default)]
    retry_policy: RetryPolicy,
}

#[derive(Deserialize, Default)]
struct RetryPolicy {
    #[serde(default)]
    retry_host_predicate: Vec<Value>,
    /// A number, or as Protobuf writes it in JSON, the text of one.
    host_selection_retry_max_attempts: Option<Value>,
}

#[derive(Deserialize)]
struct Inferred {
    multiplier_decrements: Option<Vec<(Ms, HostIndex, u32)>>,
}

fn round_robin() -> String {
    "ROUND_ROBIN".to_owned()
}

fn one() -> u32 {
    1
}

fn panic_threshold() -> u32 {
    OutlierPolicy::DEFAULT_PANIC_THRESHOLD
}

impl Header {
    pub(super) fn parse(line: &str) -> Result<Self, String> {
        let written: Written = serde_json::from_str(line)
            .map_err(|cause| format!("the header is missing or broken: {cause}"))?;
        if !written.header {
            return Err(
                "the header is missing: the first line must have \"header\": true".to_owned(),
            );
        }
        if !(1..=1_000).contains(&written.hosts) {
            return Err(format!("hosts is {}; it must be 1 to 1000", written.hosts));
        }
        if written.lb_policy != "ROUND_ROBIN" {
            return Err(format!(
                "lb_policy is {:?}; only ROUND_ROBIN can be replayed",
                written.lb_policy
            ));
        }
        if written.concurrency != 1 {
            return Err(format!(
                "concurrency is {}; only one worker's turns can be followed",
                written.concurrency
            ));
        }
        for sweep in &written.sweeps_ms {
            check_time("sweeps_ms", *sweep)?;
        }
        let mut policy = policy::parse(&written.outlier_detection)?;
        if written.healthy_panic_threshold > 100 {
            return Err(format!(
                "healthy_panic_threshold is {}; it must be 0 to 100",
                written.healthy_panic_threshold
            ));
        }
        policy.healthy_panic_threshold = written.healthy_panic_threshold;
        if let Some(window) = &written.update_merge_window {
            policy.update_merge_window = merge_window(window)?;
        }
        for step in &written.steps {
            check_step(step, written.hosts)?;
        }
        let decrements = written
            .inferred
            .and_then(|inferred| inferred.multiplier_decrements);
        Ok(Self {
            name: written.name,
            hosts: written.hosts,
            policy,
            retries: written.route.retry_policy.try_into()?,
            sweeps: written.sweeps_ms,
            final_stats: written
                .final_stats
                .into_iter()
                .map(without_cluster)
                .collect(),
            decrements: decrements.map(|all| {
                let decrement = |(at, host, left)| Decrement { at, host, left };
                all.into_iter().map(decrement).collect()
            }),
        })
    }
}

/// `0s`, or `1s (default)`.
fn merge_window(written: &str) -> Result<Duration, String> {
    let word = written.split_whitespace().next().unwrap_or_default();
    seconds(word).ok_or_else(|| {
        format!(
            "update_merge_window is {written:?}; it must be seconds as in \"1s\", at most a year"
        )
    })
}

fn without_cluster((name, value): (String, u64)) -> (String, u64) {
    let rest = name
        .strip_prefix("cluster.")
        .and_then(|name| name.split_once('.'));
    match rest {
        Some((_cluster, stat)) => (stat.to_owned(), value),
        None => (name, value),
    }
}

impl TryFrom<RetryPolicy> for Retries {
    type Error = String;

    fn try_from(written: RetryPolicy) -> Result<Self, String> {
        let asked = !written.retry_host_predicate.is_empty();
        let attempts = written
            .host_selection_retry_max_attempts
            .and_then(|written| {
                let number = written
                    .as_str()
                    .map_or_else(|| written.as_u64(), |text| text.parse().ok());
                usize::try_from(number?).ok()
            });
        let attempts = attempts.unwrap_or(1);
        if attempts > MOST_SELECTION_RETRIES {
            return Err(format!(
                "host_selection_retry_max_attempts is {attempts}; it must be at most {MOST_SELECTION_RETRIES}"
            ));
        }
        Ok(Self {
            selection_retries: if asked { attempts } else { 0 },
        })
    }
}

/// The steps of the driver decide nothing, but whoever writes one that is not known means something by it.
fn check_step(written: &Value, hosts: usize) -> Result<(), String> {
    let parts = written.as_array().map(Vec::as_slice).unwrap_or_default();
    let (name, arguments) = match parts {
        [Value::String(name), arguments @ ..] => (name.as_str(), arguments),
        _ => ("", &[][..]),
    };
    let number = |value: &Value| value.as_f64().is_some_and(|number| number >= 0.0);
    let host = |value: &Value| value.as_u64().is_some_and(|host| host < hosts as u64);
    let fits = match (name, arguments) {
        ("rate" | "until_ms", [a, b]) => number(a) && number(b),
        ("set", [whose, _mode]) => host(whose),
        ("until_event", [kind, whose, rate, limit]) => {
            kind.is_string() && host(whose) && number(rate) && number(limit)
        }
        ("sleep", [ms]) => number(ms),
        _ => false,
    };
    if fits {
        Ok(())
    } else {
        Err(format!(
            "unknown step {written}; it must be rate, set, until_ms, until_event or sleep, with its arguments"
        ))
    }
}
