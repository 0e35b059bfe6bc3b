//! Where a route leads, for how long, and what is tried again.

use std::time::Duration;

use humantime::format_duration;
use serde_json::{Map, Value, json};

use super::values::{duration, field, message};
use crate::balance::DEFAULT_SELECTION_RETRIES;
use crate::mesh::{ClusterId, Mesh, RetryOn, RetryPolicy, Route};

/// A route's `route`.
///
/// # Errors
/// With what it is that Envoy cannot be told.
pub(super) fn action(mesh: &Mesh, route: &Route) -> Result<Map<String, Value>, String> {
    let mut fields = targets(mesh, route);
    // Zero is Envoy's word for "without end"; left out, it would be 15 s.
    let timeout = timeout(mesh, route)?.unwrap_or_default();
    fields.extend(field("timeout", duration(timeout)));
    if let Some(policy) = retry_policy(&route.retry) {
        fields.extend(field("retry_policy", policy));
    }
    Ok(fields)
}

fn targets(mesh: &Mesh, route: &Route) -> Map<String, Value> {
    let name = |cluster: ClusterId| mesh.clusters[cluster.0].name.as_str();
    if let [only] = route.targets.as_slice() {
        return field("cluster", name(only.cluster));
    }
    let targets = route.targets.iter();
    let targets: Vec<Value> = targets
        .map(|target| json!({ "name": name(target.cluster), "weight": target.weight }))
        .collect();
    field("weighted_clusters", field("clusters", targets))
}

/// The shorter one of the route's and its targets' own, which must be the same for all of them.
fn timeout(mesh: &Mesh, route: &Route) -> Result<Option<Duration>, String> {
    let used = route.targets.iter().filter(|target| target.weight > 0);
    let mut limits = used.map(|target| {
        let cluster = &mesh.clusters[target.cluster.0];
        let limits = [route.timeout, cluster.timeout].into_iter().flatten();
        (limits.min(), &cluster.node)
    });
    let Some((limit, node)) = limits.next() else {
        return Ok(route.timeout);
    };
    let words = |limit: Option<Duration>| {
        limit.map_or("no limit".to_owned(), |limit| {
            format_duration(limit).to_string()
        })
    };
    match limits.find(|(other, _)| *other != limit) {
        None => Ok(limit),
        Some((other, other_node)) => Err(format!(
            "two timeouts of one route, {} for VirtualNode {node} and {} for {other_node}",
            words(limit),
            words(other)
        )),
    }
}

/// `None`: nothing is ever tried again, and an attempt has all of the route's time.
fn retry_policy(policy: &RetryPolicy) -> Option<Map<String, Value>> {
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
    if on.is_empty() && policy.per_try_timeout.is_none() {
        return None;
    }
    let mut fields = Map::new();
    if !on.is_empty() {
        fields.extend(field("retry_on", on.join(",")));
    }
    fields.extend(field("num_retries", policy.max_retries));
    if let Some(timeout) = policy.per_try_timeout {
        fields.extend(field("per_try_timeout", duration(timeout)));
    }
    if !statuses.is_empty() {
        fields.extend(field("retriable_status_codes", statuses.clone()));
    }
    let not_the_same = json!({
        "name": "envoy.retry_host_predicates.previous_hosts",
        "typed_config": {
            "@type": message("extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate"),
        },
    });
    fields.extend(field("retry_host_predicate", vec![not_the_same]));
    // Protobuf's JSON writes 64-bit numbers as strings.
    let attempts = DEFAULT_SELECTION_RETRIES.to_string();
    fields.extend(field("host_selection_retry_max_attempts", attempts));
    Some(fields)
}
