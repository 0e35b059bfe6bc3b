//! What it costs front when somebody looks at the page, at 1,000 requests per second: one suite, now without and now
//! with a viewer of `/events`. Between two suites there is more of a difference than what is looked for.

use std::io;
use std::time::{Duration, Instant};

use crate::Error;
use crate::compare::{Entry, Rounds};
use crate::contender::Contender;
use crate::context::Context;
use crate::figure::{Figure, RATE, ratio};
use crate::goal::{Bound, Goal};
use crate::report::Section;
use crate::sample::{Sample, measure};
use crate::suite;
use crate::table::Table;
use crate::viewer::Viewer;

const NOBODY: &str = "nobody";
const ONE: &str = "one viewer";

/// Connections, each with one request in as many milliseconds: 1,000 requests per second.
const CONNECTIONS: u16 = 32;

/// How many times as long as others a measurement is. 14 s, unless told otherwise, are the life of one stream and
/// seven looks at the hosts, so that each measurement has its share of both.
const LONGER: u32 = 7;

/// Events that a viewer sees in each second at least: there are four digests, one of which may be late.
const EACH_SECOND: f64 = 3.0;

/// front's own share: [`suite`] has it second.
const FRONT: Figure = |sample| {
    sample
        .cpu_micros_by_group
        .get(1)
        .copied()
        .unwrap_or(f64::NAN)
};

/// Measures it.
///
/// # Errors
/// When a program does not work, or the machine is too noisy.
pub fn run(context: &Context) -> Result<Section, Error> {
    let suite = suite::start(context, "suite", None)?;
    let rounds = Rounds {
        length: context.rounds.length * LONGER,
        ..context.rounds.clone()
    };
    let entries = [NOBODY, ONE].map(|name| Entry {
        name: name.to_owned(),
        ..Entry::of(&suite)
    });
    let mut viewer = None;
    let comparison = rounds.compare_by("viewers", entries.into(), CONNECTIONS, |place| {
        if place == 0 {
            viewer.take().map_or(Ok(()), Viewer::leave)?;
            return sample(&suite, &rounds);
        }
        let viewer = match viewer.take() {
            Some(there) => viewer.insert(there),
            None => viewer.insert(Viewer::of(suite.address)?),
        };
        watched(viewer, || sample(&suite, &rounds))
    })?;
    rounds.check(&comparison, NOBODY)?;
    let mut table = Table::new([
        "who looks",
        "CPU of front us/request",
        "x nobody",
        "requests/s",
    ]);
    for entry in &comparison.entries {
        let times = comparison.ratio(&entry.name, NOBODY, FRONT);
        table.row([
            entry.name.clone(),
            format!("{:.1}", entry.median(FRONT)),
            times.map_or_else(String::new, ratio),
            format!("{:.0}", entry.median(RATE)),
        ]);
    }
    let goals = comparison.ratio(ONE, NOBODY, FRONT).map(|spread| Goal {
        what: "CPU of front with a viewer, at 1000 requests per second".to_owned(),
        bound: Bound::AtMost(1.05),
        measured: spread.median,
        unit: "x without",
    });
    Ok(Section {
        title: "Somebody looks at the page".to_owned(),
        notes: vec![format!(
            "One suite, now without and now with a viewer, {:.0} s each time.",
            rounds.length.as_secs_f64()
        )],
        tables: vec![("1000 requests per second:".to_owned(), table)],
        goals: goals.into_iter().collect(),
        comparisons: vec![comparison],
    })
}

fn sample(suite: &Contender, rounds: &Rounds) -> io::Result<Sample> {
    let pause = Duration::from_millis(CONNECTIONS.into());
    measure(suite, &rounds.cpus, CONNECTIONS, rounds.length, Some(pause))
}

/// What is `measured` counts only if the viewer was there all the time.
fn watched(viewer: &Viewer, measured: impl Fn() -> io::Result<Sample>) -> io::Result<Sample> {
    let (began, before) = (Instant::now(), viewer.events());
    let sample = measured()?;
    let (seconds, events) = (began.elapsed().as_secs_f64(), viewer.events() - before);
    if (events as f64) < (EACH_SECOND * seconds).floor() {
        let what = format!("the viewer saw {events} events in {seconds:.1} s");
        return Err(io::Error::other(what));
    }
    Ok(sample)
}
