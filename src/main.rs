//! The program `outlier-demo`: the whole demo on one machine (`up`), and each of its services.

mod cli;
mod embedded;
mod ingress_program;
mod lifeline;
mod up;

use std::error::Error;
use std::process::ExitCode;

use clap::Parser;
use service::{EX_USAGE, ProcessEnvironment, Stop};
use tokio::runtime::Builder;

use crate::cli::{Cli, Command};

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
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => service::report(name, error.as_ref()),
    }
}

fn run(command: Command) -> Result<(), Box<dyn Error>> {
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let result = runtime.block_on(async {
        let stop = service::on_signals()?;
        serve(command, stop).await
    });
    // A name server that does not answer must not hold up the end.
    runtime.shutdown_background();
    result
}

async fn serve(command: Command, stop: Stop) -> Result<(), Box<dyn Error>> {
    let env = ProcessEnvironment;
    match command {
        Command::Up(args) => up::run(args, &env, stop).await?,
        Command::Colorapp(parent) => {
            parent.watch()?;
            colorapp::run(&env, stop).await?;
        }
        Command::Front(parent) => {
            parent.watch()?;
            front::run(&env, stop).await?;
        }
        Command::Ingress { parent, args } => {
            parent.watch()?;
            ingress_program::run(args, &env, stop).await?;
        }
    }
    Ok(())
}
