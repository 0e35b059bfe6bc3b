//! What ends a program before its time.

use std::error;
use std::fmt;
use std::io;

use crate::ConfigError;

/// Why a program did not start, or did not end well.
#[derive(Debug)]
pub enum ProgramError {
    /// What it was told cannot be used; nothing was served. Exit code 64.
    Config(ConfigError),
    /// The system does not give what is needed, or requests had to be cut at the stop.
    Io(io::Error),
}

impl From<ConfigError> for ProgramError {
    fn from(error: ConfigError) -> Self {
        Self::Config(error)
    }
}

impl From<io::Error> for ProgramError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl fmt::Display for ProgramError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Config(error) => error.fmt(f),
            Self::Io(error) => error.fmt(f),
        }
    }
}

impl error::Error for ProgramError {
    /// The error inside, whose sentence is this one's: [`report`](crate::report) asks for its type.
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        match self {
            Self::Config(error) => Some(error),
            Self::Io(error) => Some(error),
        }
    }
}
