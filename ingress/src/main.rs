//! The data plane as a program of its own.

use std::io::{self, Write};
use std::process::ExitCode;

use clap::Parser;
use ingress::{Args, CommandLine, Other};
use service::{Environment, ProcessEnvironment, ProgramError};

/// Gateway and sidecar of the mesh that App Mesh manifests describe, with Envoy's decisions.
///
/// LOG_FORMAT=text|json and RUST_LOG set how and how much is logged.
#[derive(Debug, Parser)]
#[command(name = "ingress", version)]
struct Cli {
    #[command(flatten)]
    line: CommandLine,
}

fn main() -> ExitCode {
    let cli = Cli::try_parse().unwrap_or_else(|error| {
        let usage = error.use_stderr();
        // Help that cannot be printed cannot be complained about either.
        let _printed = error.print();
        std::process::exit(if usage { service::EX_USAGE.into() } else { 0 })
    });
    let done = match cli.line.other {
        None => start(cli.line.run),
        Some(Other::EnvoyBootstrap(args)) => ingress::envoy_bootstrap(&args, None)
            .map_err(ProgramError::Config)
            .and_then(|bootstrap| {
                writeln!(io::stdout(), "{bootstrap:#}").map_err(ProgramError::Io)
            }),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => service::report("ingress", &error),
    }
}

#[tokio::main(flavor = "current_thread")]
async fn start(args: Args) -> Result<(), ProgramError> {
    let format = service::setting(&ProcessEnvironment, "LOG_FORMAT")?.unwrap_or_default();
    service::init_logging(format, ProcessEnvironment.get("RUST_LOG").as_deref())?;
    let stop = service::on_signals().map_err(ProgramError::Io)?;
    ingress::run(args, None, stop).await
}
