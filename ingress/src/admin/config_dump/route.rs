//! Routes as `route_config.virtual_hosts` has them.

use serde_json::{Map, Value, json};

use crate::admin::durations::protobuf;
use crate::mesh::{
    GatewayRoute, HeaderMatch, HeaderRule, HostMatch, Mesh, PathMatch, RequestMatch, RetryOn,
    RetryPolicy, Route,
};

/// One virtual host for all that comes in.
pub(super) fn gateway(mesh: &Mesh) -> Vec<Value> {
    let gateway = mesh.gateway.iter();
    gateway
        .map(|gateway| {
            let routes = gateway
                .routes
                .iter()
                .map(|route| gateway_route(mesh, route));
            virtual_host(&gateway.name, "*", routes)
        })
        .collect()
}

/// One virtual host per backend.
pub(super) fn sidecar(mesh: &Mesh) -> Vec<Value> {
    let backends = mesh.sidecar.iter().flat_map(|sidecar| &sidecar.backends);
    backends
        .map(|(name, service)| {
            let routes = mesh.services[service.0].routes.iter();
            let routes = routes.map(|route| service_route(mesh, route));
            virtual_host(name, name, routes)
        })
        .collect()
}

fn virtual_host(name: &str, domain: &str, routes: impl Iterator<Item = Value>) -> Value {
    let routes: Vec<Value> = routes.collect();
    json!({ "name": name, "domains": [domain], "routes": routes })
}

fn gateway_route(mesh: &Mesh, route: &GatewayRoute) -> Value {
    let mut action = Map::new();
    let service = mesh.services[route.target.0].name.as_str();
    action.insert("virtual_service".to_owned(), service.into());
    let host = route
        .rewrite
        .host
        .as_ref()
        .map(|host| String::from_utf8_lossy(host.as_bytes()));
    if let Some(host) = host {
        action.insert("host_rewrite_literal".to_owned(), host.into());
    }
    if let Some(path) = &route.rewrite.path {
        action.insert("prefix_rewrite".to_owned(), path.as_str().into());
    }
    json!({ "name": route.name, "match": request_match(&route.when), "route": action })
}

fn service_route(mesh: &Mesh, route: &Route) -> Value {
    let name = |cluster: usize| mesh.clusters[cluster].name.as_str();
    let mut action = Map::new();
    if let [only] = route.targets.as_slice() {
        action.insert("cluster".to_owned(), name(only.cluster.0).into());
    } else {
        let clusters: Vec<Value> = route
            .targets
            .iter()
            .map(|target| json!({ "name": name(target.cluster.0), "weight": target.weight }))
            .collect();
        action.insert(
            "weighted_clusters".to_owned(),
            json!({ "clusters": clusters }),
        );
    }
    // Envoy's word for "without end" is zero.
    let timeout = protobuf(route.timeout.unwrap_or_default());
    action.insert("timeout".to_owned(), timeout.into());
    action.insert("retry_policy".to_owned(), retry_policy(&route.retry));
    json!({ "name": route.name, "match": request_match(&route.when), "route": action })
}

fn retry_policy(policy: &RetryPolicy) -> Value {
    let RetryOn {
        connect_failure,
        server_error,
        gateway_error,
        reset,
        conflict,
        statuses,
    } = &policy.on;
    let on: Vec<&str> = [
        (*connect_failure, "connect-failure"),
        (*server_error, "5xx"),
        (*gateway_error, "gateway-error"),
        (*reset, "reset"),
        (*conflict, "retriable-4xx"),
        (!statuses.is_empty(), "retriable-status-codes"),
    ]
    .into_iter()
    .filter_map(|(wanted, word)| wanted.then_some(word))
    .collect();
    let mut fields = Map::new();
    fields.insert("retry_on".to_owned(), on.join(",").into());
    fields.insert("num_retries".to_owned(), policy.max_retries.into());
    if let Some(timeout) = policy.per_try_timeout {
        fields.insert("per_try_timeout".to_owned(), protobuf(timeout).into());
    }
    if !statuses.is_empty() {
        fields.insert("retriable_status_codes".to_owned(), json!(statuses));
    }
    fields.into()
}

fn request_match(when: &RequestMatch) -> Value {
    let mut fields = match &when.path {
        Some(PathMatch::Prefix(prefix)) => field("prefix", prefix.as_str()),
        Some(PathMatch::Exact(path)) => field("path", path.as_str()),
        Some(PathMatch::Regex(pattern)) => {
            field("safe_regex", json!({ "regex": pattern.as_str() }))
        }
        None => field("prefix", "/"),
    };
    let host = when.host.as_ref().map(|host| match host {
        HostMatch::Exact(name) => {
            json!({ "name": ":authority", "string_match": { "exact": name } })
        }
        HostMatch::Suffix(end) => {
            json!({ "name": ":authority", "string_match": { "suffix": end } })
        }
    });
    let method = when
        .method
        .as_ref()
        .map(|method| json!({ "name": ":method", "string_match": { "exact": method.as_str() } }));
    let others = when.headers.iter().map(header);
    let headers: Vec<Value> = host.into_iter().chain(method).chain(others).collect();
    if !headers.is_empty() {
        fields.insert("headers".to_owned(), headers.into());
    }
    fields.into()
}

fn header(header: &HeaderMatch) -> Value {
    let text = |kind, value: Value| field("string_match", Value::from(field(kind, value)));
    let mut fields = field("name", header.name.as_str());
    fields.extend(match &header.rule {
        HeaderRule::Present => field("present_match", true),
        HeaderRule::Exact(value) => text("exact", value.as_str().into()),
        HeaderRule::Prefix(value) => text("prefix", value.as_str().into()),
        HeaderRule::Suffix(value) => text("suffix", value.as_str().into()),
        HeaderRule::Regex(pattern) => text("safe_regex", json!({ "regex": pattern.as_str() })),
        // Protobuf's JSON writes 64-bit numbers as strings.
        HeaderRule::Range { start, end } => field(
            "range_match",
            json!({ "start": start.to_string(), "end": end.to_string() }),
        ),
    });
    if header.invert {
        fields.insert("invert_match".to_owned(), true.into());
    }
    fields.into()
}

fn field(name: &str, value: impl Into<Value>) -> Map<String, Value> {
    Map::from_iter([(name.to_owned(), value.into())])
}
