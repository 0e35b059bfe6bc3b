//! What is called the same in the admin pages and in the bootstrap for Envoy.

/// The name of the listener that serves the mesh's gateway; any other serves the sidecar.
pub const GATEWAY_LISTENER: &str = "gateway";

/// The name of the listener that serves the sidecar's application.
pub const EGRESS_LISTENER: &str = "egress";

/// The admin pages that are shown to others than those on this machine: they change nothing.
pub const PUBLIC_PAGES: [&str; 2] = ["/ready", "/stats/prometheus"];
