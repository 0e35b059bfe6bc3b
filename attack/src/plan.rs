//! What to send, how fast, how long.

use std::str::FromStr;
use std::time::Duration;

use service::ConfigError;

use crate::{Rate, Target};

/// An attack before it runs.
#[derive(Clone, Debug)]
pub struct Plan {
    /// What each request asks for, and where.
    pub target: Target,
    /// When each request is due.
    pub pacing: Pacing,
    /// When it is over.
    pub length: Length,
    /// The most connections open at once; at least 1. A request that finds all of them busy waits for one, and its
    /// waiting counts as latency.
    pub connections: usize,
    /// How long a request may take from when it is sent, connecting included. An answer that is not complete by
    /// then is a failure.
    pub timeout: Duration,
}

/// When requests are due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pacing {
    /// At a fixed rate, however slow the answers are: an open loop.
    Rate(Rate),
    /// Whenever a connection is free: a closed loop, in which slow answers make for fewer requests.
    AsFastAsPossible,
}

impl FromStr for Pacing {
    type Err = ConfigError;

    /// A [`Rate`], or `0` for as fast as possible.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "0" => Ok(Self::AsFastAsPossible),
            _ => text.parse().map(Self::Rate),
        }
    }
}

/// When an attack is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Length {
    /// After so many requests.
    Requests(u64),
    /// After this time: all requests that are due before its end are sent, late ones too.
    Time(Duration),
    /// When it is stopped.
    UntilStopped,
}

impl Plan {
    /// How many requests it will send, if that is known before it runs.
    pub fn requests(&self) -> Option<u64> {
        match (self.length, self.pacing) {
            (Length::Requests(requests), _) => Some(requests),
            (Length::Time(time), Pacing::Rate(rate)) => Some(rate.requests_within(time)),
            (Length::Time(_), Pacing::AsFastAsPossible) | (Length::UntilStopped, _) => None,
        }
    }
}
