//! What clients see when something breaks: the whole suite under a steady load, with real processes on loopback.
//!
//! `cargo test --release --features real-peers --test reliability -- --long` plays every scenario, on `ingress` and on
//! a real Envoy; names choose some of them. A promise that is not kept is printed, and the exit code is 1. Envoy only
//! shows what it does: no promise of this suite binds it.

mod account;
mod child;
mod latencies;
mod launches;
mod load;
mod names;
mod promise;
mod scenario;
mod suite;
mod table;
mod villain;

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;

use promise::Verdict;
use scenario::{Context, Scenario};
use suite::Plane;

#[derive(Debug, Parser)]
#[command(about = "What clients see when something breaks")]
struct Cli {
    /// Which scenario to play, as often as there are some; all without it
    #[arg(long)]
    only: Vec<String>,
    /// Take the time that the figures of docs/reliability.md took
    #[arg(long)]
    long: bool,
    /// Requests per second (default: 1000, or 250 in the short form, for programs that are not optimized)
    #[arg(long, value_parser = clap::value_parser!(u64).range(10..=100_000))]
    rate: Option<u64>,
    /// How long the soak lasts (default: 20s, and 2h in the long form)
    #[arg(long, value_parser = humantime::parse_duration)]
    soak: Option<std::time::Duration>,
    /// The real Envoy; without it $ENVOY, or the one on PATH
    #[arg(long)]
    envoy: Option<PathBuf>,
    /// Only ingress
    #[arg(long)]
    without_envoy: bool,
    /// The programs, in place of those of this build
    #[arg(long, default_value = env!("CARGO_BIN_EXE_outlier-demo"))]
    program: PathBuf,
    /// Keep the logs of what was started in this folder
    #[arg(long)]
    logs: Option<PathBuf>,
    /// What the test runner passes on to every test; without meaning here
    #[arg(long, hide = true)]
    test_threads: Option<u16>,
    #[arg(hide = true)]
    filter: Vec<String>,
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    match run(&cli) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(sentence) => {
            eprintln!("reliability: {sentence}");
            ExitCode::FAILURE
        }
    }
}

/// Plays what is asked for; whether every promise was kept.
fn run(cli: &Cli) -> Result<bool, String> {
    service::raise_open_files();
    let chosen = Scenario::chosen(&cli.only)?;
    let context = Context::new(cli)?;
    let mut rows = Vec::new();
    for scenario in chosen {
        for plane in context.planes(scenario) {
            eprintln!("{} on {}", scenario.name(), plane.name());
            let verdict = scenario
                .play(&context, &plane)
                .unwrap_or_else(|why| Verdict::not_played(&why));
            eprint!("{verdict}");
            rows.push((scenario, plane, verdict));
        }
    }
    let table = table::markdown(&rows);
    let printed = io::stdout().write_all(table.as_bytes());
    printed.map_err(|error| error.to_string())?;
    let broken = rows.iter().filter(|row| is_broken(row)).count();
    let all = rows
        .iter()
        .filter(|row| matches!(row.1, Plane::Ingress))
        .count();
    eprintln!("{} of {all} scenarios kept their promises", all - broken);
    Ok(broken == 0)
}

fn is_broken((_, plane, verdict): &(Scenario, Plane, Verdict)) -> bool {
    matches!(plane, Plane::Ingress) && !verdict.is_kept()
}
