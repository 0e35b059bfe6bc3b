//! The command line as a whole: the data plane runs unless another command is named.

use super::{Args, BootstrapArgs};

/// What to do, and its flags.
#[derive(Clone, Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct CommandLine {
    /// The flags of a run.
    #[command(flatten)]
    pub run: Args,

    /// What to do in place of a run.
    #[command(subcommand)]
    pub other: Option<Other>,
}

/// What can be done beside a run.
#[derive(Clone, Debug, clap::Subcommand)]
pub enum Other {
    /// Write the mesh of the manifests to standard output, as a bootstrap file for Envoy
    EnvoyBootstrap(BootstrapArgs),
}
