//! The data plane of the suite: reads App Mesh manifests as they are and plays the part Envoy
//! played, gateway and sidecar, with Envoy's decisions.
//!
//! As written -> as used -> running, in reading order:

pub mod manifest;
pub mod mesh;

pub mod balance;
pub mod cluster;
pub mod dns;
pub mod outlier;
pub mod proxy;

pub mod admin;
pub mod bootstrap;
pub mod event_log;
pub mod metrics;

mod args;
mod names;
mod run;
mod sync;

pub use args::{
    Args, BootstrapArgs, CommandLine, EnvoyDefaults, LimitArgs, MeshArgs, Other, speed,
};
pub use bootstrap::envoy_bootstrap;
pub use names::{EGRESS_LISTENER, GATEWAY_LISTENER, PUBLIC_PAGES};
pub use run::run;

/// What this program calls itself in `server` headers, where Envoy says `envoy`.
pub const SERVER_NAME: &str = "ingress";
