//! `/clusters?format=json` of Envoy's admin interface (FACTS 12.2): a host that outlier detection has
//! ejected carries `health_status.failed_outlier_check`, which is absent otherwise.

use std::net::{IpAddr, SocketAddr};

use serde::Deserialize;

use super::{ClusterView, HostState, HostView, MeshReport};

#[derive(Deserialize)]
struct Clusters {
    /// Absent while there is no cluster, as protobuf's JSON leaves empty lists out.
    #[serde(default)]
    cluster_statuses: Vec<Cluster>,
}

#[derive(Deserialize)]
struct Cluster {
    #[serde(default)]
    name: String,
    #[serde(default)]
    host_statuses: Vec<Host>,
}

#[derive(Deserialize)]
struct Host {
    #[serde(default)]
    address: Address,
    #[serde(default)]
    health_status: Health,
}

#[derive(Default, Deserialize)]
struct Address {
    /// Absent for hosts that are no sockets: pipes, internal listeners.
    socket_address: Option<SocketAddress>,
}

#[derive(Deserialize)]
struct SocketAddress {
    address: String,
    #[serde(default)]
    port_value: u16,
}

#[derive(Default, Deserialize)]
struct Health {
    #[serde(default)]
    failed_outlier_check: bool,
}

/// Reads the JSON of `/clusters?format=json`.
pub(super) fn parse(body: &[u8]) -> serde_json::Result<MeshReport> {
    let clusters: Clusters = serde_json::from_slice(body)?;
    let mut report = MeshReport::default();
    for cluster in clusters.cluster_statuses {
        let mut hosts = Vec::with_capacity(cluster.host_statuses.len());
        for host in cluster.host_statuses {
            let Some(address) = host.address.socket() else {
                continue;
            };
            let state = if host.health_status.failed_outlier_check {
                HostState::Ejected
            } else {
                HostState::Healthy
            };
            let view = HostView {
                state,
                ..HostView::default()
            };
            hosts.push(address);
            report.add(address, view);
        }
        report.clusters.push(ClusterView {
            name: cluster.name,
            policy: None,
            panic: None,
            outlier_detection: None,
            hosts,
        });
    }
    Ok(report)
}

impl Address {
    fn socket(&self) -> Option<SocketAddr> {
        let socket = self.socket_address.as_ref()?;
        let ip: IpAddr = socket.address.parse().ok()?;
        Some(SocketAddr::new(ip, socket.port_value))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn host(address: &str, port: u16, health: &Value) -> Value {
        json!({
            "address": {"socket_address": {"address": address, "port_value": port}},
            "stats": [{"name": "cx_total", "value": "1"}],
            "health_status": health,
            "weight": 1,
        })
    }

    #[test]
    fn a_failed_outlier_check_is_an_ejection() {
        let body = json!({"cluster_statuses": [
            {"name": "other"},
            {"name": "colorapp", "host_statuses": [
                host("127.0.0.1", 9081, &json!({"eds_health_status": "HEALTHY"})),
                host("127.0.0.1", 9082, &json!({"failed_outlier_check": true, "eds_health_status": "HEALTHY"})),
                host("::1", 9083, &json!({})),
                {"address": {"pipe": {"path": "/run/x"}}},
            ]},
        ]});
        let report = parse(body.to_string().as_bytes()).unwrap();
        let state = |address: &str| report.of(address.parse().unwrap()).state;
        assert_eq!(state("127.0.0.1:9081"), HostState::Healthy);
        assert_eq!(state("127.0.0.1:9082"), HostState::Ejected);
        assert_eq!(state("[::1]:9083"), HostState::Healthy);
        assert_eq!(state("127.0.0.1:9084"), HostState::Unknown);
        let colorapp = report.clusters_of(&["127.0.0.1:9081".parse().unwrap()]);
        let names: Vec<_> = colorapp.into_iter().map(|cluster| cluster.name).collect();
        assert_eq!(names, ["colorapp"]);
    }

    #[test]
    fn no_clusters_are_no_error() {
        assert!(parse(b"{}").is_ok());
    }

    #[test]
    fn something_else_is_an_error() {
        for body in ["", r#"{"cluster_statuses": 1}"#, "envoy help"] {
            assert!(parse(body.as_bytes()).is_err(), "{body}");
        }
    }
}
