//! The admin pages, in Envoy's words, so that whoever knows Envoy's knows these (FACTS 12).
//!
//! | path | page |
//! | --- | --- |
//! | `/` | the list of pages |
//! | `/clusters` | every host with its counters and its health, text or `?format=json`; `?filter=` |
//! | `/config_dump` | the mesh as it is used |
//! | `/help` | the list of commands |
//! | `/healthcheck/fail`, `/healthcheck/ok` | POST: readiness down and up |
//! | `/listeners` | where requests come in, text or `?format=json` |
//! | `/outlier_events` | the last lines of the outlier event log |
//! | `/outliers` | per host: which, why, until when, and why not that one |
//! | `/ready` | 200 `LIVE` or 503 `DRAINING` |
//! | `/server_info` | version, state, uptime |
//! | `/stats` | all statistics, text, `?format=json` or `prometheus`; `?filter=`, `?usedonly` |
//! | `/stats/prometheus` | the same for Prometheus |
//!
//! `/outliers` and `/outlier_events` are not Envoy's. Pages that change something want POST, the others
//! take any method, as in Envoy. From pages of other sites they take none, see `guard`. Unknown parameters are ignored, as in Envoy.

mod clusters;
mod commands;
mod config_dump;
mod durations;
mod guard;
mod outliers;
mod reply;
mod server;
mod stats;

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::middleware::{from_fn, map_response};
use axum::routing::any;
use service::Readiness;
use tokio::time::Instant;

use crate::PUBLIC_PAGES;
use crate::bootstrap::Replicas;
use crate::cluster::Cluster;
use crate::event_log::EventLog;
use crate::mesh::Mesh;
use crate::metrics::Downstream;

/// What the pages show.
#[derive(Debug)]
pub struct State {
    /// All clusters, in the order of [`Mesh::clusters`].
    pub clusters: Vec<Arc<Cluster>>,
    /// Where the replicas of each of them are, as that was told.
    pub replicas: Vec<Replicas>,
    /// Where requests come in, by name; see [`GATEWAY_LISTENER`](crate::GATEWAY_LISTENER).
    pub listeners: Vec<(String, SocketAddr)>,
    /// What the listeners count.
    pub downstream: Vec<Arc<Downstream>>,
    /// What the manifests say.
    pub mesh: Mesh,
    /// Whether new requests are welcome. The health check commands set it.
    pub live: Readiness,
    /// Outlier events.
    pub events: EventLog,
    /// How many workers serve.
    pub concurrency: usize,
    /// When the process began.
    pub started: Instant,
}

type Shared = axum::extract::State<Arc<State>>;

/// All pages of `state`.
pub fn app(state: impl Into<Arc<State>>) -> Router {
    let controls = Router::new()
        .route("/healthcheck/fail", any(server::fail))
        .route("/healthcheck/ok", any(server::ok))
        .route_layer(from_fn(guard::own_pages_only));
    Router::new()
        .route("/", any(commands::home))
        .route("/clusters", any(clusters::page))
        .route("/config_dump", any(config_dump::page))
        .route("/help", any(commands::help))
        .route("/listeners", any(server::listeners))
        .route("/outlier_events", any(outliers::events))
        .route("/outliers", any(outliers::page))
        .route("/ready", any(server::ready))
        .route("/server_info", any(server::info))
        .route("/stats", any(stats::page))
        .route("/stats/prometheus", any(stats::prometheus))
        .merge(controls)
        .fallback(commands::unknown)
        .layer(map_response(reply::headers))
        .with_state(state.into())
}

/// [`PUBLIC_PAGES`] of `state`.
pub fn public(state: impl Into<Arc<State>>) -> Router {
    let [ready, prometheus] = PUBLIC_PAGES;
    Router::new()
        .route(ready, any(server::ready))
        .route(prometheus, any(stats::prometheus))
        .layer(map_response(reply::headers))
        .with_state(state.into())
}

#[cfg(test)]
mod tests;
