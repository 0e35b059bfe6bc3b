//! The control port: `/metrics` for Prometheus, `/healthz` and `/readyz` for Kubernetes, `/ping`.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::get;

use crate::state::{AppState, Front};

/// The control port without a listener.
pub fn control(state: AppState) -> Router {
    let probes = service::health_routes(state.0.readiness.clone());
    let ping = async || StatusCode::OK;
    Router::new()
        .route("/metrics", get(metrics_text))
        .route("/ping", get(ping).post(ping))
        .merge(probes)
        .with_state(state.0)
}

async fn metrics_text(State(front): State<Arc<Front>>, headers: HeaderMap) -> Response {
    service::exposition(&headers, front.metrics.text())
}
