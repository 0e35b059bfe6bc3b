//! What ends `up` early.

use std::error;
use std::fmt;
use std::io;

use service::ConfigError;

use super::ready::NotReady;

/// Why the demo did not start, or did not go on.
#[derive(Debug)]
pub(crate) enum Error {
    /// A flag or a manifest cannot be used; exit code 64.
    Config(ConfigError),
    /// Somebody did not answer in time.
    NotReady(NotReady),
    /// The system failed us.
    Io(io::Error),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Config(error) => error.fmt(f),
            Self::NotReady(error) => error.fmt(f),
            Self::Io(error) => error.fmt(f),
        }
    }
}

impl error::Error for Error {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        match self {
            Self::Config(error) => Some(error),
            Self::NotReady(error) => Some(error),
            Self::Io(error) => Some(error),
        }
    }
}

impl From<ConfigError> for Error {
    fn from(error: ConfigError) -> Self {
        Self::Config(error)
    }
}

impl From<NotReady> for Error {
    fn from(error: NotReady) -> Self {
        Self::NotReady(error)
    }
}

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}
