//! Bad settings: one sentence, and exit code 64.

use std::error::Error;
use std::fmt;
use std::process::ExitCode;

/// The exit code for bad usage or configuration, `EX_USAGE` of BSD's sysexits(3).
pub const EX_USAGE: u8 = 64;

/// A setting that cannot be used. Displays as one sentence that names the setting and its bound.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigError(String);

impl ConfigError {
    /// An error with this sentence.
    pub fn new(sentence: impl Into<String>) -> Self {
        Self(sentence.into())
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Error for ConfigError {}

/// Prints what ended `program` on standard error and returns its exit code:
/// [`EX_USAGE`] when a [`ConfigError`] is the error or one of its causes, 1 otherwise.
pub fn report(program: &str, error: &(dyn Error + 'static)) -> ExitCode {
    eprintln!("{program}: {error}");
    let mut cause = Some(error);
    while let Some(error) = cause {
        if error.is::<ConfigError>() {
            return ExitCode::from(EX_USAGE);
        }
        cause = error.source();
    }
    ExitCode::FAILURE
}
