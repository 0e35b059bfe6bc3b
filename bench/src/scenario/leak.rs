//! How many errors of a host that falls ill under load reach the client before it is ejected: ingress's and
//! Envoy's in the same run. What is under way to the host when it is ejected leaks on top of the threshold, so about
//! connections / hosts + threshold is what there is to expect.

use std::io;
use std::time::Duration;

use crate::Error;
use crate::backend::Backends;
use crate::context::Context;
use crate::goal::{Bound, Goal};
use crate::hop::{BACKENDS, Hop};
use crate::load::Load;
use crate::mesh::THRESHOLD;
use crate::peer::{Kind, Peer};
use crate::report::Section;
use crate::spread::Spread;
use crate::table::Table;

const RUNS: u32 = 5;
const CONNECTIONS: [usize; 2] = [64, 256];

/// How long hosts think before they answer. Where they answer at once, a proxy's speed decides how many requests are
/// under way to them; where they think, all are.
const THOUGHTS: [Duration; 2] = [Duration::ZERO, Duration::from_millis(50)];

/// Measures it.
///
/// # Errors
/// When a program does not work.
pub fn run(context: &Context) -> Result<Section, Error> {
    let runs = if context.brief { 1 } else { RUNS };
    let mut table = Table::new([
        "hosts think",
        "connections",
        "proxy",
        "median errors",
        "least",
        "greatest",
        "to expect",
    ]);
    let mut goals = Vec::new();
    let cases = THOUGHTS.into_iter();
    let cases = cases.flat_map(|thought| CONNECTIONS.map(|connections| (thought, connections)));
    for (thought, connections) in cases {
        let mut ours = Vec::new();
        let mut envoys = Vec::new();
        for run in 1..=runs {
            eprintln!("leak, {connections} connections: run {run} of {runs}");
            ours.push(leaked(context, None, connections, thought)?);
            if let Some(envoy) = context.peer(Kind::Envoy) {
                envoys.push(leaked(context, Some(envoy), connections, thought)?);
            }
        }
        let (ours, envoys) = (Spread::of(ours), Spread::of(envoys));
        for (name, spread) in [("ingress", ours), ("Envoy", envoys)] {
            let Some(spread) = spread else { continue };
            let mut row = vec![
                format!("{} ms", thought.as_millis()),
                connections.to_string(),
                name.to_owned(),
            ];
            row.extend(
                [spread.median, spread.min, spread.max].map(|errors| format!("{errors:.0}")),
            );
            row.push((connections / BACKENDS + THRESHOLD as usize).to_string());
            table.row(row);
        }
        if let (Some(ours), Some(envoys)) = (ours, envoys) {
            goals.push(Goal {
                what: format!(
                    "errors that leak at {connections} connections when hosts think for {} ms, where Envoy's are the bound", thought.as_millis()
                ),
                bound: Bound::AtMost(envoys.median),
                measured: ours.median,
                unit: "errors",
            });
        }
    }
    Ok(Section {
        title: "What leaks".to_owned(),
        notes: vec![format!(
            "One of {BACKENDS} hosts answers 500 from some moment on, under a closed loop. Counted is what the client \
             gets until it is ejected, in {runs} runs, each with a new process."
        )],
        tables: vec![("Errors that reach the client:".to_owned(), table)],
        goals,
        ..Section::default()
    })
}

fn leaked(
    context: &Context,
    peer: Option<&Peer>,
    connections: usize,
    thought: Duration,
) -> io::Result<f64> {
    let backends = Backends::start_slow(BACKENDS, thought)?;
    let contender = Hop::of(peer).start(context, &backends)?;
    let length = if context.brief {
        Duration::from_millis(300)
    } else {
        Duration::from_secs(1)
    };
    let load = Load {
        address: contender.address,
        request: contender.request.clone(),
        connections,
        warm_up: length / 2,
        length,
        pause: None,
    };
    let (_, _, outcome) = load.run(|| {
        backends.set_sick(0, true);
        Ok(())
    })?;
    Ok(outcome.errors as f64)
}
