//! A load on a URL and its report, for who has no vegeta at hand.

use std::cell::RefCell;
use std::error::Error;
use std::future::pending;
use std::io::{self, IsTerminal, Write};
use std::time::{Duration, SystemTime};

use attack::{Length, Pacing, Plan, Report, Target};
use clap::builder::RangedU64ValueParser;
use http::{HeaderName, HeaderValue, Method};
use service::{ConfigError, Stop};
use tokio::time::interval;

/// How often the progress line is written anew.
const PROGRESS: Duration = Duration::from_millis(200);

/// What to send, how fast, how long.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// What each request asks for: `http://HOST[:PORT][/PATH]`
    url: Target,
    /// Requests per second, or like 6000/m; 0: as fast as the connections can
    #[arg(long, default_value = "50")]
    rate: Pacing,
    /// How long requests are sent, like 4s or 1m30s; 0: until Ctrl-C
    #[arg(long, value_name = "TIME", default_value = "4s", value_parser = duration)]
    duration: Duration,
    /// How many requests are sent, in place of a duration
    #[arg(long, value_name = "N", conflicts_with = "duration", value_parser = clap::value_parser!(u64).range(1..))]
    requests: Option<u64>,
    /// The most connections open at once; a request that finds all of them busy waits, and its wait counts
    #[arg(long, value_name = "N", default_value = "64", value_parser = RangedU64ValueParser::<usize>::new().range(1..=10_000))]
    connections: usize,
    /// How long a request may take once it is sent, 1ms to 1h
    #[arg(long, value_name = "TIME", default_value = "30s", value_parser = timeout)]
    timeout: Duration,
    /// The method of each request
    #[arg(long, default_value = "GET")]
    method: Method,
    /// A header of each request; may be repeated
    #[arg(long = "header", value_name = "NAME: VALUE", value_parser = header)]
    headers: Vec<(HeaderName, HeaderValue)>,
    /// The report as JSON, in the form of `vegeta report -type=json`
    #[arg(long)]
    json: bool,
}

/// Runs the attack until its end or `stop`, and writes its report to standard output.
///
/// # Errors
/// When the host is unknown or the system fails; whatever the answers are, they are none.
pub(crate) async fn run(args: Args, stop: Stop) -> Result<(), Box<dyn Error>> {
    let plan = Plan {
        target: args.url.with_method(args.method).with_headers(args.headers),
        pacing: args.rate,
        length: match args.requests {
            Some(requests) => Length::Requests(requests),
            None if args.duration.is_zero() => Length::UntilStopped,
            None => Length::Time(args.duration),
        },
        connections: args.connections,
        timeout: args.timeout,
    };
    let report = RefCell::new(Report::new(SystemTime::now()));
    tokio::select! {
        done = attack::run(&plan, stop.wait(), |hit| report.borrow_mut().add(hit)) => done,
        never = progress(&report, plan.requests()) => match never {},
    }?;
    let report = report.into_inner();
    let mut out = io::stdout().lock();
    if args.json {
        writeln!(out, "{}", report.to_json())?;
    } else {
        write!(out, "{report}")?;
    }
    Ok(())
}

/// Shows a person how far it is, in one line that goes when this is dropped.
async fn progress(report: &RefCell<Report>, total: Option<u64>) -> std::convert::Infallible {
    if !io::stderr().is_terminal() {
        return pending().await;
    }
    let _line = Line;
    let total = total.map_or(String::new(), |total| format!("/{total}"));
    let mut tick = interval(PROGRESS);
    loop {
        tick.tick().await;
        let (sent, errors) = (report.borrow().requests(), report.borrow().errors());
        eprint!("\r\x1b[K{sent}{total} requests, {errors} errors");
    }
}

/// A line on the terminal that is to leave nothing behind.
struct Line;

impl Drop for Line {
    fn drop(&mut self) {
        eprint!("\r\x1b[K");
    }
}

fn duration(text: &str) -> Result<Duration, ConfigError> {
    humantime::parse_duration(text).map_err(|_| {
        ConfigError::new("must be a time like 4s, 500ms or 1m30s, or 0 for until Ctrl-C")
    })
}

fn timeout(text: &str) -> Result<Duration, ConfigError> {
    humantime::parse_duration(text)
        .ok()
        .filter(|time| (Duration::from_millis(1)..=Duration::from_secs(3_600)).contains(time))
        .ok_or_else(|| ConfigError::new("must be a time from 1ms to 1h"))
}

fn header(text: &str) -> Result<(HeaderName, HeaderValue), ConfigError> {
    text.split_once(':')
        .and_then(|(name, value)| Some((name.trim().parse().ok()?, value.trim().parse().ok()?)))
        .ok_or_else(|| ConfigError::new("must be a header, like 'Name: value'"))
}
