//! The command line, as written.

mod command;
mod envoy_defaults;
mod limits;
mod mesh;

pub use command::{CommandLine, Other};
pub use envoy_defaults::EnvoyDefaults;
pub use limits::LimitArgs;
pub use mesh::{MeshArgs, speed};

use std::time::Duration;

/// What the data plane is told on its command line.
#[derive(Clone, Debug, clap::Args)]
pub struct Args {
    /// What mesh, and where it is.
    #[command(flatten)]
    pub mesh: MeshArgs,

    /// Threads that forward requests, 1 to 64.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=64))]
    pub workers: u16,

    /// Where the round robin of each cluster starts, for a run to repeat; anywhere without it.
    #[arg(long, value_name = "N")]
    pub first_turn: Option<u64>,

    /// How long requests in flight may take to finish at the stop, on all listeners together; 24h at most.
    #[arg(long, value_name = "TIME", default_value = "10s", value_parser = limits::time_or_none)]
    pub drain_time: Duration,

    /// Let other sockets of this user listen on the same ports (SO_REUSEPORT).
    #[arg(long)]
    pub share_port: bool,

    /// What App Mesh's manifests have no field for.
    #[command(flatten, next_help_heading = "What App Mesh leaves at Envoy's default")]
    pub defaults: EnvoyDefaults,

    /// What clients may take.
    #[command(flatten, next_help_heading = "Limits for clients, for each listener")]
    pub limits: LimitArgs,
}

/// What `envoy-bootstrap` is told: of a run's flags those that have a meaning for Envoy.
#[derive(Clone, Debug, clap::Args)]
pub struct BootstrapArgs {
    /// What mesh, and where it is.
    #[command(flatten)]
    pub mesh: MeshArgs,

    /// What App Mesh's manifests have no field for.
    #[command(flatten, next_help_heading = "What App Mesh leaves at Envoy's default")]
    pub defaults: EnvoyDefaults,
}
