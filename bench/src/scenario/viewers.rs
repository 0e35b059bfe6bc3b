//! What it costs front when somebody looks at the page: two whole suites at 1,000 requests per second, one of
//! which has a viewer of `/events`.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

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
    let events = watch(&contenders[1])?;
    let began = Instant::now();
    let pause = Duration::from_millis(CONNECTIONS.into());
    let comparison = context
        .rounds
        .compare("viewers", &contenders, CONNECTIONS, Some(pause))?;
    // There is one in each second, whatever happens.
    let (events, seconds) = (events.load(Ordering::Relaxed), began.elapsed().as_secs());
    if events < seconds {
        let what = format!("the viewer saw {events} events in {seconds} s");
        return Err(io::Error::other(what).into());
    }
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

/// Looks at the live stream from now on, as a browser does: when it ends, which it does every now and then, it is opened
/// again, with the last event that was seen. Returns the number of events so far.
fn watch(contender: &Contender) -> io::Result<Arc<AtomicU64>> {
    let address = contender.address;
    let events = Arc::new(AtomicU64::new(0));
    let mut stream = open(address, None)?;
    let seen = events.clone();
    thread::Builder::new()
        .name("viewer".to_owned())
        .spawn(move || {
            let mut last = None;
            // The end of it is the end of front, or nothing is seen any more, which is noticed.
            while read(stream, &seen, &mut last).is_ok()
                && let Ok(next) = open(address, last.as_deref())
            {
                stream = next;
            }
        })?;
    Ok(events)
}

fn open(address: SocketAddr, last: Option<&str>) -> io::Result<TcpStream> {
    let mut stream = TcpStream::connect(address)?;
    let last = last.map_or_else(String::new, |id| format!("last-event-id: {id}\r\n"));
    write!(
        stream,
        "GET /events HTTP/1.1\r\nhost: {address}\r\naccept: text/event-stream\r\nconnection: close\r\n{last}\r\n"
    )?;
    let mut status = [0; 12];
    stream.read_exact(&mut status)?;
    if &status != b"HTTP/1.1 200" {
        return Err(io::Error::other("front has no stream of events"));
    }
    Ok(stream)
}

/// Reads a stream to its end.
fn read(stream: TcpStream, events: &AtomicU64, last: &mut Option<String>) -> io::Result<()> {
    for line in BufReader::new(stream).lines() {
        if let Some(id) = line?.strip_prefix("id: ") {
            *last = Some(id.to_owned());
            events.fetch_add(1, Ordering::Relaxed);
        }
    }
    Ok(())
}
