//! Feeds recordings of a real Envoy to the deciding core of `ingress` and compares every decision.
//!
//! `cargo run --release -p ingress --example replay -- TRACE...`

use std::io;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use parity::replay::compare;
use service::EX_USAGE;

/// Compares what ingress decides with what a real Envoy decided, decision by decision.
#[derive(Debug, Parser)]
#[command(name = "replay")]
struct Cli {
    /// Recordings, in the format of docs/envoy-facts.md, section 13
    #[arg(required = true, value_name = "TRACE")]
    traces: Vec<PathBuf>,
}

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Fails only where nobody can read it.
            drop(error.print());
            return ExitCode::from(if error.use_stderr() { EX_USAGE } else { 0 });
        }
    };
    match compare(&cli.traces, &mut io::stdout().lock()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => service::report("replay", error.as_ref()),
    }
}
