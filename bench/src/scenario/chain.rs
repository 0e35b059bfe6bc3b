//! The whole way of a request: gateway, front, egress, one of five colorapps. All processes are added up, and
//! the peer is the same demo with Envoy as gateway and as sidecar.

use std::io;

use crate::Error;
use crate::compare::{Comparison, Entry};
use crate::context::Context;
use crate::figure::{CPU, P50, P99, RATE, ratio};
use crate::goal::{Bound, Goal};
use crate::peer::Kind;
use crate::report::Section;
use crate::spread::Spread;
use crate::suite;
use crate::table::Table;

const OURS: &str = "with ingress";
const ENVOY: &str = "with Envoy";

/// Measures it.
///
/// # Errors
/// When a program does not work, or the machine is too noisy.
pub fn run(context: &Context) -> Result<Section, Error> {
    let envoy = context.peer(Kind::Envoy).map(|envoy| (ENVOY, Some(envoy)));
    let contenders = [(OURS, None)]
        .into_iter()
        .chain(envoy)
        .map(|(name, peer)| suite::start(context, name, peer))
        .collect::<io::Result<Vec<_>>>()?;
    let reference = if envoy.is_some() { ENVOY } else { OURS };
    let mut section = Section {
        title: "The chain".to_owned(),
        notes: vec![
            "Gateway, front, egress and five colorapps; CPU of all processes added up.".to_owned(),
        ],
        ..Section::default()
    };
    for &connections in &context.connections {
        let comparison = context
            .rounds
            .compare("chain", &contenders, connections, None)?;
        context.rounds.check(&comparison, reference)?;
        let above = format!("{connections} connections:");
        section.tables.push((above, table(&comparison)));
        section.goals.extend(goal(&comparison));
        section.comparisons.push(comparison);
    }
    Ok(section)
}

fn table(comparison: &Comparison) -> Table {
    let parts = [suite::DATA_PLANE, suite::FRONT, suite::COLORAPP];
    let mut headings = vec![
        "demo".to_owned(),
        "CPU us/request".to_owned(),
        "CPU x Envoy".to_owned(),
    ];
    headings.extend(parts.map(|part| format!("{part} us")));
    headings.extend(["requests/s", "p50 us", "p99 us"].map(ToOwned::to_owned));
    let mut table = Table::new(headings);
    for entry in &comparison.entries {
        let times = comparison.ratio(&entry.name, ENVOY, CPU);
        let mut row = vec![
            entry.name.clone(),
            format!("{:.1}", entry.median(CPU)),
            times.map_or("no Envoy".to_owned(), ratio),
        ];
        row.extend(parts.map(|part| format!("{:.1}", part_micros(entry, part))));
        row.extend([RATE, P50, P99].map(|figure| format!("{:.0}", entry.median(figure))));
        table.row(row);
    }
    table
}

/// The median CPU per request of one kind of process.
fn part_micros(entry: &Entry, part: &str) -> f64 {
    let Some(place) = entry.groups.iter().position(|group| group == part) else {
        return f64::NAN;
    };
    let of_rounds = entry
        .samples
        .iter()
        .map(|sample| sample.cpu_micros_by_group[place]);
    Spread::of(of_rounds).map_or(f64::NAN, |spread| spread.median)
}

fn goal(comparison: &Comparison) -> Option<Goal> {
    let ratio = comparison.ratio(OURS, ENVOY, CPU)?;
    (comparison.connections == 32).then(|| Goal {
        what: "CPU per request of the chain, 32 connections".to_owned(),
        bound: Bound::AtMost(0.36),
        measured: ratio.median,
        unit: "x Envoy",
    })
}
