//! The data plane as a command of this executable, with the project's own manifests as its default.

use service::{ConfigError, Environment, Stop};

/// The flags of `ingress`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    flags: Vec<String>,
}

/// Runs the data plane until `stop`, logs included.
pub(crate) async fn run(args: Args, env: &impl Environment, stop: Stop) -> Result<(), ConfigError> {
    let format = service::setting(env, "LOG_FORMAT")?.unwrap_or_default();
    service::init_logging(format, env.get("RUST_LOG").as_deref())?;
    drop((args.flags, stop, crate::embedded::app_mesh()));
    Err(ConfigError::new("ingress is not part of this build"))
}
