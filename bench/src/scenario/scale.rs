//! Whether a request costs the same whatever the size of the mesh: replicas, routes, hosts that are ejected.

use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

use ingress::mesh::OutlierPolicy;
use ingress::outlier::{Cause, Detector, Streak};

use crate::Error;
use crate::backend::Backends;
use crate::contender::Contender;
use crate::context::Context;
use crate::figure::{CPU, P99, RATE, ratio};
use crate::goal::{Bound, Goal};
use crate::hop::Hop;
use crate::report::Section;
use crate::sample::measure;
use crate::spread::Spread;
use crate::table::Table;

const CONNECTIONS: u16 = 32;

/// One size of mesh.
struct Size {
    name: &'static str,
    replicas: u16,
    routes: u32,
    /// How many of the replicas are ejected; fewer than half, or there is panic.
    ejected: usize,
}

const SIZES: [Size; 7] = [
    Size::of("5 replicas, 1 route", 5, 1, 0),
    Size::of("50 replicas", 50, 1, 0),
    Size::of("500 replicas", 500, 1, 0),
    Size::of("5000 replicas", 5000, 1, 0),
    Size::of("10 routes", 5, 10, 0),
    Size::of("100 routes", 5, 100, 0),
    Size::of("9 replicas, 4 of them ejected", 9, 1, 4),
];

impl Size {
    const fn of(name: &'static str, replicas: u16, routes: u32, ejected: usize) -> Self {
        Self {
            name,
            replicas,
            routes,
            ejected,
        }
    }
}

/// Measures it.
///
/// # Errors
/// When a program does not work, or the machine is too noisy.
pub fn run(context: &Context) -> Result<Section, Error> {
    let contenders = SIZES
        .iter()
        .map(|size| start(context, size))
        .collect::<io::Result<Vec<_>>>()?;
    let comparison = context
        .rounds
        .compare("scale", &contenders, CONNECTIONS, None)?;
    let reference = SIZES[0].name;
    context.rounds.check(&comparison, reference)?;
    let mut table = Table::new([
        "mesh",
        "CPU us/request",
        "CPU x the first",
        "requests/s",
        "p99 us",
    ]);
    for entry in &comparison.entries {
        let times = comparison.ratio(&entry.name, reference, CPU);
        table.row([
            entry.name.clone(),
            format!("{:.1}", entry.median(CPU)),
            times.map_or_else(String::new, ratio),
            format!("{:.0}", entry.median(RATE)),
            format!("{:.0}", entry.median(P99)),
        ]);
    }
    let (sweeps, goal) = sweeps(context);
    Ok(Section {
        title: "Size of the mesh".to_owned(),
        notes: vec![format!(
            "ingress alone, {CONNECTIONS} connections. Every replica has a connection of its own, so 5000 of them also \
             cost the kernel what 5000 sockets cost it."
        )],
        tables: vec![
            ("A request:".to_owned(), table),
            (
                "A sweep of the detector over 5000 hosts:".to_owned(),
                sweeps,
            ),
        ],
        goals: vec![goal],
        comparisons: vec![comparison],
    })
}

/// Starts one and lets it open its connections and eject its hosts.
fn start(context: &Context, size: &Size) -> io::Result<Contender> {
    let backends = if size.replicas > 50 {
        Backends::start_crowd(size.replicas)?
    } else {
        Backends::start(size.replicas.into())?
    };
    let hop = Hop {
        name: size.name.to_owned(),
        routes: size.routes,
        ..Hop::of(None)
    };
    let contender = hop.start(context, &backends)?;
    (0..size.ejected).for_each(|number| backends.set_sick(number, true));
    let mut answers = 0;
    let mut last;
    loop {
        last = measure(
            &contender,
            &context.rounds.cpus,
            CONNECTIONS,
            Duration::from_millis(200),
            None,
        )?;
        answers += last.answers;
        // Round robin has then been everywhere twice; whoever is ejected stays out for five minutes.
        if answers > 2 * u64::from(size.replicas) {
            break;
        }
    }
    if last.errors > 0 && answers > last.answers {
        return Err(io::Error::other(format!(
            "{}: sick hosts are not ejected",
            size.name
        )));
    }
    Ok(contender)
}

/// How long the one place that decides is away from its other work.
fn sweeps(context: &Context) -> (Table, Goal) {
    const HOSTS: usize = 5000;
    let sweeps = if context.brief { 1 } else { 200 };
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
