//! What is wrong with a recording, and where.

use std::error::Error;
use std::fmt;
use std::path::{Path, PathBuf};

use service::ConfigError;

/// A recording that cannot be used: `FILE:LINE: what`.
#[derive(Debug)]
pub struct TraceError {
    file: Option<PathBuf>,
    line: Option<usize>,
    /// A wrong input, so that a program that reports it ends with exit code 64.
    what: ConfigError,
}

impl TraceError {
    pub(super) fn line(line: usize, what: impl AsRef<str>) -> Self {
        // What is quoted from a recording must not break the line, nor speak to the terminal.
        let mut sentence = String::new();
        for c in what.as_ref().chars() {
            if c.is_control() {
                sentence.extend(c.escape_default());
            } else {
                sentence.push(c);
            }
        }
        Self {
            file: None,
            line: Some(line),
            what: ConfigError::new(sentence),
        }
    }

    pub(super) fn file(path: &Path, cause: &std::io::Error) -> Self {
        Self {
            file: Some(path.to_owned()),
            line: None,
            what: ConfigError::new(format!("cannot be read: {cause}")),
        }
    }

    pub(super) fn of(self, path: &Path) -> Self {
        Self {
            file: Some(path.to_owned()),
            ..self
        }
    }
}

impl fmt::Display for TraceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(file) = &self.file {
            write!(f, "{}:", file.display())?;
        }
        if let Some(line) = self.line {
            write!(f, "{line}:")?;
        }
        write!(f, " {}", self.what)
    }
}

impl Error for TraceError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.what)
    }
}
