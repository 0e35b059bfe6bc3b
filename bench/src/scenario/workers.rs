//! Two workers against one, on two CPUs.
//!
//! The load and the backends need CPU as well, so on a machine with two CPUs nobody serves twice as much. What a proxy
//! could serve is bounded by its busiest thread, for a thread has one CPU at most: requests per second of
//! that thread's CPU time. It is twice as much with two workers if a request costs the same and both have
//! equally much to do.

use std::io;

use crate::Error;
use crate::backend::Backends;
use crate::compare::Rounds;
use crate::context::Context;
use crate::figure::{CPU, Figure, RATE, ratio};
use crate::goal::{Bound, Goal};
use crate::hop::{BACKENDS, Hop};
use crate::process::{allowed, pin};
use crate::report::Section;
use crate::table::Table;

const ONE: &str = "1 worker";
const TWO: &str = "2 workers";
const CONNECTIONS: u16 = 256;

/// Requests that the busiest thread serves in a second of its CPU time.
const CAPACITY: Figure = |sample| 1e6 / sample.busiest_thread_micros;

/// Measures it.
///
/// # Errors
/// When a program does not work, or the machine is too noisy.
pub fn run(context: &Context) -> Result<Section, Error> {
    let title = "Two workers".to_owned();
    let [.., first, second] = context.all_cpus[..] else {
        return Ok(Section {
            title,
            notes: vec!["Not measured: this machine has one CPU.".to_owned()],
            ..Section::default()
        });
    };
    let alone = allowed()?;
    pin(&[first, second])?;
    let section = on_two(context, title, vec![first, second]);
    pin(&alone)?;
    section
}

fn on_two(context: &Context, title: String, cpus: Vec<usize>) -> Result<Section, Error> {
    let backends = Backends::start(BACKENDS)?;
    let contenders = [(ONE, 1), (TWO, 2)]
        .map(|(name, workers)| Hop {
            name: name.to_owned(),
            workers,
            ..Hop::of(None)
        })
        .iter()
        .map(|hop| hop.start(context, &backends))
        .collect::<io::Result<Vec<_>>>()?;
    let rounds = Rounds {
        cpus,
        ..context.rounds.clone()
    };
    let comparison = rounds.compare("workers", &contenders, CONNECTIONS, None)?;
    rounds.check(&comparison, ONE)?;
    let mut table = Table::new([
        "ingress",
        "CPU us/request",
        "CPU x 1 worker",
        "requests per CPU second of the busiest thread",
        "x 1 worker",
        "requests/s",
    ]);
    for entry in &comparison.entries {
        let times = |figure| {
            comparison
                .ratio(&entry.name, ONE, figure)
                .map_or_else(String::new, ratio)
        };
        table.row([
            entry.name.clone(),
            format!("{:.1}", entry.median(CPU)),
            times(CPU),
            format!("{:.0}", entry.median(CAPACITY)),
            times(CAPACITY),
            format!("{:.0}", entry.median(RATE)),
        ]);
    }
    let goals = comparison.ratio(TWO, ONE, CAPACITY).map(|spread| Goal {
        what: "requests per CPU second of the busiest thread, two workers".to_owned(),
        bound: Bound::AtLeast(1.8),
        measured: spread.median,
        unit: "x one worker",
    });
    Ok(Section {
        title,
        notes: vec![
            "On two CPUs, which the load and the backends share; a thread has one at most, so the busiest one bounds \
             what can be served where there are CPUs enough."
                .to_owned(),
        ],
        tables: vec![(format!("{CONNECTIONS} connections:"), table)],
        goals: goals.into_iter().collect(),
        comparisons: vec![comparison],
    })
}
