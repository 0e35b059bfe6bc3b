//! Why there is no whole answer.

use std::error::Error;
use std::fmt;
use std::io;

/// Why there is no whole answer.
#[derive(Debug)]
pub(crate) enum FetchError {
    /// There is no connection to be had.
    Unreachable(io::Error),
    /// It did not come in time.
    TimedOut,
    /// Its body is longer than allowed.
    TooLong,
    /// It did not come, broke off, or cannot be understood.
    Broken(hyper::Error),
}

impl fmt::Display for FetchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreachable(_) => f.write_str("cannot connect"),
            Self::TimedOut => f.write_str("the answer did not come in time"),
            Self::TooLong => f.write_str("the answer is too long"),
            Self::Broken(_) => f.write_str("there is no whole answer"),
        }
    }
}

impl Error for FetchError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Unreachable(error) => Some(error),
            Self::Broken(error) => Some(error),
            Self::TimedOut | Self::TooLong => None,
        }
    }
}

impl From<hyper::Error> for FetchError {
    fn from(error: hyper::Error) -> Self {
        Self::Broken(error)
    }
}
