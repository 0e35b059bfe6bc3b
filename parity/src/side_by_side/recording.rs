//! What a real Envoy did with a script, as a recording for the pure core.

use std::collections::BTreeMap;
use std::io::{self, Error};

use ingress::outlier::Cause;
use serde_json::Value;

use super::events::Logged;
use super::mesh::CLUSTER;
use super::play::{Record, Report, counted};
use super::script::{Behaviour, Script};
use crate::trace::{Decision, Ejection, Header, Mode, Request, Retries, SetMode, Trace};

/// A recording of `report`.
pub(super) fn recording(script: &Script, report: &Report) -> io::Result<Trace> {
    let decisions: io::Result<_> = report.events.iter().map(decision).collect();
    Ok(Trace {
        header: Header {
            name: format!("script {}", script.seed),
            hosts: script.hosts,
            policy: script.policy.clone(),
            retries: Retries {
                selection_retries: 1,
            },
            sweeps: Vec::new(),
            final_stats: counters(report),
            decrements: None,
        },
        requests: report.records.iter().map(request).collect(),
        modes: modes(script),
        decisions: decisions?,
    })
}

/// Envoy's own counters at the end.
fn counters(report: &Report) -> BTreeMap<String, u64> {
    let outlier = report.pages.outlier.iter();
    let named = outlier.filter_map(|(name, value)| {
        let name = name.split_once(CLUSTER)?.1.trim_start_matches('.');
        Some((name.to_owned(), value.parse().ok()?))
    });
    let panic = format!("envoy_cluster_lb_healthy_panic{{envoy_cluster_name=\"{CLUSTER}\"}}");
    let panic = report
        .pages
        .series
        .get(&panic)
        .and_then(|value| value.parse().ok());
    named
        .chain(panic.map(|value| ("lb_healthy_panic".to_owned(), value)))
        .collect()
}

fn decision(event: &Logged) -> io::Result<Decision> {
    let broken = || {
        Error::other(format!(
            "not an event of outlier detection: {:?}",
            event.line
        ))
    };
    let text = |key: &str| {
        event
            .line
            .get(key)
            .and_then(Value::as_str)
            .ok_or_else(broken)
    };
    let number = event.line.get("num_ejections").and_then(Value::as_u64);
    Ok(Decision {
        at: event.at,
        host: event.host,
        ejections: number
            .and_then(|number| u32::try_from(number).ok())
            .ok_or_else(broken)?,
        ejection: match text("action")? {
            "UNEJECT" => None,
            _ => Some(Ejection {
                cause: cause(text("type")?).ok_or_else(broken)?,
                enforced: event
                    .line
                    .get("enforced")
                    .and_then(Value::as_bool)
                    .ok_or_else(broken)?,
            }),
        },
    })
}

fn cause(name: &str) -> Option<Cause> {
    [Cause::Consecutive5xx, Cause::ConsecutiveGatewayFailure]
        .into_iter()
        .find(|cause| cause.event_type() == name)
}

fn request(record: &Record) -> Request {
    let whole = record.answer.as_ref();
    Request {
        at: record.at,
        n: record.slot as u64,
        took: record.took,
        status: whole.map_or(0, |answer| answer.status.as_u16()),
        tried: record.tried.clone(),
        flags: String::new(),
        details: String::new(),
    }
}

fn modes(script: &Script) -> Vec<SetMode> {
    let mode = |answers: &[Behaviour]| {
        Mode::InTurn(answers.iter().map(|answer| counted(*answer)).collect())
    };
    let changes = script.changes.iter().map(|change| SetMode {
        host: change.host,
        mode: mode(&change.answers),
        before_n: change.slot as u64,
    });
    changes.collect()
}
