//! The process: is it ready, what is it, where does it listen.

use std::collections::BTreeMap;

use axum::extract::Query;
use axum::http::{Method, StatusCode};
use axum::response::Response;
use serde_json::{Value, json};

use super::{Shared, State, reply};
use crate::SERVER_NAME;

pub(super) async fn ready(state: Shared) -> Response {
    let status = if state.live.get() {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    reply::text(status, format!("{}\n", word(&state)))
}

pub(super) async fn fail(state: Shared, method: Method) -> Response {
    set_live(&state, &method, false)
}

pub(super) async fn ok(state: Shared, method: Method) -> Response {
    set_live(&state, &method, true)
}

pub(super) async fn info(state: Shared) -> Response {
    let uptime = format!("{}s", state.started.elapsed().as_secs());
    let mesh = &state.mesh;
    let gateway = mesh.gateway.as_ref().map(|gateway| &gateway.name);
    let node = gateway.or(mesh.sidecar.as_ref().map(|sidecar| &sidecar.node));
    let version = concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION"));
    reply::pretty(&json!({
        "version": version,
        "state": word(&state),
        "uptime_current_epoch": uptime,
        "uptime_all_epochs": uptime,
        "hot_restart_version": "disabled",
        "command_line_options": { "concurrency": state.concurrency },
        "node": {
            "id": node,
            "cluster": mesh.name,
            "user_agent_name": SERVER_NAME,
        },
    }))
}

pub(super) async fn listeners(
    state: Shared,
    Query(parameters): Query<BTreeMap<String, String>>,
) -> Response {
    let listeners = state.listeners.iter();
    if parameters
        .get("format")
        .is_some_and(|format| format == "json")
    {
        let statuses: Vec<Value> = listeners
            .map(|(name, at)| json!({ "name": name, "local_address": reply::address(*at) }))
            .collect();
        return reply::pretty(&json!({ "listener_statuses": statuses }));
    }
    let lines: String = listeners
        .map(|(name, at)| format!("{name}::{at}\n"))
        .collect();
    reply::text(StatusCode::OK, lines)
}

fn set_live(state: &State, method: &Method, live: bool) -> Response {
    if method != Method::POST {
        return reply::text(
            StatusCode::METHOD_NOT_ALLOWED,
            format!("Method {method} not allowed, POST required."),
        );
    }
    state.live.set(live);
    tracing::info!(live, "health check set by the admin");
    reply::text(StatusCode::OK, "OK\n")
}

/// Envoy's name for the state.
fn word(state: &State) -> &'static str {
    if state.live.get() { "LIVE" } else { "DRAINING" }
}
