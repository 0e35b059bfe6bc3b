//! The data plane as a command of this executable, with the project's own manifests as its default.

use std::io::{self, Write};

use ingress::BootstrapArgs;
use service::{Environment, ProgramError, Stop};

use crate::embedded;

pub(crate) use ingress::{Args, CommandLine, Other};

/// Runs the data plane until `stop`, logs included (`LOG_FORMAT` and `RUST_LOG`, as everywhere).
///
/// # Errors
/// When a setting, a flag or a manifest cannot be used, or the system fails.
pub(crate) async fn run(
    args: Args,
    env: &impl Environment,
    stop: Stop,
) -> Result<(), ProgramError> {
    let format = service::setting(env, "LOG_FORMAT")?.unwrap_or_default();
    service::init_logging(format, env.get("RUST_LOG").as_deref())?;
    ingress::run(args, Some(embedded::app_mesh()), stop).await
}

/// Writes the mesh to standard output, as a bootstrap file for Envoy.
///
/// # Errors
/// When a flag or a manifest cannot be used, or Envoy cannot be told what it says.
pub(crate) fn envoy_bootstrap(args: &BootstrapArgs) -> Result<(), ProgramError> {
    let bootstrap = ingress::envoy_bootstrap(args, Some(embedded::app_mesh()))?;
    writeln!(io::stdout(), "{bootstrap:#}").map_err(ProgramError::Io)
}
