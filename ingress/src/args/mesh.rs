//! The flags that say what mesh it is and where its parts are, and what they come to.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use service::ConfigError;

use super::EnvoyDefaults;
use crate::bootstrap::Replicas;
use crate::manifest::{self, Source};
use crate::mesh::{Mesh, Part};

/// The mesh, and where its parts are.
#[derive(Clone, Debug, clap::Args)]
pub struct MeshArgs {
    /// App Mesh manifests: a file, a folder, a folder with a kustomization, or - for standard input.
    #[arg(long, value_name = "PATH")]
    pub manifests: Option<PathBuf>,

    /// The VirtualNode whose sidecar to be, where several have backends.
    #[arg(long, value_name = "NODE")]
    pub sidecar: Option<String>,

    /// The one proxy to be, where the other runs elsewhere; both without it.
    #[arg(long, value_enum, value_name = "PART")]
    pub part: Option<Part>,

    /// The replicas of a VirtualNode, in place of looking its hostname up: NODE=IP:PORT[,IP:PORT...].
    #[arg(long, value_name = "NODE=ADDRS", value_parser = endpoints)]
    pub endpoints: Vec<(String, Vec<SocketAddr>)>,

    /// How often hostnames are looked up again, more than 1ms.
    #[arg(long, value_name = "TIME", default_value = "5s", value_parser = refresh_rate)]
    pub dns_refresh_rate: Duration,

    /// Where the gateway listens.
    #[arg(long, value_name = "IP:PORT", default_value = "127.0.0.1:8080")]
    pub gateway: SocketAddr,

    /// Where the sidecar listens for its application's calls, as an HTTP proxy.
    #[arg(long, value_name = "IP:PORT", default_value = "127.0.0.1:15001")]
    pub egress: SocketAddr,

    /// Where the admin pages are; keep it on loopback.
    #[arg(long, value_name = "IP:PORT", default_value = "127.0.0.1:9901")]
    pub admin: SocketAddr,

    /// Where probes and Prometheus find /ready and /stats/prometheus, and nothing else; nowhere without it.
    #[arg(long, value_name = "IP:PORT")]
    pub stats: Option<SocketAddr>,

    /// Divides every duration of outlier detection, 0.01 to 100.
    #[arg(long, value_name = "N", default_value_t = 1.0, value_parser = speed)]
    pub speed: f64,

    /// A file that ejections and returns are appended to, one JSON object per line.
    #[arg(long, value_name = "FILE")]
    pub event_log: Option<PathBuf>,
}

impl MeshArgs {
    /// The mesh of the manifests, or of `embedded` where none are named, with outlier detection as these
    /// flags and `defaults` have it.
    ///
    /// # Errors
    /// When there are no manifests, or they cannot be used, also not with `defaults`.
    pub(crate) fn load(
        &self,
        defaults: &EnvoyDefaults,
        embedded: Option<Source>,
    ) -> Result<Mesh, ConfigError> {
        let named = self.manifests.as_deref().map(Source::from);
        let source = named.or(embedded).ok_or_else(|| {
            ConfigError::new(
                "--manifests PATH is missing: a file, a folder or - for standard input",
            )
        })?;
        let manifests = manifest::load(&source)?;
        let mut mesh = Mesh::from_manifests(&manifests, self.sidecar.as_deref())?;
        if let Some(part) = self.part {
            mesh = mesh.only(part).ok_or_else(|| {
                ConfigError::new(match part {
                    Part::Gateway => {
                        "--part gateway: there is no VirtualGateway among the manifests"
                    }
                    Part::Sidecar => {
                        "--part sidecar: no VirtualNode among the manifests has backends"
                    }
                })
            })?;
        }
        let policies = mesh
            .clusters
            .iter_mut()
            .filter_map(|of| of.outlier.as_mut());
        for policy in policies {
            defaults.apply(policy)?;
            *policy = policy.sped_up(self.speed);
        }
        Ok(mesh)
    }

    /// Where the replicas of each of the mesh's clusters are: as given, else to be looked up.
    ///
    /// # Errors
    /// When a cluster's replicas are neither given nor have a DNS name, and when replicas are given
    /// twice or for a VirtualNode that there is not.
    pub(crate) fn replicas(&self, mesh: &Mesh) -> Result<Vec<Replicas>, ConfigError> {
        let mut given = BTreeMap::new();
        for (node, addresses) in &self.endpoints {
            if given.insert(node.as_str(), addresses).is_some() {
                return Err(ConfigError::new(format!(
                    "--endpoints names the VirtualNode {node} twice"
                )));
            }
        }
        let mut replicas = Vec::with_capacity(mesh.clusters.len());
        for spec in &mesh.clusters {
            let node = &spec.node;
            replicas.push(match (given.remove(node.as_str()), &spec.hostname) {
                (Some(addresses), _) => Replicas::At(addresses.clone()),
                (None, Some(hostname)) => Replicas::Dns {
                    name: hostname.clone(),
                    refresh: self.dns_refresh_rate,
                },
                (None, None) => {
                    return Err(ConfigError::new(format!(
                        "VirtualNode {node} has no DNS name: give its replicas with --endpoints {node}=..."
                    )));
                }
            });
        }
        match given.keys().next() {
            Some(unknown) => Err(ConfigError::new(format!(
                "--endpoints: there is no VirtualNode {unknown}"
            ))),
            None => Ok(replicas),
        }
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

/// Envoy's bound.
fn refresh_rate(text: &str) -> Result<Duration, String> {
    match humantime::parse_duration(text) {
        Ok(rate) if rate > Duration::from_millis(1) => Ok(rate),
        Ok(_) => Err("must be longer than 1ms".to_owned()),
        Err(error) => Err(error.to_string()),
    }
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
    use clap::Parser;

    use super::*;

    #[derive(Debug, Parser)]
    struct Line {
        #[command(flatten)]
        mesh: MeshArgs,
        #[command(flatten)]
        defaults: EnvoyDefaults,
    }

    #[test]
    fn a_part_that_the_mesh_does_not_have_is_refused() {
        let bare =
            "{apiVersion: appmesh.k8s.aws/v1beta2, kind: Mesh, metadata: {name: m}, spec: {}}";
        let start = PathBuf::from("mesh.yaml");
        for (part, sentence) in [
            (
                "gateway",
                "--part gateway: there is no VirtualGateway among the manifests",
            ),
            (
                "sidecar",
                "--part sidecar: no VirtualNode among the manifests has backends",
            ),
        ] {
            let line = Line::parse_from(["ingress", "--part", part]);
            let files = [(start.clone(), bare.to_owned())].into();
            let source = Source::Embedded {
                files,
                start: start.clone(),
            };
            let refused = line.mesh.load(&line.defaults, Some(source)).unwrap_err();
            assert_eq!(refused.to_string(), sentence);
        }
    }

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
    fn a_refresh_rate_is_longer_than_a_millisecond() {
        let millis = Duration::from_millis;
        assert_eq!(refresh_rate("2ms"), Ok(millis(2)));
        assert_eq!(refresh_rate("1100us"), Ok(Duration::from_micros(1_100)));
        for wrong in ["0s", "1ms", "often"] {
            assert!(refresh_rate(wrong).is_err(), "{wrong}");
        }
        let line = Line::parse_from(["ingress"]);
        assert_eq!(line.mesh.dns_refresh_rate, crate::dns::DEFAULT_REFRESH);
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
