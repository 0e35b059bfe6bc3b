//! What is wrong with the manifests, in one sentence.

use std::error::Error;
use std::fmt;

/// Manifests that cannot be used. Displays as one sentence: where (file, document, object, field), then what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ManifestError(String);

impl ManifestError {
    /// Something wrong `at` a place.
    pub(crate) fn new(at: impl fmt::Display, what: impl fmt::Display) -> Self {
        Self::overall(format!("{at}: {what}"))
    }

    /// Something wrong with all of it.
    pub(crate) fn overall(sentence: impl AsRef<str>) -> Self {
        // What is quoted from a manifest must not break the line, nor speak to the terminal.
        let mut line = String::new();
        for c in sentence.as_ref().chars() {
            if c.is_control() {
                line.extend(c.escape_default());
            } else {
                line.push(c);
            }
        }
        Self(line)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_is_one_line_whatever_it_quotes() {
        let error = ManifestError::new("m.yaml", "kind \n\u{1b}[31m: é");
        assert_eq!(error.to_string(), "m.yaml: kind \\n\\u{1b}[31m: é");
    }
}
