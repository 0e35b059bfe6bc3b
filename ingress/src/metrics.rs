//! What the admin pages show as numbers, under Envoy's names: collected from the counters that the
//! request path keeps, filtered, and written as text, JSON or for Prometheus.
//!
//! A dashboard made for Envoy must not find holes, so every `cluster.<name>.*` statistic of Envoy exists
//! here; those that stand for something this data plane does not have (subsets, zones, HTTP/2, byte
//! counts, ...) stay 0. Of `http.<prefix>.*`, `cluster_manager.*` and `server.*` only what is really
//! counted is there.

mod cluster;
mod downstream;
mod filter;
mod format;
mod prometheus;
#[cfg(test)]
pub(crate) mod recorded;
mod server;
mod stat;

pub use cluster::cluster_stats;
pub use downstream::Downstream;
pub use filter::{Filter, FilterError};
pub use server::Server;
pub use stat::{Stat, Value};

pub(crate) use downstream::downstream_stats;
pub(crate) use format::{json, text};
pub(crate) use prometheus::prometheus;
pub(crate) use server::server_stats;
