//! The whole life of a replica's process, for whichever executable it runs in.

use std::error;
use std::fmt;
use std::io;

use service::{ConfigError, Environment, Stop, Tracer};

use crate::{Server, Settings};

/// Runs the replica that `env` describes until `stop` is requested and its requests have ended.
///
/// It starts logging for this process, so it can be called once per process.
///
/// # Errors
/// When a setting cannot be used, or when requests had to be cut at the stop.
pub async fn run(env: &impl Environment, stop: Stop) -> Result<(), Error> {
    let settings = Settings::from_env(env)?;
    service::init_logging(settings.log_format, settings.log_filter.as_deref())?;
    let mut server = Server::bind(&settings)?;
    server.tracer = Tracer::from_env(env, "colorapp", Some(settings.uid.to_string()))?;
    server.run(stop).await?;
    Ok(())
}

/// What ends a replica early.
#[derive(Debug)]
pub enum Error {
    /// A setting cannot be used; nothing was served.
    Settings(ConfigError),
    /// The system failed us, or requests had to be cut at the stop.
    Io(io::Error),
}

impl From<ConfigError> for Error {
    fn from(error: ConfigError) -> Self {
        Self::Settings(error)
    }
}

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Settings(error) => error.fmt(f),
            Self::Io(error) => error.fmt(f),
        }
    }
}

impl error::Error for Error {
    /// The error inside, whose sentence is this one's: [`service::report`] asks for its type.
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        match self {
            Self::Settings(error) => Some(error),
            Self::Io(error) => Some(error),
        }
    }
}
