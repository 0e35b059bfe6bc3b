//! `/stats/prometheus`: the text exposition format, as Envoy writes it (FACTS 12.3).

use std::collections::BTreeMap;
use std::fmt::Write;

use super::{Stat, Value};
use crate::cluster::{BUCKETS_MS, Histogram};

/// Counters, then gauges, then histograms; each sorted by name, one `# TYPE` line per metric.
pub(crate) fn prometheus(stats: &[Stat<'_>]) -> String {
    let mut page = String::new();
    for kind in ["counter", "gauge", "histogram"] {
        let mut metrics: BTreeMap<String, Vec<&Stat<'_>>> = BTreeMap::new();
        for stat in stats.iter().filter(|stat| kind_of(stat) == kind) {
            metrics.entry(stat.metric()).or_default().push(stat);
        }
        for (metric, mut stats) in metrics {
            stats.sort_by_cached_key(|stat| stat.name());
            // Writing to a string cannot fail.
            let _infallible = writeln!(page, "# TYPE {metric} {kind}");
            for stat in stats {
                sample(&mut page, &metric, stat);
            }
        }
    }
    page
}

fn kind_of(stat: &Stat<'_>) -> &'static str {
    match stat.value {
        Value::Counter(_) => "counter",
        Value::Gauge { .. } => "gauge",
        Value::Histogram(_) => "histogram",
    }
}

fn sample(page: &mut String, metric: &str, stat: &Stat<'_>) {
    let labels = stat.labels();
    let _infallible = match stat.value {
        Value::Counter(n) | Value::Gauge { now: n, .. } => {
            writeln!(page, "{metric}{{{labels}}} {n}")
        }
        Value::Histogram(values) => buckets(page, metric, &labels, values),
    };
}

fn buckets(
    page: &mut String,
    metric: &str,
    labels: &str,
    values: Option<&Histogram>,
) -> std::fmt::Result {
    let below: Vec<(f64, u64)> = match values {
        Some(values) => values.cumulative().collect(),
        None => BUCKETS_MS.iter().map(|&bound| (bound, 0)).collect(),
    };
    // Workers count while this is written: the total must not be less than what was seen below a bound.
    let seen = below.last().map_or(0, |&(_, n)| n);
    let count = values.map_or(0, Histogram::count).max(seen);
    let sum = values.map_or(0.0, Histogram::sum_ms);
    let comma = if labels.is_empty() { "" } else { "," };
    for (bound, n) in below {
        writeln!(page, "{metric}_bucket{{{labels}{comma}le=\"{bound}\"}} {n}")?;
    }
    writeln!(
        page,
        "{metric}_bucket{{{labels}{comma}le=\"+Inf\"}} {count}"
    )?;
    writeln!(page, "{metric}_sum{{{labels}}} {sum}")?;
    writeln!(page, "{metric}_count{{{labels}}} {count}")
}
