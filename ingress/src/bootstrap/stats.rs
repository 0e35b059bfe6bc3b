//! Readiness and statistics for those whom the admin pages do not serve. The admin pages can end Envoy,
//! so they belong on loopback; probes and Prometheus come from outside of the pod. They get a listener
//! that passes on these two pages and no more.

use std::net::SocketAddr;

use serde_json::{Value, json};

use super::values::address;

/// The name of the listener.
pub(super) const NAME: &str = "stats";

/// The name of the cluster that it leads to.
const ADMIN: &str = "admin";

/// Its virtual hosts.
pub(super) fn hosts() -> [Value; 1] {
    let routes = crate::PUBLIC_PAGES
        .map(|page| json!({ "match": { "path": page }, "route": { "cluster": ADMIN } }));
    [json!({ "name": NAME, "domains": ["*"], "routes": routes })]
}

/// The admin pages as a cluster.
pub(super) fn cluster(admin: SocketAddr) -> Value {
    json!({
        "name": ADMIN,
        "type": "STATIC",
        "load_assignment": {
            "cluster_name": ADMIN,
            "endpoints": [{ "lb_endpoints": [{ "endpoint": { "address": address(admin) } }] }],
        },
    })
}
