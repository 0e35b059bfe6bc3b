//! How long a sweep of the detector over 5000 hosts takes: its worst case, for the one place that decides is away from
//! its other work meanwhile.

use std::sync::Arc;
use std::time::{Duration, Instant};

use ingress::mesh::OutlierPolicy;
use ingress::outlier::{Cause, Detector, Streak};

use crate::goal::{Bound, Goal};
use crate::spread::Spread;
use crate::table::Table;

const HOSTS: usize = 5000;

/// Measures it; once, where `brief`.
pub(super) fn measure(brief: bool) -> (Table, Goal) {
    let sweeps = if brief { 1 } else { 200 };
    let mut table = Table::new(["state", "median us", "greatest us"]);
    let mut greatest_median: f64 = 0.0;
    for (state, ejected, returns) in [
        ("nobody is ejected", 0, false),
        ("half are ejected, and stay", HOSTS / 2, false),
        ("half are ejected, and return", HOSTS / 2, true),
    ] {
        let micros = (0..sweeps).map(|_| sweep_micros(HOSTS, ejected, returns));
        let Some(spread) = Spread::of(micros) else {
            continue;
        };
        table.row([
            state.to_owned(),
            format!("{:.0}", spread.median),
            format!("{:.0}", spread.max),
        ]);
        greatest_median = greatest_median.max(spread.median);
    }
    let goal = Goal {
        what: "sweep over 5000 hosts".to_owned(),
        bound: Bound::AtMost(1000.0),
        measured: greatest_median,
        unit: "us",
    };
    (table, goal)
}

fn sweep_micros(hosts: usize, ejected: usize, returns: bool) -> f64 {
    let policy = OutlierPolicy {
        max_ejection_percent: 100,
        ..OutlierPolicy::default()
    };
    let after = if returns {
        policy.base_ejection_time
    } else {
        Duration::ZERO
    };
    let mut detector = Detector::new(policy, (0..hosts).map(|_| Arc::new(Streak::default())));
    for host in 0..ejected {
        detector.tripped(host, Cause::Consecutive5xx, Duration::ZERO);
    }
    let start = Instant::now();
    let events = detector.sweep(after);
    let micros = start.elapsed().as_secs_f64() * 1e6;
    assert_eq!(
        events.len(),
        if returns { ejected } else { 0 },
        "who returns"
    );
    micros
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sweep_is_of_what_it_says() {
        for (ejected, returns) in [(0, false), (5, false), (5, true)] {
            assert!(sweep_micros(10, ejected, returns) > 0.0);
        }
    }
}
