//! A cluster as `static_resources.clusters` has it.

use serde_json::{Map, Value, json};

use crate::admin::durations::protobuf;
use crate::admin::reply::address;
use crate::cluster::Cluster;
use crate::mesh::OutlierPolicy;

pub(super) fn cluster(cluster: &Cluster) -> Value {
    let spec = cluster.spec();
    let mut fields = Map::new();
    let mut set = |field: &str, value: Value| fields.insert(field.to_owned(), value);
    set("name", spec.name.as_str().into());
    set("type", "STATIC".into());
    set("lb_policy", "ROUND_ROBIN".into());
    set(
        "circuit_breakers",
        json!({
            "thresholds": [{
                "max_connections": spec.max_connections,
                "max_pending_requests": spec.max_pending,
            }],
        }),
    );
    if let Some(policy) = &spec.outlier {
        set("outlier_detection", outlier_detection(policy));
        set(
            "common_lb_config",
            json!({
                "healthy_panic_threshold": { "value": policy.healthy_panic_threshold },
                "update_merge_window": protobuf(policy.update_merge_window),
            }),
        );
    }
    if let Some(idle) = spec.idle_timeout {
        set(
            "common_http_protocol_options",
            json!({ "idle_timeout": protobuf(idle) }),
        );
    }
    let hosts: Vec<Value> = cluster
        .hosts()
        .iter()
        .map(|host| json!({ "endpoint": { "address": address(host.address()) } }))
        .collect();
    set(
        "load_assignment",
        json!({ "cluster_name": spec.name, "endpoints": [{ "lb_endpoints": hosts }] }),
    );
    fields.into()
}

fn outlier_detection(policy: &OutlierPolicy) -> Value {
    json!({
        "consecutive_5xx": policy.consecutive_5xx,
        "interval": protobuf(policy.interval),
        "base_ejection_time": protobuf(policy.base_ejection_time),
        "max_ejection_percent": policy.max_ejection_percent,
        "enforcing_consecutive_5xx": policy.enforcing_consecutive_5xx,
        "enforcing_success_rate": 0,
        "consecutive_gateway_failure": policy.consecutive_gateway_failure,
        "enforcing_consecutive_gateway_failure": policy.enforcing_consecutive_gateway_failure,
        "max_ejection_time": protobuf(policy.max_ejection_time),
        "always_eject_one_host": policy.always_eject_one_host,
    })
}
