//! A claim about the mesh, and what became of it.

use serde::Serialize;

use crate::cause::Cause;

/// One claim: what was expected, what was measured, and whether it holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Claim {
    /// The case, as on the command line.
    pub case: &'static str,
    /// The claim in words.
    pub claim: &'static str,
    /// What was expected of this mesh, with this policy.
    pub expected: String,
    /// What was measured.
    pub measured: String,
    /// Whether it holds.
    #[serde(flatten)]
    pub verdict: Verdict,
}

/// Whether a claim holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "verdict", rename_all = "snake_case")]
pub enum Verdict {
    /// What was measured is what was expected.
    Holds,
    /// It is not.
    Fails {
        /// What that usually means, the likeliest first; never empty.
        causes: Vec<Cause>,
    },
    /// Nothing can be said.
    NotMeasured {
        /// Why not.
        reason: String,
    },
}

impl Verdict {
    pub(crate) fn not_measured(reason: impl Into<String>) -> Self {
        Self::NotMeasured {
            reason: reason.into(),
        }
    }

    pub(crate) fn fails(causes: impl Into<Vec<Cause>>) -> Self {
        Self::Fails {
            causes: causes.into(),
        }
    }
}
