//! Why a mesh could not be measured.

use std::error::Error;
use std::fmt;

/// Nothing can be said of the mesh. Displays as one sentence that says why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotMeasured(String);

impl NotMeasured {
    pub(crate) fn new(sentence: impl Into<String>) -> Self {
        Self(sentence.into())
    }
}

impl fmt::Display for NotMeasured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Error for NotMeasured {}
