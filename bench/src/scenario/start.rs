//! How long it takes from a program's start to its first answer, and the memory of the whole suite.

use std::time::Duration;

use crate::Error;
use crate::backend::Backends;
use crate::contender::Contender;
use crate::context::Context;
use crate::figure::megabytes;
use crate::goal::{Bound, Goal};
use crate::hop::{BACKENDS, Hop, INGRESS};
use crate::peer::Kind;
use crate::process::memory;
use crate::report::Section;
use crate::sample::measure;
use crate::spread::Spread;
use crate::suite;
use crate::table::Table;

/// Starts of each, at least.
const STARTS: u32 = 20;

/// Under how many connections memory has grown to what it stays at.
const CONNECTIONS: u16 = 32;

const SUITE: &str = "whole suite";

/// Measures it.
///
/// # Errors
/// When a program does not work.
pub fn run(context: &Context) -> Result<Section, Error> {
    let backends = Backends::start(BACKENDS)?;
    let (times, mut goals) = starts(context, &backends)?;
    let (memory, fits) = memories(context, &backends)?;
    goals.extend(fits);
    Ok(Section {
        title: "Start and size".to_owned(),
        notes: vec![
            "Each is asked every 0.2 ms until it answers 200, on the same CPU. Shared memory counts in \
             proportion: a page that seven processes have counts a seventh in each (Pss). Of the one Envoy it is all that \
             is resident."
                .to_owned(),
        ],
        tables: vec![
            ("From the start to the first answer:".to_owned(), times),
            (format!("Memory after a load of {CONNECTIONS} connections:"), memory),
        ],
        goals,
        ..Section::default()
    })
}

fn starts(context: &Context, backends: &Backends) -> Result<(Table, Vec<Goal>), Error> {
    let hops: Vec<Hop<'_>> = [None]
        .into_iter()
        .chain(context.peers.iter().map(Some))
        .map(Hop::of)
        .collect();
    let mut names: Vec<String> = hops.iter().map(|hop| hop.name.clone()).collect();
    names.push(SUITE.to_owned());
    let mut millis = vec![Vec::new(); names.len()];
    let starts = if context.brief {
        1
    } else {
        context.rounds.count.max(STARTS)
    };
    for start in 1..=starts {
        eprintln!("start: {start} of {starts}");
        for (hop, millis) in hops.iter().zip(&mut millis) {
            millis.push(in_millis(&hop.start_at_once(context, backends)?));
        }
        millis[hops.len()].push(in_millis(&suite::start_at_once(context, "suite")?));
    }
    let mut table = Table::new(["program", "median ms", "least", "greatest"]);
    let mut goals = Vec::new();
    for (name, millis) in names.iter().zip(millis) {
        let Some(spread) = Spread::of(millis) else {
            continue;
        };
        let mut row = vec![name.clone()];
        row.extend([spread.median, spread.min, spread.max].map(|millis| format!("{millis:.1}")));
        table.row(row);
        let bound = match name.as_str() {
            INGRESS => 10.0,
            SUITE => 300.0,
            _ => continue,
        };
        goals.push(Goal {
            what: format!("start of {name} to its first answer"),
            bound: Bound::AtMost(bound),
            measured: spread.median,
            unit: "ms",
        });
    }
    Ok((table, goals))
}

fn in_millis(contender: &Contender) -> f64 {
    contender.first_answer.as_secs_f64() * 1000.0
}

/// Also says whether the machine was quiet.
fn memories(context: &Context, backends: &Backends) -> Result<(Table, Option<Goal>), Error> {
    let mut table = Table::new(["processes", "MB"]);
    let used = |contender: &Contender| {
        let length = context.rounds.length.min(Duration::from_secs(1));
        let sample = measure(contender, &context.rounds.cpus, CONNECTIONS, length, None)?;
        context.rounds.check_quiet(sample.disturbance)?;
        let mut used = Vec::new();
        for group in &contender.groups {
            used.push(megabytes(memory(&group.pids)?.proportional_kib));
        }
        Ok::<_, Error>(used)
    };
    let suite = suite::start(context, "suite", None)?;
    let of_suite = used(&suite)?;
    for (group, used) in suite.groups.iter().zip(&of_suite) {
        let count = group.pids.len();
        let name = if count > 1 {
            format!("{} x {count}", group.name)
        } else {
            group.name.clone()
        };
        table.row([name, format!("{used:.1}")]);
    }
    // What starts and watches the others is no part of the request's way, and Kubernetes has its own.
    let seven = of_suite.iter().sum::<f64>() - of_suite.last().copied().unwrap_or_default();
    table.row(["all seven, without up".to_owned(), format!("{seven:.1}")]);
    let Some(envoy) = context.peer(Kind::Envoy) else {
        return Ok((table, None));
    };
    let envoy = Hop::of(Some(envoy)).start(context, backends)?;
    used(&envoy)?;
    // Alone, it shares with nobody; a sum in proportion would be less where other Envoys run.
    let of_envoy = megabytes(memory(&envoy.pids())?.resident_kib);
    table.row(["one Envoy".to_owned(), format!("{of_envoy:.1}")]);
    let goal = Goal {
        what: "memory of the whole suite against one Envoy".to_owned(),
        bound: Bound::AtMost(1.0),
        measured: seven / of_envoy,
        unit: "x Envoy",
    };
    Ok((table, Some(goal)))
}
