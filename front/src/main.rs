//! The program `front`: settings from the environment, an orderly stop at SIGTERM or SIGINT.

use std::process::ExitCode;

use service::{ProcessEnvironment, ProgramError};
use tokio::runtime::Builder;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => service::report("front", &error),
    }
}

fn run() -> Result<(), ProgramError> {
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let result = runtime.block_on(async {
        let stop = service::on_signals()?;
        front::run(&ProcessEnvironment, stop).await
    });
    // A name server that does not answer must not hold up the end.
    runtime.shutdown_background();
    result
}
