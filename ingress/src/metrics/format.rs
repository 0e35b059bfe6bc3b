//! `/stats` as text and as JSON.

use std::fmt::Write;

use serde_json::{Value as Json, json};

use super::{Stat, Value};

/// `name: value`, sorted by name, histograms last, as Envoy prints them.
///
/// One difference: of a histogram that has values Envoy prints percentiles that it interpolates, this
/// prints how many there are and their sum. The buckets are on the Prometheus page.
pub(crate) fn text(stats: &[Stat<'_>]) -> String {
    let (histograms, numbers): (Vec<_>, Vec<_>) = sorted(stats)
        .into_iter()
        .partition(|(_, stat)| matches!(stat.value, Value::Histogram(_)));
    let mut page = String::new();
    for (name, stat) in numbers.into_iter().chain(histograms) {
        // Writing to a string cannot fail.
        let _infallible = match stat.value {
            Value::Counter(n) | Value::Gauge { now: n, .. } => writeln!(page, "{name}: {n}"),
            Value::Histogram(Some(values)) if values.count() > 0 => {
                let (count, sum) = (values.count(), values.sum_ms());
                writeln!(page, "{name}: count {count}, sum {sum}")
            }
            Value::Histogram(_) => writeln!(page, "{name}: No recorded values"),
        };
    }
    page
}

/// `{"stats":[{"name":...,"value":...}]}`, sorted by name, as Envoy prints them; without histograms, of
/// which Envoy prints interpolated percentiles.
pub(crate) fn json(stats: &[Stat<'_>]) -> String {
    let stats: Vec<Json> = sorted(stats)
        .into_iter()
        .filter_map(|(name, stat)| match stat.value {
            Value::Counter(n) | Value::Gauge { now: n, .. } => {
                Some(json!({"name": name, "value": n}))
            }
            Value::Histogram(_) => None,
        })
        .collect();
    json!({ "stats": stats }).to_string()
}

fn sorted<'s, 'a>(stats: &'s [Stat<'a>]) -> Vec<(String, &'s Stat<'a>)> {
    let mut named: Vec<_> = stats.iter().map(|stat| (stat.name(), stat)).collect();
    named.sort_by(|(a, _), (b, _)| a.cmp(b));
    named
}
