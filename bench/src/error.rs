//! What ends a benchmark before its report.

use std::fmt;
use std::io;
use std::process::ExitCode;

use service::{ConfigError, EX_USAGE};

use crate::noise::Noise;

/// The exit code of a run that may go well another time: `EX_TEMPFAIL` of BSD's sysexits(3).
pub const EX_TEMPFAIL: u8 = 75;

/// Why there is no report.
#[derive(Debug)]
pub enum Error {
    /// A flag cannot be used on this machine.
    Usage(ConfigError),
    /// The machine was too noisy.
    Noise(Noise),
    /// Something does not work.
    Io(io::Error),
}

impl Error {
    /// The exit code for it.
    pub fn code(&self) -> ExitCode {
        match self {
            Self::Usage(_) => ExitCode::from(EX_USAGE),
            Self::Noise(_) => ExitCode::from(EX_TEMPFAIL),
            Self::Io(_) => ExitCode::FAILURE,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Usage(error) => error.fmt(f),
            Self::Noise(noise) => write!(f, "the machine was too noisy: {noise}"),
            Self::Io(error) => error.fmt(f),
        }
    }
}

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}
