//! What a faulty replica does to requests on `/get`.

use std::fmt;
use std::time::Duration;

use axum::http::StatusCode;
use humantime::format_duration;

/// How a request on `/get` ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// With this status, 200 or a server error.
    Answer(StatusCode),
    /// With a closed connection and not one byte.
    Abort,
}

impl Outcome {
    /// The status a client sees, `None` for none.
    pub fn status(self) -> Option<StatusCode> {
        match self {
            Self::Answer(status) => Some(status),
            Self::Abort => None,
        }
    }
}

/// A fault, always within its bounds: it is the default or was parsed from the options of `/fault`.
///
/// A faulty request waits for `delay`, then ends with `outcome`. A fault of which only the delay was
/// given ends with 200: the replica is slow, nothing else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault {
    pub(crate) outcome: Outcome,
    pub(crate) percent: u8,
    pub(crate) delay: Option<Duration>,
    pub(crate) lasts: Option<Duration>,
}

impl Fault {
    /// How a faulty request ends.
    pub fn outcome(&self) -> Outcome {
        self.outcome
    }

    /// How many of 100 requests are faulty, 1 to 100.
    pub fn percent(&self) -> u8 {
        self.percent
    }

    /// How long a faulty request waits first: more than 0, at most 60 s.
    pub fn delay(&self) -> Option<Duration> {
        self.delay
    }

    /// How long the fault lasts before it ends by itself: more than 0, at most 24 h. `None`: until `/recover`.
    pub fn lasts(&self) -> Option<Duration> {
        self.lasts
    }
}

impl Default for Fault {
    /// 500 to every request, until somebody ends it.
    fn default() -> Self {
        Self {
            outcome: Outcome::Answer(StatusCode::INTERNAL_SERVER_ERROR),
            percent: 100,
            delay: None,
            lasts: None,
        }
    }
}

/// What a replica with this fault will do, to follow "will now": `respond with 500 on /get`.
impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.outcome {
            Outcome::Answer(status) => write!(f, "respond with {}", status.as_u16())?,
            Outcome::Abort => f.write_str("close the connection without an answer")?,
        }
        if let Some(delay) = self.delay {
            write!(f, " after {}", format_duration(delay))?;
        }
        if self.percent < 100 {
            write!(f, " to {} % of requests", self.percent)?;
        }
        f.write_str(" on /get")?;
        if let Some(lasts) = self.lasts {
            write!(f, " for {}", format_duration(lasts))?;
        }
        Ok(())
    }
}
