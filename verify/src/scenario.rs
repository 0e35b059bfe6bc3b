//! What is played: which replicas fall ill and recover, under what load, and what is waited for.

mod alternating;
mod calm;
mod leak;
mod life;
mod one_sick;
mod rest;
mod several;
mod stage;

use crate::error::NotMeasured;
use crate::profile::Sickness;
use crate::recording::Recording;

pub(crate) use rest::rest;
pub(crate) use stage::Stage;

/// How many connections send at once in [`Scenario::Leak`].
pub(crate) const LEAK_CONNECTIONS: usize = 64;

/// A scenario. One recording of it serves all of its cases.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scenario {
    /// Nobody is sick.
    Calm,
    /// One replica is sick, until it was ejected twice; then it is well again.
    Life,
    /// Two replicas are sick, then more than half of them.
    Several,
    /// One replica answers every other request with an error.
    Alternating,
    /// One replica is sick in this way for a short time.
    One(Sickness),
    /// One replica falls ill while many connections send as fast as they can.
    Leak,
}

impl Scenario {
    /// All of them, in the order in which they are played: the one that measures times is first after the
    /// calm, when no replica has been ejected of late.
    pub(crate) const ALL: [Self; 7] = [
        Self::Calm,
        Self::Life,
        Self::Several,
        Self::Alternating,
        Self::One(Sickness::Unavailable),
        Self::One(Sickness::Crash),
        Self::Leak,
    ];

    /// What it is, for whoever waits for its end.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Calm => "all are well",
            Self::Life => "one is sick",
            Self::Several => "several are sick",
            Self::Alternating => "one errs every other time",
            Self::One(Sickness::Crash) => "one closes connections",
            Self::One(_) => "one answers 503",
            Self::Leak => "one falls ill under load",
        }
    }

    /// Plays it.
    pub(crate) async fn play(self, stage: &Stage<'_>) -> Result<Recording, NotMeasured> {
        match self {
            Self::Calm => calm::play(stage).await,
            Self::Life => life::play(stage).await,
            Self::Several => several::play(stage).await,
            Self::Alternating => alternating::play(stage).await,
            Self::One(sickness) => one_sick::play(stage, sickness).await,
            Self::Leak => leak::play(stage).await,
        }
    }
}
