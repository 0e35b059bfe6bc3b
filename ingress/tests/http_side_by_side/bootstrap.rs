//! The configuration of the Envoy: for each case a listener, a route and a cluster of its own.

use std::net::SocketAddr;

use serde_json::{Value, json};

use crate::case::{Limited, Matching, Rule, Setting};

/// One case's part.
pub(crate) struct Part {
    pub(crate) name: String,
    pub(crate) setting: Setting,
    pub(crate) hosts: Vec<SocketAddr>,
}

/// Every listener has a port that the system chooses.
pub(crate) fn bootstrap(parts: &[Part]) -> Value {
    let listeners: Vec<Value> = parts.iter().map(listener).collect();
    let clusters: Vec<Value> = parts.iter().map(cluster).collect();
    json!({
        "admin": {"address": address(&SocketAddr::from(([127, 0, 0, 1], 0)))},
        "static_resources": {"listeners": listeners, "clusters": clusters},
    })
}

fn listener(part: &Part) -> Value {
    let mut route = json!({
        "match": {"prefix": "/get"},
        "route": route(part),
    });
    if let Setting::Matching(matching) = part.setting {
        route["match"]["headers"] = json!([header(matching)]);
    }
    json!({
        "name": part.name,
        "address": address(&SocketAddr::from(([127, 0, 0, 1], 0))),
        "filter_chains": [{"filters": [{
            "name": "envoy.filters.network.http_connection_manager",
            "typed_config": {
                "@type": "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
                "stat_prefix": "egress",
                "codec_type": "AUTO",
                "route_config": {"virtual_hosts": [{
                    "name": "colorapp",
                    "domains": ["colorapp", "colorapp:*"],
                    "routes": [route],
                }]},
                "http_filters": [{
                    "name": "envoy.filters.http.router",
                    "typed_config": {"@type": "type.googleapis.com/envoy.extensions.filters.http.router.v3.Router"},
                }],
            },
        }]}],
    })
}

fn route(part: &Part) -> Value {
    match part.setting {
        Setting::Limited(Limited { timeout: ms, .. }) | Setting::Timeout(ms) => {
            json!({"cluster": part.name, "timeout": seconds(ms)})
        }
        Setting::Retries(ms) => json!({
            "cluster": part.name,
            "timeout": seconds(ms),
            "retry_policy": {
                "retry_on": "connect-failure,refused-stream,retriable-status-codes",
                "retriable_status_codes": [503],
                "num_retries": 2,
                "retry_host_predicate": [{
                    "name": "envoy.retry_host_predicates.previous_hosts",
                    "typed_config": {"@type": "type.googleapis.com/envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate"},
                }],
            },
        }),
        Setting::PerTry(ms) => json!({
            "cluster": part.name,
            "retry_policy": {
                "retry_on": "gateway-error",
                "num_retries": 2,
                "per_try_timeout": seconds(ms),
            },
        }),
        _ => json!({"cluster": part.name}),
    }
}

fn header(matching: Matching) -> Value {
    let text = |kind: &str, value: Value| json!({"string_match": {kind: value}});
    let mut header = match matching.rule {
        Rule::Present => json!({"present_match": true}),
        Rule::Exact(value) => text("exact", value.into()),
        Rule::Prefix(value) => text("prefix", value.into()),
        Rule::Suffix(value) => text("suffix", value.into()),
        Rule::Regex(value) => text("safe_regex", json!({"regex": value})),
        Rule::Range(start, end) => {
            json!({"range_match": {"start": start.to_string(), "end": end.to_string()}})
        }
    };
    header["name"] = matching.header.into();
    if matching.invert {
        header["invert_match"] = true.into();
        if matching.rule != Rule::Present {
            header["treat_missing_header_as_empty"] = true.into();
        }
    }
    header
}

fn cluster(part: &Part) -> Value {
    let hosts: Vec<Value> = part
        .hosts
        .iter()
        .map(|host| json!({"endpoint": {"address": address(host)}}))
        .collect();
    let mut cluster = json!({
        "name": part.name,
        "type": "STATIC",
        "lb_policy": "ROUND_ROBIN",
        "load_assignment": {"cluster_name": part.name, "endpoints": [{"lb_endpoints": hosts}]},
    });
    if let Setting::Limited(limits) = part.setting {
        cluster["circuit_breakers"] = json!({"thresholds": [{
            "max_connections": limits.connections,
            "max_pending_requests": limits.pending,
        }]});
    }
    if let Setting::Idle(ms) = part.setting {
        cluster["typed_extension_protocol_options"] = json!({
            "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": {
                "@type": "type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions",
                "common_http_protocol_options": {"idle_timeout": seconds(ms)},
                "explicit_http_config": {"http_protocol_options": {}},
            },
        });
    }
    if let Setting::Ejecting(errors) = part.setting {
        cluster["outlier_detection"] = json!({
            "consecutive_5xx": errors,
            "enforcing_consecutive_5xx": 100,
            "enforcing_success_rate": 0,
            "interval": "600s",
            "base_ejection_time": "600s",
            "max_ejection_time": "600s",
            "max_ejection_percent": 100,
        });
        cluster["common_lb_config"] = json!({
            "healthy_panic_threshold": {"value": 0},
            "update_merge_window": "0s",
        });
    }
    cluster
}

fn address(address: &SocketAddr) -> Value {
    json!({"socket_address": {"address": address.ip().to_string(), "port_value": address.port()}})
}

fn seconds(ms: u64) -> String {
    format!("{}.{:03}s", ms / 1_000, ms % 1_000)
}
