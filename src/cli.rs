//! The command line: `up` unless another command is named.

use clap::{Parser, Subcommand};

use crate::attack_program;
use crate::envoy_program;
use crate::ingress_program;
use crate::lifeline::{Guard, Lifeline};
use crate::prometheus_program;
use crate::up;
use crate::verify_program;

/// Outlier detection you can watch: the App Mesh demo on one machine.
#[derive(Debug, Parser)]
#[command(name = "outlier-demo", version, args_conflicts_with_subcommands = true)]
pub(crate) struct Cli {
    #[command(flatten)]
    up: up::Args,
    #[command(subcommand)]
    command: Option<Command>,
}

/// What to run.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Start the whole demo on this machine (this is the default)
    Up(up::Args),
    /// Find out whether a mesh really ejects a sick host: the local demo, or any that runs this suite
    Verify(Box<verify_program::Args>),
    /// Run one replica of the backend, set up by its environment
    Colorapp(Lifeline),
    /// Run the app, set up by its environment
    Front(Lifeline),
    /// Run the data plane: gateway, sidecar and their admin interface
    Ingress {
        #[command(flatten)]
        parent: Lifeline,
        #[command(flatten)]
        line: Box<ingress_program::CommandLine>,
    },
    /// Run the real Envoy in the data plane's place
    Envoy(Box<envoy_program::Args>),
    /// Run Prometheus, for `up`
    #[command(hide = true)]
    Prometheus(prometheus_program::Args),
    /// Send requests to a URL at a fixed rate and report what came of them
    Attack(Box<attack_program::Args>),
    /// End a process together with the one that started it
    #[command(hide = true)]
    Guard(Guard),
}

impl Cli {
    /// What to run.
    pub(crate) fn chosen(self) -> Command {
        self.command.unwrap_or(Command::Up(self.up))
    }
}

impl Command {
    /// The name under which errors are reported.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Up(_) => "outlier-demo",
            Self::Verify(_) => "verify",
            Self::Colorapp(_) => "colorapp",
            Self::Front(_) => "front",
            Self::Ingress { .. } => "ingress",
            Self::Envoy(_) => "envoy",
            Self::Prometheus(_) => "prometheus",
            Self::Attack(_) => "attack",
            Self::Guard(_) => "guard",
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    fn parsed(arguments: &[&str]) -> Result<Command, clap::Error> {
        Cli::try_parse_from([&["outlier-demo"], arguments].concat()).map(Cli::chosen)
    }

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }

    #[test]
    fn up_is_the_default_and_takes_the_same_flags() {
        for arguments in [&["--port", "1"][..], &["up", "--port", "1"]] {
            let Ok(Command::Up(args)) = parsed(arguments) else {
                panic!("{arguments:?} is up");
            };
            assert_eq!((args.port, args.admin_port), (1, 9901));
        }
    }

    #[test]
    fn what_is_out_of_bounds_names_the_flag_and_the_bound() {
        for (flag, value, bound) in [
            ("--replicas", "0", "0 is not in 1..=50"),
            ("--replicas", "51", "51 is not in 1..=50"),
            ("--speed", "0", "must be a number from 0.01 to 100"),
            ("--speed", "101", "must be a number from 0.01 to 100"),
            ("--speed", "NaN", "must be a number from 0.01 to 100"),
            ("--port", "65536", "65536 is not in 0..=65535"),
        ] {
            let error = parsed(&[flag, value]).unwrap_err().to_string();
            assert!(error.contains(flag), "{error}");
            assert!(error.contains(bound), "{error}");
        }
    }

    #[test]
    fn prometheus_is_the_one_on_path_or_one_that_is_named() {
        for (arguments, expected) in [
            (&["up"][..], None),
            (&["--prometheus", "--port", "1"], Some(None)),
            (&["up", "--prometheus", "a/b"], Some(Some("a/b".into()))),
        ] {
            let Ok(Command::Up(args)) = parsed(arguments) else {
                panic!("{arguments:?} is up");
            };
            assert_eq!(args.prometheus, expected, "{arguments:?}");
        }
        assert!(parsed(&["up", "--prometheus-port", "1"]).is_err());
    }

    #[test]
    fn a_flag_of_up_does_not_go_with_another_command() {
        assert!(parsed(&["--port", "1", "colorapp"]).is_err());
    }
}
