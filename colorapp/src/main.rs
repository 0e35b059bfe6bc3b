//! The program `colorapp`: one replica, configured by its environment.

use std::process::ExitCode;

use service::{ProcessEnvironment, ProgramError};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match replica().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => service::report("colorapp", &error),
    }
}

async fn replica() -> Result<(), ProgramError> {
    let stop = service::on_signals()?;
    colorapp::run(&ProcessEnvironment, stop).await
}
