//! What ends `front` early.

use std::error;
use std::fmt;
use std::io;

use service::ConfigError;

/// Why `front` did not start, or did not end well.
#[derive(Debug)]
pub enum Error {
    /// The settings cannot be used; exit code 64.
    Config(ConfigError),
    /// A server failed, or requests had to be cut at the stop deadline.
    Serve(io::Error),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Config(error) => error.fmt(f),
            Self::Serve(error) => error.fmt(f),
        }
    }
}

impl error::Error for Error {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        match self {
            Self::Config(error) => Some(error),
            Self::Serve(error) => Some(error),
        }
    }
}

impl From<ConfigError> for Error {
    fn from(error: ConfigError) -> Self {
        Self::Config(error)
    }
}

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        Self::Serve(error)
    }
}
