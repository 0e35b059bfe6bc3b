//! The benchmark as a program.

use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;
use std::time::SystemTime;

use service::ConfigError;

use crate::Error;
use crate::args::{self, Args, Measure, Scenario};
use crate::context::Context;
use crate::machine::Machine;
use crate::peer::Kind;
use crate::process::{allowed, pin};
use crate::report::{Report, Section};
use crate::scenario;

/// Measures one scenario.
type Run = fn(&Context) -> Result<Section, Error>;

/// What is measured, in the order of the report.
const SCENARIOS: [(Scenario, Run); 8] = [
    (Scenario::Hop, scenario::hop::run),
    (Scenario::Chain, scenario::chain::run),
    (Scenario::Colorapp, scenario::colorapp::run),
    (Scenario::Start, scenario::start::run),
    (Scenario::Scale, scenario::scale::run),
    (Scenario::Leak, scenario::leak::run),
    (Scenario::Workers, scenario::workers::run),
    (Scenario::Viewers, scenario::viewers::run),
];

/// Runs the benchmark of the program at `outlier_demo`, as the command line says.
pub fn main(outlier_demo: &str) -> ExitCode {
    let args: Args = match args::parse() {
        Ok(args) => args,
        Err(code) => return code,
    };
    let done = match args.part {
        Some(part) => part.play().map(|never| match never {}).map_err(Error::Io),
        None => measure(&args.measure.settled(), Path::new(outlier_demo)),
    };
    done.unwrap_or_else(|error| {
        eprintln!("{error}");
        error.code()
    })
}

fn measure(flags: &Measure, outlier_demo: &Path) -> Result<ExitCode, Error> {
    let cpus = allowed()?;
    let cpu = flags.cpu.or(cpus.last().copied()).unwrap_or_default();
    if !cpus.contains(&cpu) {
        let sentence = format!("--cpu is {cpu}; it must be one of {cpus:?}");
        return Err(Error::Usage(ConfigError::new(sentence)));
    }
    pin(&[cpu])?;
    let context = Context::new(flags, outlier_demo, cpu, &cpus)?;
    for kind in Kind::ALL
        .into_iter()
        .filter(|kind| context.peer(*kind).is_none())
    {
        eprintln!(
            "{} is not installed, so it is left out: {}",
            kind.name(),
            kind.hint()
        );
    }
    let mut sections = Vec::new();
    let mut code = ExitCode::SUCCESS;
    for (scenario, run) in SCENARIOS {
        if !flags.wants(scenario) {
            continue;
        }
        match run(&context) {
            Ok(mut section) => {
                if flags.brief {
                    section.goals.clear();
                }
                sections.push(section);
            }
            // The others may have been measured in a quiet moment.
            Err(error @ Error::Noise(_)) => {
                eprintln!("{scenario:?} is not reported: {error}");
                code = error.code();
            }
            Err(error) => return Err(error),
        }
    }
    let report = Report {
        date: humantime::format_rfc3339_seconds(SystemTime::now()).to_string(),
        machine: Machine::this(cpus.len())?,
        conditions: conditions(flags, &context),
        sections,
    };
    let text = if flags.json {
        report.json()
    } else if flags.markdown {
        report.markdown()
    } else {
        report.text()
    };
    io::stdout().write_all(text.as_bytes())?;
    Ok(code)
}

fn conditions(flags: &Measure, context: &Context) -> Vec<String> {
    let peers = context
        .peers
        .iter()
        .map(|peer| format!("{} {}", peer.kind.name(), peer.version));
    let peers: Vec<String> = peers.collect();
    let mut all = vec![
        format!(
            "{} rounds, {} s for each measurement; of ratios the median of the rounds, and in brackets the least and the \
             greatest",
            flags.rounds,
            flags.seconds.as_secs_f64(),
        ),
        format!(
            "peers: {}",
            if peers.is_empty() {
                "none".to_owned()
            } else {
                peers.join(", ")
            }
        ),
    ];
    if flags.accept_noise {
        all.push(
            "the machine may have been noisy: no round was dropped, and nothing was refused"
                .to_owned(),
        );
    }
    all
}
