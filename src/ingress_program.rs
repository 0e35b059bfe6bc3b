//! The data plane as a command of this executable, with the project's own manifests as its default.

use ingress::Error;
use service::{Environment, Stop};

use crate::embedded;

pub(crate) use ingress::Args;

/// Runs the data plane until `stop`, logs included (`LOG_FORMAT` and `RUST_LOG`, as everywhere).
///
/// # Errors
/// When a setting, a flag or a manifest cannot be used, or the system fails.
pub(crate) async fn run(args: Args, env: &impl Environment, stop: Stop) -> Result<(), Error> {
    let format = service::setting(env, "LOG_FORMAT")?.unwrap_or_default();
    service::init_logging(format, env.get("RUST_LOG").as_deref())?;
    ingress::run(args, Some(embedded::app_mesh()), stop).await
}
