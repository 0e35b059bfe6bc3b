//! `/clusters`: every host with its counters and its health (FACTS 12.2).

use std::fmt::Write;
use std::sync::Arc;

use axum::extract::Query;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{Shared, reply};
use crate::cluster::{Cluster, Host};
use crate::metrics::Filter;
use crate::outlier::HostIndex;

#[derive(Deserialize)]
pub(super) struct Parameters {
    filter: Option<String>,
    format: Option<String>,
}

pub(super) async fn page(state: Shared, Query(parameters): Query<Parameters>) -> Response {
    let filter = match Filter::new(parameters.filter.as_deref(), false) {
        Ok(filter) => filter,
        Err(error) => return reply::bad_filter(&error),
    };
    let clusters = state
        .clusters
        .iter()
        .map(|cluster| &**cluster)
        .filter(|cluster| filter.takes_name(&cluster.spec().name));
    if parameters.format.as_deref() == Some("json") {
        let statuses: Vec<Value> = clusters.map(cluster_json).collect();
        reply::pretty(&json!({ "cluster_statuses": statuses }))
    } else {
        let page: String = clusters.map(cluster_text).collect();
        reply::text(StatusCode::OK, page)
    }
}

/// Not kept: success rates, zones, weights. They say what Envoy says when it has none.
fn cluster_text(cluster: &Cluster) -> String {
    let spec = cluster.spec();
    let name = &spec.name;
    let mut page = String::new();
    let mut line = |rest: std::fmt::Arguments<'_>| {
        // Writing to a string cannot fail.
        let _infallible = writeln!(page, "{name}::{rest}");
    };
    line(format_args!("observability_name::{name}"));
    for statistic in [
        "success_rate_average",
        "success_rate_ejection_threshold",
        "local_origin_success_rate_average",
        "local_origin_success_rate_ejection_threshold",
    ] {
        line(format_args!("outlier::{statistic}::-1"));
    }
    for priority in ["default_priority", "high_priority"] {
        for (limit, value) in limits(cluster) {
            line(format_args!("{priority}::{limit}::{value}"));
        }
    }
    line(format_args!("added_via_api::false"));
    let hostname = spec.hostname.as_deref().unwrap_or_default();
    for (host, is_ejected) in hosts(cluster) {
        let at = host.address();
        let mut numbers: Vec<_> = counters(&host).into_iter().chain(gauges(&host)).collect();
        numbers.sort_unstable();
        for (counter, n) in numbers {
            line(format_args!("{at}::{counter}::{n}"));
        }
        let flags = if is_ejected {
            "/failed_outlier_check"
        } else {
            "healthy"
        };
        line(format_args!("{at}::hostname::{hostname}"));
        line(format_args!("{at}::health_flags::{flags}"));
        for rest in [
            "weight::1",
            "region::",
            "zone::",
            "sub_zone::",
            "canary::false",
            "priority::0",
            "success_rate::-1",
            "local_origin_success_rate::-1",
        ] {
            line(format_args!("{at}::{rest}"));
        }
    }
    page
}

/// Zero values are left out, as Protobuf's JSON does.
fn cluster_json(cluster: &Cluster) -> Value {
    let hosts: Vec<Value> = hosts(cluster)
        .iter()
        .map(|(host, is_ejected)| host_json(cluster, host, *is_ejected))
        .collect();
    let limits: Map<String, Value> = limits(cluster)
        .into_iter()
        .map(|(limit, value)| (limit.to_owned(), value.into()))
        .collect();
    let mut high = Map::from_iter([("priority".to_owned(), "HIGH".into())]);
    high.extend(limits.clone());
    json!({
        "name": cluster.spec().name,
        "host_statuses": hosts,
        "circuit_breakers": { "thresholds": [limits, high] },
        "observability_name": cluster.spec().name,
    })
}

fn host_json(cluster: &Cluster, host: &Host, is_ejected: bool) -> Value {
    let mut stats = Vec::new();
    for (name, n) in counters(host) {
        stats.push(match n {
            0 => json!({ "name": name }),
            n => json!({ "value": n.to_string(), "name": name }),
        });
    }
    for (name, n) in gauges(host) {
        stats.push(match n {
            0 => json!({ "type": "GAUGE", "name": name }),
            n => json!({ "type": "GAUGE", "value": n.to_string(), "name": name }),
        });
    }
    let mut health = Map::new();
    if is_ejected {
        health.insert("failed_outlier_check".to_owned(), true.into());
    }
    health.insert("eds_health_status".to_owned(), "HEALTHY".into());
    let mut status = Map::new();
    status.insert("address".to_owned(), reply::address(host.address()));
    status.insert("stats".to_owned(), stats.into());
    status.insert("health_status".to_owned(), health.into());
    status.insert("weight".to_owned(), 1.into());
    if let Some(hostname) = &cluster.spec().hostname {
        status.insert("hostname".to_owned(), hostname.as_str().into());
    }
    status.insert("locality".to_owned(), json!({}));
    status.into()
}

/// There are no priorities here, so both have the same limits. The two limits without a field in the
/// manifests are App Mesh's, "without" (FACTS 1.4).
fn limits(cluster: &Cluster) -> [(&'static str, u32); 4] {
    const NO_LIMIT: u32 = i32::MAX as u32;
    let spec = cluster.spec();
    [
        ("max_connections", spec.max_connections),
        ("max_pending_requests", spec.max_pending),
        ("max_requests", NO_LIMIT),
        ("max_retries", NO_LIMIT),
    ]
}

fn counters(host: &Host) -> [(&'static str, u64); 6] {
    let of = host.stats();
    [
        ("cx_connect_fail", of.cx_connect_fail.get()),
        ("cx_total", of.cx_total.get()),
        ("rq_error", of.rq_error.get()),
        ("rq_success", of.rq_success.get()),
        ("rq_timeout", of.rq_timeout.get()),
        ("rq_total", of.rq_total.get()),
    ]
}

fn gauges(host: &Host) -> [(&'static str, u64); 3] {
    let of = host.stats();
    [
        ("cx_active", of.cx_active.get()),
        ("rq_active", of.rq_active.get()),
        ("rq_pending_active", of.rq_pending_active.get()),
    ]
}

/// The hosts, each with its flag, which changes at once, whatever the balancers have heard (FACTS 6.1).
fn hosts(cluster: &Cluster) -> Vec<(Arc<Host>, bool)> {
    let membership = cluster.membership();
    let is_ejected = |place: HostIndex| {
        let detector = membership.detector();
        detector.is_some_and(|detector| detector.is_ejected(place))
    };
    let hosts = cluster.hosts();
    let hosts = hosts.iter().map(Arc::clone).enumerate();
    hosts
        .map(|(place, host)| (host, is_ejected(place)))
        .collect()
}

#[cfg(test)]
mod tests;
