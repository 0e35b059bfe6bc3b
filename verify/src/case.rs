//! The cases: what each claims, and which scenario it is judged by.

mod alternating;
mod ejection;
#[cfg(test)]
pub(crate) mod fixture;
mod growth;
mod isolation;
mod leak;
mod life;
mod one_sick;
mod recovery;
mod returning;
mod several_sick;
mod spread;

use std::fmt;
use std::str::FromStr;

use crate::claim::{Claim, Verdict};
use crate::expected::Expected;
use crate::profile::Sickness;
use crate::recording::Recording;
use crate::scenario::Scenario;

/// A case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Case {
    /// Requests go evenly over all replicas.
    Spread,
    /// A sick replica costs the threshold's number of errors, and then none.
    Ejection,
    /// While a replica is out, nothing reaches it and nobody notices.
    Isolation,
    /// It comes back when the policy says.
    Return,
    /// Still sick, it is ejected again, and stays out longer.
    Growth,
    /// Recovered while ejected, it serves again after its time.
    Recovery,
    /// Two sick replicas are both out.
    TwoSick,
    /// With more than half of them sick, what this mesh does.
    Majority,
    /// Errors that alternate with good answers never eject.
    Alternating,
    /// A replica that answers 503 is ejected, and retries do their part.
    Unavailable,
    /// A replica that closes connections is ejected as well.
    Crash,
    /// Under load no more errors leak than the threshold and what is in flight.
    Leak,
}

/// What was expected, what was measured, and the verdict.
struct Judgement {
    expected: String,
    measured: String,
    verdict: Verdict,
}

impl Judgement {
    fn not_measured(expected: impl Into<String>, reason: impl Into<String>) -> Self {
        Self {
            expected: expected.into(),
            measured: String::new(),
            verdict: Verdict::not_measured(reason),
        }
    }
}

impl Case {
    /// All cases, in the order in which they are shown.
    pub const ALL: [Self; 12] = [
        Self::Spread,
        Self::Ejection,
        Self::Isolation,
        Self::Return,
        Self::Growth,
        Self::Recovery,
        Self::TwoSick,
        Self::Majority,
        Self::Alternating,
        Self::Unavailable,
        Self::Crash,
        Self::Leak,
    ];

    /// As on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Spread => "spread",
            Self::Ejection => "ejection",
            Self::Isolation => "isolation",
            Self::Return => "return",
            Self::Growth => "growth",
            Self::Recovery => "recovery",
            Self::TwoSick => "two-sick",
            Self::Majority => "majority",
            Self::Alternating => "alternating",
            Self::Unavailable => "unavailable",
            Self::Crash => "crash",
            Self::Leak => "leak",
        }
    }

    fn claim(self) -> &'static str {
        match self {
            Self::Spread => "requests go evenly over all replicas",
            Self::Ejection => "a sick replica costs as many errors as the policy says, then none",
            Self::Isolation => "while it is out, nothing reaches it and nobody notices",
            Self::Return => "it comes back when the policy says",
            Self::Growth => "still sick, it is ejected again, and stays out longer",
            Self::Recovery => "recovered while ejected, it serves again after its time",
            Self::TwoSick => "two sick replicas are treated as the policy says",
            Self::Majority => "more than half of them sick: panic, or what this mesh does instead",
            Self::Alternating => "errors that alternate with good answers never eject",
            Self::Unavailable => "a replica that answers 503 is ejected, and retries do their part",
            Self::Crash => "a replica that closes connections is ejected as well",
            Self::Leak => "under load no more errors leak than the threshold and what is in flight",
        }
    }

    /// What has to be played for it.
    pub(crate) fn scenario(self) -> Scenario {
        match self {
            Self::Spread => Scenario::Calm,
            Self::Ejection | Self::Isolation | Self::Return | Self::Growth | Self::Recovery => {
                Scenario::Life
            }
            Self::TwoSick | Self::Majority => Scenario::Several,
            Self::Alternating => Scenario::Alternating,
            Self::Unavailable => Scenario::One(Sickness::Unavailable),
            Self::Crash => Scenario::One(Sickness::Crash),
            Self::Leak => Scenario::Leak,
        }
    }

    /// Judges what was recorded of [`Self::scenario`].
    pub(crate) fn judge(self, expected: &Expected, recording: &Recording) -> Claim {
        let judgement = match self {
            Self::Spread => spread::judge(expected, recording),
            Self::Ejection => ejection::judge(expected, recording),
            Self::Isolation => isolation::judge(expected, recording),
            Self::Return => returning::judge(expected, recording),
            Self::Growth => growth::judge(expected, recording),
            Self::Recovery => recovery::judge(expected, recording),
            Self::TwoSick => several_sick::judge(expected, recording, 2),
            Self::Majority => several_sick::judge(expected, recording, expected.majority()),
            Self::Alternating => alternating::judge(expected, recording),
            Self::Unavailable => one_sick::judge(expected, recording, Sickness::Unavailable),
            Self::Crash => one_sick::judge(expected, recording, Sickness::Crash),
            Self::Leak => leak::judge(expected, recording),
        };
        Claim {
            case: self.name(),
            claim: self.claim(),
            expected: judgement.expected,
            measured: judgement.measured,
            verdict: judgement.verdict,
        }
    }
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Case {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|case| case.name() == name)
            .ok_or_else(|| {
                let names = Self::ALL.map(Self::name).join(", ");
                format!("must be one of {names}")
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_case_is_read_by_the_name_that_it_shows() {
        for case in Case::ALL {
            assert_eq!(case.to_string().parse(), Ok(case));
        }
        let bound = "speed".parse::<Case>().unwrap_err();
        assert!(bound.starts_with("must be one of spread, ejection, isolation, "));
    }
}
