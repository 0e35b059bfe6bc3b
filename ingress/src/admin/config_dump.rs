//! `/config_dump`: the mesh as it is used, as the bootstrap that Envoy would run with.

use std::net::SocketAddr;

use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Value, json};
use service::ConfigError;

use super::{Shared, State, reply};
use crate::bootstrap::Bootstrap;
use crate::{EGRESS_LISTENER, GATEWAY_LISTENER};

/// A mesh that Envoy cannot be told has no such page: 501, and a sentence that names what it is.
pub(super) async fn page(state: Shared) -> Response {
    match dump(&state) {
        Ok(dump) => reply::pretty(&dump),
        Err(error) => reply::text(StatusCode::NOT_IMPLEMENTED, format!("{error}\n")),
    }
}

fn dump(state: &State) -> Result<Value, ConfigError> {
    let bootstrap = Bootstrap {
        mesh: &state.mesh,
        replicas: state.replicas.clone(),
        gateway: listener(state, GATEWAY_LISTENER),
        egress: listener(state, EGRESS_LISTENER),
        stats: None,
        admin: None,
        event_log: None,
    };
    Ok(json!({
        "configs": [{
            "@type": "type.googleapis.com/envoy.admin.v3.BootstrapConfigDump",
            "bootstrap": bootstrap.to_json()?,
        }],
    }))
}

fn listener(state: &State, name: &str) -> Option<SocketAddr> {
    let mut listeners = state.listeners.iter();
    let (_, at) = listeners.find(|(listener, _)| listener == name)?;
    Some(*at)
}

#[cfg(test)]
mod tests;
