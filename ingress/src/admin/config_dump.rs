//! `/config_dump`: the mesh as it is used, in the shape of Envoy's bootstrap.
//!
//! Envoy's fields where there is one. A gateway's route names the virtual service it leads to, as App
//! Mesh has it, in place of a cluster: which cluster it is the service's own routes decide.

mod cluster;
mod route;

use std::net::SocketAddr;

use axum::response::Response;
use serde_json::{Value, json};

use super::{GATEWAY_LISTENER, Shared, State, reply};

pub(super) async fn page(state: Shared) -> Response {
    reply::pretty(&dump(&state))
}

fn dump(state: &State) -> Value {
    let listeners: Vec<Value> = state
        .listeners
        .iter()
        .map(|(name, at)| {
            let hosts = if name == GATEWAY_LISTENER {
                route::gateway(&state.mesh)
            } else {
                route::sidecar(&state.mesh)
            };
            listener(name, *at, &hosts)
        })
        .collect();
    let clusters: Vec<Value> = state
        .clusters
        .iter()
        .map(|of| cluster::cluster(of))
        .collect();
    json!({
        "configs": [{
            "@type": "type.googleapis.com/envoy.admin.v3.BootstrapConfigDump",
            "bootstrap": {
                "node": { "cluster": state.mesh.name },
                "static_resources": { "listeners": listeners, "clusters": clusters },
            },
        }],
    })
}

fn listener(name: &str, at: SocketAddr, virtual_hosts: &[Value]) -> Value {
    const HTTP: &str = "type.googleapis.com/envoy.extensions.filters.network.\
                        http_connection_manager.v3.HttpConnectionManager";
    json!({
        "name": name,
        "address": reply::address(at),
        "filter_chains": [{
            "filters": [{
                "name": "envoy.filters.network.http_connection_manager",
                "typed_config": {
                    "@type": HTTP,
                    "stat_prefix": name,
                    "route_config": { "name": name, "virtual_hosts": virtual_hosts },
                },
            }],
        }],
    })
}

#[cfg(test)]
mod tests;
