//! What is wrong with the manifests, in one sentence.

use std::error::Error;
use std::fmt;

/// Manifests that cannot be used. Displays as one sentence: where (file, document, object, field), then what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ManifestError(String);

impl ManifestError {
    /// Something wrong `at` a place.
    pub(crate) fn new(at: impl fmt::Display, what: impl fmt::Display) -> Self {
        Self(format!("{at}: {what}"))
    }

    /// Something wrong with all of it.
    pub(crate) fn overall(sentence: impl Into<String>) -> Self {
        Self(sentence.into())
    }
}

impl fmt::Display for ManifestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Error for ManifestError {}

impl From<ManifestError> for service::ConfigError {
    fn from(error: ManifestError) -> Self {
        Self::new(error.0)
    }
}
