//! The command line of `cargo bench --bench peers --`.

use std::convert::Infallible;
use std::io;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Parser, Subcommand, ValueEnum};

use crate::hyper_server::HyperServer;
use crate::process::Leash;

/// What the command line says.
///
/// # Errors
/// With the exit code when there is nothing more to do: the help was asked for, or the words are wrong, and that has
/// been said.
pub(crate) fn parse<A: Parser>() -> Result<A, ExitCode> {
    A::try_parse().map_err(|error| {
        let code = if error.use_stderr() {
            service::EX_USAGE
        } else {
            0
        };
        // Fails only where nobody can read it.
        drop(error.print());
        ExitCode::from(code)
    })
}

/// Measures what the demo's programs cost, beside their peers, on one CPU.
#[derive(Clone, Debug, Parser)]
#[command(
    name = "cargo bench --bench peers --",
    args_conflicts_with_subcommands = true
)]
pub struct Args {
    /// The flags of a measurement.
    #[command(flatten)]
    pub measure: Measure,
    /// What the benchmark starts itself as.
    #[command(subcommand)]
    pub part: Option<Part>,
}

/// What is measured, and how long.
#[derive(Clone, Debug, clap::Args)]
pub struct Measure {
    /// Only these scenarios
    #[arg(long, value_enum, value_delimiter = ',', value_name = "SCENARIO")]
    pub only: Vec<Scenario>,
    /// Rounds that count, 1 to 1000; every peer has its turn in each
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub rounds: u32,
    /// Numbers of connections, each 1 to 4000
    #[arg(long, value_name = "N,...", value_delimiter = ',', default_values_t = [1, 32, 256], value_parser = clap::value_parser!(u16).range(1..=4000))]
    pub connections: Vec<u16>,
    /// Seconds of each measurement, 0.05 to 60
    #[arg(long, value_name = "N", default_value = "2", value_parser = seconds)]
    pub seconds: Duration,
    /// The CPU for everything; without it the last one
    #[arg(long, value_name = "N")]
    pub cpu: Option<usize>,
    /// Everything once and as short as can be, to see that it works; judges nothing
    #[arg(long)]
    pub brief: bool,
    /// Report on a noisy machine, too, and say that it was one
    #[arg(long)]
    pub accept_noise: bool,
    /// Print the report as Markdown
    #[arg(long, conflicts_with = "json")]
    pub markdown: bool,
    /// Print the report as JSON, with every measurement
    #[arg(long)]
    pub json: bool,
    /// Another outlier-demo than the one just built, such as an older one
    #[arg(long, value_name = "PATH")]
    pub outlier_demo: Option<PathBuf>,
    /// What cargo says to every benchmark
    #[arg(long, hide = true)]
    bench: bool,
}

/// One thing to measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Scenario {
    /// One proxy between client and backends
    Hop,
    /// The whole demo: gateway, front, egress and five colorapps
    Chain,
    /// One colorapp beside a bare hyper server
    Colorapp,
    /// From a start to the first answer, and the memory of the whole suite
    Start,
    /// Replicas, routes and ejected hosts by the hundred
    Scale,
    /// Errors that reach the client when a host falls ill
    Leak,
    /// Two workers against one
    Workers,
    /// Somebody looks at the page
    Viewers,
}

/// What the benchmark starts itself as.
#[derive(Clone, Debug, Subcommand)]
pub enum Part {
    /// Become a program that ends with the benchmark
    #[command(hide = true)]
    Leash(Leash),
    /// Be a bare hyper server that says purple
    #[command(hide = true)]
    HyperServer(HyperServer),
}

impl Part {
    /// Plays the part, to its end.
    ///
    /// # Errors
    /// When it cannot.
    pub fn play(self) -> io::Result<Infallible> {
        match self {
            Self::Leash(leash) => leash.hold(),
            Self::HyperServer(server) => server.serve(),
        }
    }
}

impl Measure {
    /// What the flags come to, the short run's values included.
    #[must_use]
    pub fn settled(mut self) -> Self {
        if self.brief {
            self.rounds = 1;
            self.seconds = Duration::from_millis(100);
            self.accept_noise = true;
        }
        self
    }

    /// Whether `scenario` is to be measured.
    pub fn wants(&self, scenario: Scenario) -> bool {
        self.only.is_empty() || self.only.contains(&scenario)
    }
}

fn seconds(text: &str) -> Result<Duration, String> {
    match text.parse::<f64>() {
        Ok(seconds) if (0.05..=60.0).contains(&seconds) => Ok(Duration::from_secs_f64(seconds)),
        _ => Err("must be a number from 0.05 to 60".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    fn parsed(arguments: &[&str]) -> Result<Measure, clap::Error> {
        let line = [&["bench"], arguments].concat();
        Args::try_parse_from(line).map(|args| args.measure.settled())
    }

    #[test]
    fn the_command_line_is_well_formed() {
        Args::command().debug_assert();
    }

    #[test]
    fn everything_is_measured_unless_some_is_named() {
        let all = parsed(&["--bench"]).unwrap();
        assert!(all.wants(Scenario::Hop));
        assert_eq!((all.rounds, all.connections), (10, vec![1, 32, 256]));
    }

    #[test]
    fn a_brief_run_is_short_and_judges_nothing() {
        let brief = parsed(&["--brief", "--rounds", "9"]).unwrap();
        assert_eq!(brief.rounds, 1);
        assert!(brief.accept_noise);
    }

    #[test]
    fn what_is_out_of_bounds_names_the_flag_and_the_bound() {
        for (flag, value, bound) in [
            ("--rounds", "0", "0 is not in 1..=1000"),
            ("--seconds", "0.01", "must be a number from 0.05 to 60"),
            ("--seconds", "NaN", "must be a number from 0.05 to 60"),
            ("--connections", "x", "invalid digit"),
            ("--connections", "1,0", "0 is not in 1..=4000"),
        ] {
            let error = parsed(&[flag, value]).unwrap_err().to_string();
            assert!(error.contains(flag) && error.contains(bound), "{error}");
        }
    }
}
