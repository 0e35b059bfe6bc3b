//! What it costs front when somebody looks at the page: two whole suites at 1,000 requests per second, one of
//! which has a viewer of `/events`.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::thread;
use std::time::Duration;

use crate::Error;
use crate::contender::Contender;
use crate::context::Context;
use crate::figure::{Figure, RATE, ratio};
use crate::goal::{Bound, Goal};
use crate::report::Section;
use crate::suite;
use crate::table::Table;

const NOBODY: &str = "nobody";
const ONE: &str = "one viewer";

/// Connections, each with one request in as many milliseconds: 1,000 requests per second.
const CONNECTIONS: u16 = 32;

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
    let contenders = [
        suite::start(context, NOBODY, None)?,
        suite::start(context, ONE, None)?,
    ];
    watch(&contenders[1])?;
    let pause = Duration::from_millis(CONNECTIONS.into());
    let comparison = context
        .rounds
        .compare("viewers", &contenders, CONNECTIONS, Some(pause))?;
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
        tables: vec![("1000 requests per second:".to_owned(), table)],
        goals: goals.into_iter().collect(),
        comparisons: vec![comparison],
        ..Section::default()
    })
}

/// Reads the live stream, as long as it goes.
fn watch(contender: &Contender) -> io::Result<()> {
    let mut stream = TcpStream::connect(contender.address)?;
    let host = contender.address;
    write!(
        stream,
        "GET /events HTTP/1.1\r\nhost: {host}\r\naccept: text/event-stream\r\n\r\n"
    )?;
    let mut status = [0; 12];
    stream.read_exact(&mut status)?;
    if &status != b"HTTP/1.1 200" {
        return Err(io::Error::other("front has no stream of events"));
    }
    thread::Builder::new()
        .name("viewer".to_owned())
        .spawn(move || {
            let mut ignored = vec![0; 16384];
            while matches!(stream.read(&mut ignored), Ok(1..)) {}
        })?;
    Ok(())
}
