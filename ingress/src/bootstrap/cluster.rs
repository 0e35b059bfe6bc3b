//! A cluster as `static_resources.clusters` has it.

use std::time::Duration;

use serde_json::{Map, Value, json};
use service::ConfigError;

use super::Replicas;
use super::values::{address, duration, field, message, socket_address};
use crate::dns::DEFAULT_REFRESH;
use crate::mesh::{Cluster, OutlierPolicy};

/// App Mesh's limit where there is no field for one (FACTS 1.4). Envoy's own would be 1024 requests and
/// 3 retries at once.
const NO_LIMIT: u32 = i32::MAX as u32;

/// The cluster that `spec` means, with its replicas.
///
/// # Errors
/// When a duration is shorter than Envoy can tell.
pub(super) fn cluster(spec: &Cluster, replicas: &Replicas) -> Result<Value, ConfigError> {
    let mut fields = Map::new();
    let mut set = |field: &str, value: Value| fields.insert(field.to_owned(), value);
    set("name", spec.name.as_str().into());
    match replicas {
        Replicas::At(_) => set("type", "STATIC".into()),
        Replicas::Dns { refresh, .. } => {
            set("type", "STRICT_DNS".into());
            if *refresh != DEFAULT_REFRESH {
                set("dns_refresh_rate", duration(*refresh).into());
            }
            set("dns_lookup_family", "ALL".into())
        }
    };
    set("lb_policy", "ROUND_ROBIN".into());
    set("circuit_breakers", circuit_breakers(spec));
    if let Some(policy) = &spec.outlier {
        told_in_milliseconds(spec, policy)?;
        set("outlier_detection", outlier_detection(policy));
        set(
            "common_lb_config",
            json!({
                "healthy_panic_threshold": { "value": policy.healthy_panic_threshold },
                "update_merge_window": duration(policy.update_merge_window),
            }),
        );
    }
    set("typed_extension_protocol_options", http_options(spec));
    set(
        "load_assignment",
        json!({
            "cluster_name": spec.name,
            "endpoints": [{ "lb_endpoints": endpoints(spec, replicas) }],
        }),
    );
    Ok(fields.into())
}

/// No request has a priority here, so both have the same limits.
fn circuit_breakers(spec: &Cluster) -> Value {
    let limits = json!({
        "max_connections": spec.max_connections,
        "max_pending_requests": spec.max_pending,
        "max_requests": NO_LIMIT,
        "max_retries": NO_LIMIT,
    });
    let mut high = limits.clone();
    high["priority"] = "HIGH".into();
    json!({ "thresholds": [limits, high] })
}

fn outlier_detection(policy: &OutlierPolicy) -> Value {
    json!({
        "consecutive_5xx": policy.consecutive_5xx,
        "interval": duration(policy.interval),
        "base_ejection_time": duration(policy.base_ejection_time),
        "max_ejection_percent": policy.max_ejection_percent,
        "enforcing_consecutive_5xx": policy.enforcing_consecutive_5xx,
        "enforcing_success_rate": 0,
        "consecutive_gateway_failure": policy.consecutive_gateway_failure,
        "enforcing_consecutive_gateway_failure": policy.enforcing_consecutive_gateway_failure,
        "enforcing_failure_percentage": 0,
        "split_external_local_origin_errors": false,
        "max_ejection_time": duration(policy.max_ejection_time),
        "max_ejection_time_jitter": "0s",
        "always_eject_one_host": policy.always_eject_one_host,
    })
}

/// Envoy drops what is below a millisecond; of a shorter time nothing would be left.
fn told_in_milliseconds(spec: &Cluster, policy: &OutlierPolicy) -> Result<(), ConfigError> {
    let may_be_zero = Some(policy.update_merge_window).filter(|window| !window.is_zero());
    let times = [
        ("interval", Some(policy.interval)),
        ("base_ejection_time", Some(policy.base_ejection_time)),
        ("max_ejection_time", Some(policy.max_ejection_time)),
        ("update_merge_window", may_be_zero),
    ];
    for (name, time) in times {
        if time.is_some_and(|time| time < Duration::from_millis(1)) {
            return Err(ConfigError::new(format!(
                "VirtualNode {}: {name} must be at least 1 ms for Envoy; choose a lower --speed",
                spec.node
            )));
        }
    }
    Ok(())
}

/// Zero is Envoy's word for "without end"; left out, it would be an hour.
fn http_options(spec: &Cluster) -> Value {
    const OPTIONS: &str = "extensions.upstreams.http.v3.HttpProtocolOptions";
    let idle = duration(spec.idle_timeout.unwrap_or_default());
    let options = json!({
        "@type": message(OPTIONS),
        "common_http_protocol_options": { "idle_timeout": idle },
        "explicit_http_config": { "http_protocol_options": {} },
    });
    field(&format!("envoy.{OPTIONS}"), options).into()
}

/// The hostname beside an address is for the admin pages only.
fn endpoints(spec: &Cluster, replicas: &Replicas) -> Vec<Value> {
    let endpoint = |address: Value, hostname: Option<&str>| {
        let mut endpoint = field("address", address);
        if let Some(hostname) = hostname {
            endpoint.insert("hostname".to_owned(), hostname.into());
        }
        json!({ "endpoint": endpoint })
    };
    match replicas {
        Replicas::At(addresses) => addresses
            .iter()
            .map(|at| endpoint(address(*at), spec.hostname.as_deref()))
            .collect(),
        Replicas::Dns { name, .. } => vec![endpoint(socket_address(name, spec.port), None)],
    }
}
