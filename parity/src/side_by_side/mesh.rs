//! The mesh of a script: as manifests, and as flags for what App Mesh has no field for.

use std::net::SocketAddr;
use std::path::Path;

use super::script::Script;

/// The host name of the mesh's one virtual service.
pub(super) const SERVICE: &str = "colorapp.parity.svc.cluster.local";

/// The cluster's name in both.
pub(super) const CLUSTER: &str = "cds_egress_parity_colorapp_parity_http_8080";

/// Without a policy of its own a route has App Mesh's default (FACTS 1.4).
const NO_RETRIES: &str = "retryPolicy: { maxRetries: 0, perRetryTimeout: { unit: ms, value: 0 }, tcpRetryEvents: [connection-error] }";

/// The flags that both read: the mesh, the hosts, and what App Mesh has no field for.
pub(super) fn flags(script: &Script, mesh: &Path, addresses: &[SocketAddr]) -> Vec<String> {
    let addresses: Vec<String> = addresses.iter().map(ToString::to_string).collect();
    let policy = &script.policy;
    vec![
        format!("--manifests={}", mesh.display()),
        format!("--endpoints=colorapp={}", addresses.join(",")),
        format!(
            "--healthy-panic-threshold={}",
            policy.healthy_panic_threshold
        ),
        format!(
            "--update-merge-window={}ms",
            policy.update_merge_window.as_millis()
        ),
        format!(
            "--max-ejection-time={}ms",
            policy.max_ejection_time.as_millis()
        ),
        format!("--always-eject-one-host={}", policy.always_eject_one_host),
        format!(
            "--consecutive-gateway-failure={}",
            policy.consecutive_gateway_failure
        ),
        format!(
            "--enforcing-consecutive-gateway-failure={}",
            policy.enforcing_consecutive_gateway_failure
        ),
        format!(
            "--enforcing-consecutive-5xx={}",
            policy.enforcing_consecutive_5xx
        ),
    ]
}

/// The mesh: an app with one backend.
pub(super) fn manifests(script: &Script) -> String {
    let policy = &script.policy;
    format!(
        include_str!("mesh.yaml"),
        errors = policy.consecutive_5xx,
        interval = policy.interval.as_millis(),
        base = policy.base_ejection_time.as_millis(),
        percent = policy.max_ejection_percent,
        timeout = script.timeout.as_millis(),
        retries = if script.retries { "" } else { NO_RETRIES },
    )
}
