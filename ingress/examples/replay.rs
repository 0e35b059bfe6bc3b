//! Feeds recordings of a real Envoy to the deciding core of `ingress` and compares every decision.
//!
//! `cargo run --release -p ingress --example replay -- TRACE...`

use std::error::Error;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use parity::replay::{Verdict, replay};
use parity::trace::Trace;
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
    match compare(&cli.traces) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => service::report("replay", error.as_ref()),
    }
}

/// Whether nothing came out otherwise in any of them.
fn compare(files: &[PathBuf]) -> Result<bool, Box<dyn Error>> {
    let traces: Vec<Trace> = files
        .iter()
        .map(|file| Trace::read(file))
        .collect::<Result<_, _>>()?;
    let mut out = io::stdout().lock();
    let mut all_agree = true;
    let mut total = (0, 0);
    for (file, trace) in files.iter().zip(&traces) {
        let verdict = replay(trace);
        let name = file.file_stem().unwrap_or_default().to_string_lossy();
        print(&mut out, &name, &verdict)?;
        all_agree &= verdict.mismatches.is_empty();
        total.0 += verdict.compared;
        total.1 += verdict.mismatches.len();
    }
    let (compared, mismatches) = total;
    writeln!(
        out,
        "{} traces: {compared} decisions compared, {mismatches} mismatches",
        traces.len()
    )?;
    Ok(all_agree)
}

fn print(out: &mut impl Write, name: &str, verdict: &Verdict) -> io::Result<()> {
    let Verdict {
        compared,
        mismatches,
        freedoms,
    } = verdict;
    let mismatched = mismatches.len();
    writeln!(
        out,
        "{name}: {compared} compared, {mismatched} mismatches ({freedoms})"
    )?;
    match mismatches.first() {
        Some(first) => writeln!(out, "  first: {first}"),
        None => Ok(()),
    }
}
