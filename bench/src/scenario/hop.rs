//! One proxy between client and backends: ingress and every peer that is installed.

use std::io;
use std::iter;

use crate::Error;
use crate::backend::Backends;
use crate::compare::Comparison;
use crate::context::Context;
use crate::figure::{CPU, MEMORY_MB, P50, P99, RATE, ratio};
use crate::goal::{Bound, Goal};
use crate::hop::{BACKENDS, Hop, INGRESS};
use crate::peer::Kind;
use crate::report::Section;
use crate::syscalls;
use crate::table::Table;

/// Measures it.
///
/// # Errors
/// When a program does not work, or the machine is too noisy.
pub fn run(context: &Context) -> Result<Section, Error> {
    let backends = Backends::start(BACKENDS)?;
    let peers = context.peers.iter().map(Some);
    let contenders = iter::once(None)
        .chain(peers)
        .map(|peer| Hop::of(peer).start(context, &backends))
        .collect::<io::Result<Vec<_>>>()?;
    let installed = [Kind::Haproxy, Kind::Envoy, Kind::Nginx].into_iter();
    let reference = installed.filter_map(|kind| context.peer(kind)).next();
    let reference = reference.map_or(INGRESS, |peer| peer.kind.name());
    let mut section = Section {
        title: "One hop".to_owned(),
        ..Section::default()
    };
    let folder = context.folder("syscalls")?;
    for &connections in &context.connections {
        let comparison = context
            .rounds
            .compare("hop", &contenders, connections, None)?;
        context.rounds.check(&comparison, reference)?;
        let calls = contenders
            .iter()
            .map(|contender| {
                syscalls::per_request(contender, connections, context.rounds.length / 4, &folder)
            })
            .collect::<io::Result<Vec<_>>>()?;
        if calls.contains(&None) && section.notes.is_empty() {
            section.notes.push(format!(
                "System calls are not measured: {}.",
                syscalls::HINT
            ));
        }
        let above = format!("{connections} connections:");
        section.tables.push((above, table(&comparison, &calls)));
        section.goals.extend(goals(&comparison));
        section.comparisons.push(comparison);
    }
    Ok(section)
}

fn table(comparison: &Comparison, calls: &[Option<f64>]) -> Table {
    let references: Vec<&str> = [Kind::Haproxy, Kind::Envoy]
        .map(Kind::name)
        .into_iter()
        .filter(|name| comparison.entry(name).is_some())
        .collect();
    let mut headings = vec!["proxy".to_owned(), "CPU us/request".to_owned()];
    headings.extend(references.iter().map(|name| format!("CPU x {name}")));
    headings.extend(["requests/s", "p50 us", "p99 us"].map(ToOwned::to_owned));
    headings.extend(
        references
            .iter()
            .take(1)
            .map(|name| format!("p99 x {name}")),
    );
    headings.extend(["MB", "system calls/request"].map(ToOwned::to_owned));
    let mut table = Table::new(headings);
    for (entry, calls) in comparison.entries.iter().zip(calls) {
        let mut row = vec![entry.name.clone(), format!("{:.1}", entry.median(CPU))];
        let ratio = |name: &&str, figure| comparison.ratio(&entry.name, name, figure).map(ratio);
        row.extend(references.iter().filter_map(|name| ratio(name, CPU)));
        row.push(format!("{:.0}", entry.median(RATE)));
        row.push(format!("{:.0}", entry.median(P50)));
        row.push(format!("{:.0}", entry.median(P99)));
        row.extend(
            references
                .iter()
                .take(1)
                .filter_map(|name| ratio(name, P99)),
        );
        row.push(format!("{:.1}", entry.median(MEMORY_MB)));
        row.push(calls.map_or("not measured".to_owned(), |calls| format!("{calls:.2}")));
        table.row(row);
    }
    table
}

/// What ingress is held to, where there is enough load to tell.
fn goals(comparison: &Comparison) -> Vec<Goal> {
    let connections = comparison.connections;
    let mut goals = Vec::new();
    let mut add = |what: &str, kind: Kind, figure, bound, unit| {
        if let Some(spread) = comparison.ratio(INGRESS, kind.name(), figure) {
            goals.push(Goal {
                what: format!("{what}, {connections} connections"),
                bound: Bound::AtMost(bound),
                measured: spread.median,
                unit,
            });
        }
    };
    if connections >= 32 {
        add("CPU per request", Kind::Envoy, CPU, 0.30, "x Envoy");
        add("CPU per request", Kind::Haproxy, CPU, 1.00, "x HAProxy");
        add("p99", Kind::Haproxy, P99, 1.00, "x HAProxy");
    }
    if let Some(entry) = comparison.entry(INGRESS).filter(|_| connections >= 256) {
        goals.push(Goal {
            what: format!("memory of ingress after {connections} connections"),
            bound: Bound::AtMost(12.0),
            measured: entry.median(MEMORY_MB),
            unit: "MB",
        });
    }
    goals
}
