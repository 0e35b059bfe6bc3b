//! A listener as `static_resources.listeners` has it.

use std::net::SocketAddr;

use serde_json::{Value, json};

use super::values::{address, message};

/// The listener `name`. It speaks HTTP/1.1 only, as the one here.
pub(super) fn listener(name: &str, at: SocketAddr, virtual_hosts: &[Value]) -> Value {
    const MANAGER: &str =
        "extensions.filters.network.http_connection_manager.v3.HttpConnectionManager";
    json!({
        "name": name,
        "address": address(at),
        "filter_chains": [{
            "filters": [{
                "name": "envoy.filters.network.http_connection_manager",
                "typed_config": {
                    "@type": message(MANAGER),
                    "stat_prefix": name,
                    "codec_type": "HTTP1",
                    "route_config": { "name": name, "virtual_hosts": virtual_hosts },
                    "http_filters": [{
                        "name": "envoy.filters.http.router",
                        "typed_config": { "@type": message("extensions.filters.http.router.v3.Router") },
                    }],
                },
            }],
        }],
    })
}
