//! The flags of `up`.

use std::path::PathBuf;

use super::data_plane::Kind;
use super::plan::MAX_REPLICAS;

/// The flags of `up`, checked one by one.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Args {
    /// Manifests to run in place of the demo's own: a file, a folder, or - for the standard input
    #[arg(long, value_name = "PATH")]
    pub manifests: Option<PathBuf>,
    /// The gateway's port on 127.0.0.1; 0 takes a free one
    #[arg(long, value_name = "PORT", default_value_t = 8080)]
    pub port: u16,
    /// The port of the mesh's admin interface on 127.0.0.1; 0 takes a free one
    #[arg(long, value_name = "PORT", default_value_t = 9901)]
    pub admin_port: u16,
    /// How many replicas of colorapp to run, 1 to 50, whatever the manifests say
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=i64::from(MAX_REPLICAS)))]
    pub replicas: Option<u32>,
    /// Divide every duration of the outlier policy by N, from 0.01 to 100
    #[arg(long, value_name = "N", value_parser = ingress::speed)]
    pub speed: Option<f64>,
    /// What plays the mesh: gateway, sidecar and their admin interface
    #[arg(long, value_name = "WHICH", value_enum, default_value_t)]
    pub data_plane: Kind,
    /// The Envoy of --data-plane envoy; without it $ENVOY, or the one on PATH
    #[arg(long, value_name = "PATH")]
    pub envoy: Option<PathBuf>,
    /// Start a Prometheus that reads all numbers: PATH, or $PROMETHEUS, or the one on PATH
    #[arg(long, value_name = "PATH", num_args = 0..=1)]
    pub prometheus: Option<Option<PathBuf>>,
    /// Prometheus' port on 127.0.0.1; 0 takes a free one
    #[arg(
        long,
        value_name = "PORT",
        default_value_t = 0,
        requires = "prometheus"
    )]
    pub prometheus_port: u16,
    /// Write log lines, and what is printed once all is ready, as JSON
    #[arg(long)]
    pub json: bool,
}
