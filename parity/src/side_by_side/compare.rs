//! Two reports of the same script, and every difference.

use std::fmt;

use serde_json::Value;

use super::events::Logged;
use super::pages::Pages;
use super::play::{Record, Report};
use crate::replay::Mismatch;
use crate::trace::Ms;

/// How far apart returns may be: the sweeps of two processes drift by up to 5 ms each (FACTS 4.1).
const DRIFT: Ms = 150.0;

/// Something that came out otherwise. Displays as a sentence with both sides.
#[derive(Clone, Debug)]
pub enum Difference {
    /// One of the two does not even agree with the pure core.
    Core {
        /// Which; in the mismatch it stands as Envoy.
        who: &'static str,
        /// Where.
        mismatch: Mismatch,
    },
    /// A sweep of `ingress` came less than an interval after the one before.
    Coin,
    /// An answer, or the hosts that were asked for it.
    Request(String),
    /// A line of the event log.
    Event(String),
    /// Something on an admin page.
    Page(String),
}

/// How much was compared, and what differs.
pub(super) fn compare(envoy: &Report, ours: &Report) -> (usize, Vec<Difference>) {
    let mut differences = Vec::new();
    let mut compared = requests(&envoy.records, &ours.records, &mut differences);
    compared += events(envoy, ours, &mut differences);
    compared += pages(&envoy.pages, &ours.pages, &mut differences);
    (compared, differences)
}

fn requests(envoy: &[Record], ours: &[Record], differences: &mut Vec<Difference>) -> usize {
    let mut found = |what: String| differences.push(Difference::Request(what));
    for (theirs, ours) in envoy.iter().zip(ours) {
        let slot = theirs.slot;
        if slot != ours.slot {
            found(format!(
                "after slot {slot} Envoy was free, ingress at slot {}",
                ours.slot
            ));
            break;
        }
        if theirs.tried != ours.tried {
            found(format!(
                "slot {slot}: Envoy asked hosts {:?}, ingress {:?}",
                theirs.tried, ours.tried
            ));
        }
        if theirs.answer != ours.answer {
            found(format!(
                "slot {slot}: from Envoy {:?}, from ingress {:?}",
                theirs.answer, ours.answer
            ));
        }
    }
    if envoy.len() != ours.len() {
        found(format!(
            "{} requests through Envoy, {} through ingress",
            envoy.len(),
            ours.len()
        ));
    }
    2 * envoy.len()
}

fn events(envoy: &Report, ours: &Report, differences: &mut Vec<Difference>) -> usize {
    let mut found = |what: String| differences.push(Difference::Event(what));
    let (theirs, mine) = (arranged(&envoy.events), arranged(&ours.events));
    for (a, b) in theirs.iter().zip(&mine) {
        // Key by key and in the same order.
        if !a.line.iter().eq(b.line.iter()) {
            found(format!("Envoy logged {:?}, ingress {:?}", a.line, b.line));
        } else if is_return(a) {
            if (a.at - b.at).abs() > DRIFT {
                found(format!(
                    "host {} came back at {:.0} ms in Envoy, at {:.0} ms in ingress",
                    a.host, a.at, b.at
                ));
            }
        } else if envoy.slot_at(a.at) != ours.slot_at(b.at) {
            let (a_slot, b_slot) = (envoy.slot_at(a.at), ours.slot_at(b.at));
            found(format!(
                "host {} was ejected after slot {a_slot:?} in Envoy, {b_slot:?} in ingress",
                a.host
            ));
        }
    }
    if theirs.len() != mine.len() {
        found(format!(
            "Envoy logged {} events, ingress {}",
            theirs.len(),
            mine.len()
        ));
    }
    theirs.len()
}

fn is_return(event: &Logged) -> bool {
    event
        .line
        .get("action")
        .is_some_and(|action| action == "UNEJECT")
}

/// The events with the returns of one sweep in the order of the hosts: Envoy's order is any (FACTS 6.6).
fn arranged(events: &[Logged]) -> Vec<&Logged> {
    let mut arranged: Vec<&Logged> = events.iter().collect();
    arranged
        .chunk_by_mut(|a, b| is_return(a) && is_return(b) && b.at - a.at < 20.0)
        .for_each(|sweep| {
            sweep.sort_by_key(|event| event.host);
        });
    arranged
}

fn pages(envoy: &Pages, ours: &Pages, differences: &mut Vec<Difference>) -> usize {
    let mut found = |what: String| differences.push(Difference::Page(what));
    differ("/clusters", &envoy.cluster, &ours.cluster, &mut found);
    if envoy.outlier.is_empty() {
        found("/stats: Envoy shows no outlier counters".to_owned());
    }
    for name in ours
        .outlier
        .keys()
        .filter(|name| !envoy.outlier.contains_key(*name))
    {
        found(format!("/stats: Envoy has no {name}"));
    }
    for (name, theirs) in &envoy.outlier {
        if ours.outlier.get(name) != Some(theirs) {
            found(format!(
                "/stats: {name} is {theirs} in Envoy, {:?} in ingress",
                ours.outlier.get(name)
            ));
        }
    }
    for (name, mine) in &ours.series {
        match envoy.series.get(name) {
            None => found(format!("/stats/prometheus: Envoy has no {name}")),
            Some(theirs) if theirs != mine && !varies(name) => {
                found(format!(
                    "/stats/prometheus: {name} is {theirs} in Envoy, {mine} in ingress"
                ));
            }
            Some(_) => {}
        }
    }
    for name in envoy
        .series
        .keys()
        .filter(|name| name.contains("envoy_cluster_name"))
    {
        if !ours.series.contains_key(name) {
            found(format!("/stats/prometheus: ingress has no {name}"));
        }
    }
    envoy.outlier.len() + ours.series.len()
}

/// Whether a series has a value that tells nothing about decisions: histograms, which Envoy brings up to date
/// every five seconds only, and bytes, which `ingress` does not count.
fn varies(series: &str) -> bool {
    let name = series.split('{').next().unwrap_or_default();
    [
        "_bucket",
        "_sum",
        "_count",
        "_bytes_total",
        "_bytes_buffered",
    ]
    .iter()
    .any(|end| name.ends_with(end))
}

/// Every leaf in which two documents differ.
fn differ(path: &str, envoy: &Value, ours: &Value, found: &mut impl FnMut(String)) {
    match (envoy, ours) {
        (Value::Object(a), Value::Object(b)) => {
            let keys = a.keys().chain(b.keys().filter(|key| !a.contains_key(*key)));
            for key in keys {
                let null = Value::Null;
                let (a, b) = (a.get(key).unwrap_or(&null), b.get(key).unwrap_or(&null));
                differ(&format!("{path}.{key}"), a, b, found);
            }
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            for (index, (a, b)) in a.iter().zip(b).enumerate() {
                let name = a["name"]
                    .as_str()
                    .map_or_else(|| index.to_string(), str::to_owned);
                differ(&format!("{path}[{name}]"), a, b, found);
            }
        }
        _ if envoy == ours => {}
        _ => found(format!("{path} is {envoy} in Envoy, {ours} in ingress")),
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Core { who, mismatch } => write!(f, "{who} as a recording: {mismatch}"),
            Self::Coin => {
                f.write_str("a sweep of ingress came less than an interval after the one before")
            }
            Self::Request(what) | Self::Event(what) | Self::Page(what) => f.write_str(what),
        }
    }
}

#[cfg(test)]
mod tests;
