//! The command line, as written.

mod envoy_defaults;

pub use envoy_defaults::EnvoyDefaults;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use service::ConfigError;

/// What the data plane is told on its command line.
#[derive(Clone, Debug, clap::Args)]
pub struct Args {
    /// App Mesh manifests: a file, a folder, a folder with a kustomization, or - for standard input.
    #[arg(long, value_name = "PATH")]
    pub manifests: Option<PathBuf>,

    /// The VirtualNode whose sidecar to be, where several have backends.
    #[arg(long, value_name = "NODE")]
    pub sidecar: Option<String>,

    /// The replicas of a VirtualNode, in place of looking its hostname up: NODE=IP:PORT[,IP:PORT...].
    #[arg(long, value_name = "NODE=ADDRS", value_parser = endpoints)]
    pub endpoints: Vec<(String, Vec<SocketAddr>)>,

    /// Where the gateway listens.
    #[arg(long, value_name = "IP:PORT", default_value = "127.0.0.1:8080")]
    pub gateway: SocketAddr,

    /// Where the sidecar listens for its application's calls, as an HTTP proxy.
    #[arg(long, value_name = "IP:PORT", default_value = "127.0.0.1:15001")]
    pub egress: SocketAddr,

    /// Where the admin pages are; keep it on loopback.
    #[arg(long, value_name = "IP:PORT", default_value = "127.0.0.1:9901")]
    pub admin: SocketAddr,

    /// Threads that forward requests, 1 to 64.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=64))]
    pub workers: u16,

    /// Divides every duration of outlier detection, 0.01 to 100.
    #[arg(long, value_name = "N", default_value_t = 1.0, value_parser = speed)]
    pub speed: f64,

    /// Where the round robin of each cluster starts, for a run to repeat; anywhere without it.
    #[arg(long, value_name = "N")]
    pub first_turn: Option<u64>,

    /// A file that ejections and returns are appended to, one JSON object per line.
    #[arg(long, value_name = "FILE")]
    pub event_log: Option<PathBuf>,

    /// How long requests in flight may take to finish at the stop.
    #[arg(long, value_name = "TIME", default_value = "10s", value_parser = humantime::parse_duration)]
    pub drain_time: Duration,

    /// Let other sockets of this user listen on the same ports (SO_REUSEPORT).
    #[arg(long)]
    pub share_port: bool,

    /// What App Mesh's manifests have no field for.
    #[command(flatten, next_help_heading = "What App Mesh leaves at Envoy's default")]
    pub defaults: EnvoyDefaults,
}

impl Args {
    /// The replicas by VirtualNode.
    ///
    /// # Errors
    /// When a node is named twice.
    pub fn endpoints_by_node(&self) -> Result<BTreeMap<&str, &[SocketAddr]>, ConfigError> {
        let mut nodes = BTreeMap::new();
        for (node, addresses) in &self.endpoints {
            if nodes.insert(node.as_str(), addresses.as_slice()).is_some() {
                return Err(ConfigError::new(format!(
                    "--endpoints names the VirtualNode {node} twice"
                )));
            }
        }
        Ok(nodes)
    }
}

fn endpoints(text: &str) -> Result<(String, Vec<SocketAddr>), String> {
    let (node, addresses) = text
        .split_once('=')
        .ok_or("must be NODE=IP:PORT[,IP:PORT...]")?;
    let parse = |address: &str| {
        address
            .parse()
            .map_err(|_| format!("{address:?} is not an IP:PORT"))
    };
    let addresses = addresses
        .split(',')
        .filter(|address| !address.is_empty())
        .map(parse);
    Ok((node.to_owned(), addresses.collect::<Result<_, String>>()?))
}

/// Reads a factor for the clock of outlier detection.
///
/// # Errors
/// When it is not a number from 0.01 to 100.
pub fn speed(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(speed) if (0.01..=100.0).contains(&speed) => Ok(speed),
        _ => Err("must be a number from 0.01 to 100".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endpoints_are_a_node_and_its_addresses() {
        let one = "127.0.0.1:9081".parse().unwrap();
        let two = "[::1]:9082".parse().unwrap();
        assert_eq!(
            endpoints("colorapp=127.0.0.1:9081,[::1]:9082"),
            Ok(("colorapp".to_owned(), vec![one, two]))
        );
        assert_eq!(
            endpoints("colorapp="),
            Ok(("colorapp".to_owned(), vec![])),
            "scaled to zero"
        );
        assert!(endpoints("colorapp").is_err());
        assert_eq!(
            endpoints("colorapp=localhost:1"),
            Err("\"localhost:1\" is not an IP:PORT".to_owned())
        );
    }

    #[test]
    fn a_speed_is_a_hundredth_to_a_hundred() {
        assert_eq!(speed("0.5"), Ok(0.5));
        assert_eq!(speed("100"), Ok(100.0));
        for wrong in ["0", "0.001", "1e-18", "-1", "100.1", "NaN", "inf", "fast"] {
            assert!(speed(wrong).is_err(), "{wrong}");
        }
    }
}
