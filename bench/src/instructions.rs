//! `cargo bench --bench instructions`: how many instructions a request takes in a program, counted by callgrind. Noise
//! cannot touch them, so a regression of a few hundredths is seen on any machine. The kernel's are not among them.
//!
//! A program runs twice, with N requests on one connection and with 2 N. The difference is what N requests
//! take; start and end cancel out.

mod callgrind;
mod programs;
mod record;

use std::env;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use clap::Parser;

use crate::args::{self, Part};
use crate::table::Table;
use callgrind::Callgrind;
use programs::Program;
use record::{Record, Verdict};

/// Counts the instructions of a request in ingress, front and colorapp, and compares them with those on record.
#[derive(Debug, Parser)]
#[command(
    name = "cargo bench --bench instructions --",
    args_conflicts_with_subcommands = true
)]
struct Args {
    /// Requests of the short run, 10 to 1000000; the long one has twice as many
    #[arg(long, value_name = "N", default_value_t = 1000, value_parser = clap::value_parser!(u32).range(10..=1_000_000))]
    requests: u32,
    /// Put what is counted on record
    #[arg(long)]
    record: bool,
    /// Another outlier-demo than the one just built, such as an older one
    #[arg(long, value_name = "PATH", conflicts_with = "record")]
    outlier_demo: Option<PathBuf>,
    /// What cargo says to every benchmark
    #[arg(long, hide = true)]
    bench: bool,
    /// What the benchmark starts itself as.
    #[command(subcommand)]
    part: Option<Part>,
}

/// Where things are.
#[derive(Clone, Copy, Debug)]
pub struct Places<'a> {
    /// The program that is measured.
    pub outlier_demo: &'a str,
    /// Where what callgrind wrote is kept.
    pub folder: &'a str,
    /// The file with what is on record.
    pub record: &'a str,
}

/// Runs the benchmark, as the command line says. The exit code is 1 when a program takes more instructions than it
/// should.
pub fn instructions(places: Places<'_>) -> ExitCode {
    let args: Args = match args::parse() {
        Ok(args) => args,
        Err(code) => return code,
    };
    let done = match args.part.clone() {
        Some(part) => part.play().map(|never| match never {}),
        None => run(&args, places),
    };
    done.unwrap_or_else(|error| {
        eprintln!("{error}");
        ExitCode::FAILURE
    })
}

fn run(args: &Args, places: Places<'_>) -> io::Result<ExitCode> {
    let folder = PathBuf::from(places.folder).join("callgrind");
    fs::create_dir_all(&folder)?;
    let callgrind = Callgrind {
        outlier_demo: args
            .outlier_demo
            .clone()
            .unwrap_or_else(|| places.outlier_demo.into()),
        folder,
    };
    let mut counted = Record {
        rustc: rustc(),
        instructions_per_request: Vec::new(),
    };
    for program in Program::ALL {
        let of = |requests| {
            eprintln!("{}: {requests} requests", program.name());
            callgrind.count(program, requests)
        };
        let (once, twice) = (of(args.requests)?, of(2 * args.requests)?);
        let each = twice.saturating_sub(once) / u64::from(args.requests);
        counted
            .instructions_per_request
            .push((program.name().to_owned(), each));
    }
    let path = Path::new(places.record);
    if args.record {
        fs::write(path, counted.json())?;
    }
    let recorded = Record::parse(&fs::read_to_string(path)?)?;
    if recorded.rustc != counted.rustc {
        eprintln!(
            "recorded with {}, and this is {}",
            recorded.rustc, counted.rustc
        );
    }
    let mut table = Table::new(["program", "instructions/request", "on record", "verdict"]);
    let mut worse = false;
    for (name, now) in &counted.instructions_per_request {
        let (before, verdict) = recorded.judge(name, *now);
        worse |= verdict == Verdict::Worse;
        let before = before.map_or("none".to_owned(), |before| before.to_string());
        table.row([name.clone(), now.to_string(), before, verdict.to_string()]);
    }
    io::stdout().write_all(table.text().as_bytes())?;
    eprintln!(
        "where they go: callgrind_annotate {}",
        callgrind.folder.join("ingress.out").display()
    );
    Ok(if worse {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

fn rustc() -> String {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let said = Command::new(rustc).arg("--version").output();
    said.map_or("an unknown rustc".to_owned(), |said| {
        String::from_utf8_lossy(&said.stdout).trim().to_owned()
    })
}
