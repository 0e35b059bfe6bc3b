//! `/outliers` of this suite's own data plane.

use std::net::SocketAddr;

use serde::Deserialize;
use serde_json::Value;

use super::{ClusterView, HostState, HostView, MeshReport};

#[derive(Deserialize)]
struct Outliers {
    clusters: Vec<Cluster>,
}

#[derive(Deserialize)]
struct Cluster {
    name: String,
    policy: Option<Value>,
    panic: Option<bool>,
    hosts: Vec<Value>,
}

/// The part of a host that is understood; all of it becomes the detail.
#[derive(Deserialize)]
struct Host {
    address: SocketAddr,
    state: String,
    ejected_at: Option<String>,
    earliest_return: Option<String>,
    why: Option<String>,
}

/// Reads the JSON of `/outliers`.
pub(super) fn parse(body: &[u8]) -> serde_json::Result<MeshReport> {
    let outliers: Outliers = serde_json::from_slice(body)?;
    let mut report = MeshReport::default();
    for cluster in outliers.clusters {
        let mut hosts = Vec::with_capacity(cluster.hosts.len());
        for detail in cluster.hosts {
            let host = Host::deserialize(&detail)?;
            let state = match host.state.as_str() {
                "healthy" => HostState::Healthy,
                "ejected" => HostState::Ejected,
                _ => HostState::Unknown,
            };
            let view = HostView {
                state,
                ejected_since: host.ejected_at,
                earliest_return: host.earliest_return,
                reason: host.why,
                detail: Some(detail),
            };
            hosts.push(host.address);
            report.add(host.address, view);
        }
        report.clusters.push(ClusterView {
            name: cluster.name,
            policy: cluster.policy,
            panic: cluster.panic,
            outlier_detection: None,
            hosts,
        });
    }
    Ok(report)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn address(port: u16) -> SocketAddr {
        ([127, 0, 0, 1], port).into()
    }

    #[test]
    fn state_detail_and_policy_are_passed_on() {
        let ejected = json!({"address": "127.0.0.1:9082", "state": "ejected", "multiplier": 2});
        let body = json!({"clusters": [{
            "name": "colorapp",
            "policy": {"interval": "10s"},
            "panic": true,
            "hosts": [{"address": "127.0.0.1:9081", "state": "healthy"}, ejected],
        }]});
        let report = parse(body.to_string().as_bytes()).unwrap();
        assert_eq!(report.of(address(9081)).state, HostState::Healthy);
        assert_eq!(report.of(address(9082)).state, HostState::Ejected);
        assert_eq!(report.of(address(9082)).detail, Some(ejected));
        assert_eq!(*report.of(address(9083)), HostView::default());
        let expected = ClusterView {
            name: "colorapp".to_owned(),
            policy: Some(json!({"interval": "10s"})),
            panic: Some(true),
            outlier_detection: None,
            hosts: vec![address(9081), address(9082)],
        };
        assert_eq!(report.clusters, [expected]);
    }

    #[test]
    fn a_state_of_a_later_version_is_unknown() {
        let body = json!({"clusters": [{"name": "c", "hosts": [
            {"address": "[::1]:9081", "state": "resting"},
        ]}]});
        let report = parse(body.to_string().as_bytes()).unwrap();
        let host = report.of("[::1]:9081".parse().unwrap());
        assert_eq!(host.state, HostState::Unknown);
        assert!(host.detail.is_some());
    }

    #[test]
    fn out_of_one_cluster_is_out() {
        let cluster =
            |state| json!({"name": "c", "hosts": [{"address": "127.0.0.1:1", "state": state}]});
        for states in [["healthy", "ejected"], ["ejected", "healthy"]] {
            let body = json!({"clusters": states.map(cluster)});
            let report = parse(body.to_string().as_bytes()).unwrap();
            assert!(report.is_ejected(address(1)), "{states:?}");
        }
    }

    #[test]
    fn something_else_is_an_error() {
        for body in [
            "",
            "[]",
            "{}",
            r#"{"clusters": [{"name": "c", "hosts": [{}]}]}"#,
        ] {
            assert!(parse(body.as_bytes()).is_err(), "{body}");
        }
    }
}
