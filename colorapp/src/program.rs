//! The whole life of a replica's process, for whichever executable it runs in.

use service::{Environment, ProgramError, Stop, Tracer};

use crate::{Server, Settings};

/// Runs the replica that `env` describes until `stop` is requested and its requests have ended.
///
/// It starts logging for this process, so it can be called once per process.
///
/// # Errors
/// When a setting cannot be used, or when requests had to be cut at the stop.
pub async fn run(env: &impl Environment, stop: Stop) -> Result<(), ProgramError> {
    let settings = Settings::from_env(env)?;
    service::init_logging(settings.log_format, settings.log_filter.as_deref())?;
    let mut server = Server::bind(&settings)?;
    server.tracer = Tracer::from_env(env, "colorapp", Some(settings.uid.to_string()))?;
    server.run(stop).await?;
    Ok(())
}
