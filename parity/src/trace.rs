//! Recordings of Envoy: a header line, then one JSON object per line, in the order of time
//! (FACTS 13).

mod error;
mod header;
mod line;
mod policy;

pub use error::TraceError;
pub use header::{Decrement, Header, Retries};
pub use line::{Decision, Ejection, Line, Mode, Request, SetMode};

use std::path::Path;

/// Milliseconds since the recording began; the process under test may have begun before.
pub type Ms = f64;

/// The times that a recording may have: from an hour before it began to a day after.
const TIMES: std::ops::RangeInclusive<Ms> = -3_600_000.0..=86_400_000.0;

/// More than one a second for a day.
const MOST_SWEEPS: f64 = 100_000.0;

/// Whether `field` is a time that a recording may have.
fn check_time(field: &str, at: Ms) -> Result<Ms, String> {
    if TIMES.contains(&at) {
        Ok(at)
    } else {
        Err(format!(
            "{field} is {at}; it must be {} to {} ms",
            TIMES.start(),
            TIMES.end()
        ))
    }
}

/// One recording.
#[derive(Clone, Debug)]
pub struct Trace {
    /// What was recorded.
    pub header: Header,
    /// The requests, in the order in which they were sent.
    pub requests: Vec<Request>,
    /// When which host began to answer how.
    pub modes: Vec<SetMode>,
    /// Ejections and returns, as Envoy's event log has them.
    pub decisions: Vec<Decision>,
}

impl Trace {
    /// Reads the recording at `path`.
    ///
    /// # Errors
    /// When the file cannot be read, or a line of it cannot; the sentence names both.
    pub fn read(path: &Path) -> Result<Self, TraceError> {
        let text = std::fs::read_to_string(path).map_err(|cause| TraceError::file(path, &cause))?;
        Self::parse(&text).map_err(|error| error.of(path))
    }

    /// Reads a recording.
    ///
    /// # Errors
    /// When a line cannot be read; the sentence names it, counted from 1.
    pub fn parse(text: &str) -> Result<Self, TraceError> {
        let mut lines = (1..).zip(text.lines());
        let header = match lines.next() {
            Some((_, first)) => Header::parse(first).map_err(|what| TraceError::line(1, what))?,
            None => {
                return Err(TraceError::line(
                    1,
                    "the header is missing: the file is empty",
                ));
            }
        };
        let mut trace = Self {
            header,
            requests: Vec::new(),
            modes: Vec::new(),
            decisions: Vec::new(),
        };
        for (number, line) in lines.filter(|(_, line)| !line.trim().is_empty()) {
            let line = Line::parse(line, trace.header.hosts);
            match line.map_err(|what| TraceError::line(number, what))? {
                Line::Request(request) => trace.requests.push(request),
                Line::SetMode(mode) => trace.modes.push(mode),
                Line::Decision(decision) => trace.decisions.push(decision),
                Line::Sweep(at) => trace.header.sweeps.push(at),
            }
        }
        trace.header.sweeps.sort_by(Ms::total_cmp);
        trace.header.sweeps.dedup();
        trace.check_sweeps()?;
        Ok(trace)
    }

    /// Each sweep between the first that was seen and the last is replayed, many times.
    fn check_sweeps(&self) -> Result<(), TraceError> {
        let decisions = self.decisions.iter().map(|decision| decision.at);
        let seen = || self.header.sweeps.iter().copied().chain(decisions.clone());
        let span = seen().fold(Ms::MIN, Ms::max) - seen().fold(Ms::MAX, Ms::min);
        let interval = self.header.policy.interval;
        if span / 1_000.0 > interval.as_secs_f64() * MOST_SWEEPS {
            let sentence = format!(
                "outlier_detection.interval is {interval:?} in {span} ms; there must be at most {MOST_SWEEPS} sweeps"
            );
            return Err(TraceError::line(1, sentence));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
