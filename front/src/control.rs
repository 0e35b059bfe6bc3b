//! The control port: `/metrics` for Prometheus, `/healthz` and `/readyz` for Kubernetes, `/ping`.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use axum::routing::get;

use crate::metrics;
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

async fn metrics_text(State(front): State<Arc<Front>>) -> impl IntoResponse {
    (
        [(CONTENT_TYPE, metrics::CONTENT_TYPE)],
        front.metrics.text(),
    )
}
