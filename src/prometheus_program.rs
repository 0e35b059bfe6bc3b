//! Prometheus as a command of this executable: the process becomes Prometheus, and ends with the one that
//! started it.

use std::convert::Infallible;
use std::error::Error;
use std::ffi::OsString;
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use service::{ConfigError, Environment, LogFormat};

use crate::lifeline::Lifeline;

/// What Prometheus is told.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    parent: Lifeline,
    /// The Prometheus to run
    #[arg(long, value_name = "PATH")]
    program: PathBuf,
    /// Its configuration
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
    /// Where it keeps its data
    #[arg(long, value_name = "FOLDER")]
    data: PathBuf,
    /// Where it listens
    #[arg(long, value_name = "IP:PORT")]
    listen: SocketAddr,
}

/// Becomes Prometheus.
///
/// # Errors
/// When a setting cannot be used, or Prometheus is not there.
pub(crate) fn run(args: &Args, env: &impl Environment) -> Result<Infallible, Box<dyn Error>> {
    let format = match service::setting(env, "LOG_FORMAT")?.unwrap_or_default() {
        LogFormat::Text => "logfmt",
        LogFormat::Json => "json",
    };
    args.parent.hand_over()?;
    let error = Command::new(&args.program)
        .arg(flag("--config.file", &args.config))
        .arg(flag("--storage.tsdb.path", &args.data))
        .arg(format!("--web.listen-address={}", args.listen))
        // Its warnings are about what is normal here, such as being told to end.
        .arg("--log.level=error")
        .arg(format!("--log.format={format}"))
        .stdin(Stdio::null())
        .exec();
    Err(match error.kind() {
        ErrorKind::NotFound => missing(&args.program).into(),
        _ => error.into(),
    })
}

/// Says how to get a Prometheus.
pub(crate) fn missing(program: &Path) -> ConfigError {
    ConfigError::new(format!(
        "there is no Prometheus: {} is not found; get it with `apt-get install prometheus` or \
         `brew install prometheus`, or say where it is with --prometheus PATH",
        program.display()
    ))
}

fn flag(name: &str, path: &Path) -> OsString {
    let mut flag = OsString::from(format!("{name}="));
    flag.push(path);
    flag
}
