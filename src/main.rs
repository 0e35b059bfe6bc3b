//! The program `outlier-demo`: the whole demo on one machine (`up`), and each of its services.

mod attack_program;
mod cli;
mod embedded;
mod envoy_program;
mod ingress_program;
mod lifeline;
mod prometheus_program;
mod up;
mod verify_program;

use std::error::Error;
use std::process::ExitCode;

use clap::Parser;
use service::{EX_USAGE, ProcessEnvironment, Stop};
use tokio::runtime::Builder;

use crate::cli::{Cli, Command};
use crate::ingress_program::Other;

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            let code = if error.use_stderr() { EX_USAGE } else { 0 };
            // Fails only where nobody can read it.
            drop(error.print());
            return ExitCode::from(code);
        }
    };
    let command = cli.chosen();
    let name = command.name();
    match run(command) {
        Ok(code) => code,
        Err(error) => service::report(name, error.as_ref()),
    }
}

fn run(command: Command) -> Result<ExitCode, Box<dyn Error>> {
    let env = ProcessEnvironment;
    let done: Result<(), Box<dyn Error>> = match command {
        Command::Verify(args) => {
            return serve(async |stop| verify_program::run(&args, &env, stop).await);
        }
        Command::Up(args) => serve(async |stop| up::run(args, &env, stop).await),
        Command::Colorapp(parent) => {
            parent.watch()?;
            serve(async |stop| colorapp::run(&env, stop).await)
        }
        Command::Front(parent) => {
            parent.watch()?;
            serve(async |stop| front::run(&env, stop).await)
        }
        Command::Ingress { parent, line } => match line.other {
            Some(Other::EnvoyBootstrap(args)) => Ok(ingress_program::envoy_bootstrap(&args)?),
            None => {
                parent.watch()?;
                serve(async |stop| ingress_program::run(line.run, &env, stop).await)
            }
        },
        Command::Envoy(args) => match envoy_program::run(&args, &env)? {},
        Command::Prometheus(args) => match prometheus_program::run(&args, &env)? {},
        Command::Attack(args) => serve(async |stop| attack_program::run(*args, stop).await),
        Command::Guard(guard) => Ok(guard.keep()?),
    };
    done.map(|()| ExitCode::SUCCESS)
}

/// Runs a service until it ends, or is told to by a signal.
fn serve<T, E>(run: impl AsyncFnOnce(Stop) -> Result<T, E>) -> Result<T, Box<dyn Error>>
where
    E: Into<Box<dyn Error>>,
{
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let result = runtime.block_on(async {
        let stop = service::on_signals()?;
        run(stop).await.map_err(Into::into)
    });
    // A name server that does not answer must not hold up the end.
    runtime.shutdown_background();
    result
}
