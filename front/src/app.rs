//! The app's own port:
//!
//! | path | answer |
//! | --- | --- |
//! | `/color/get`, `/get` | what colorapp answered, and a newline |
//! | `/color/fault`, `/color/recover` | the same, sent to whichever replica the mesh picks |
//! | `/stats`, `/reset_stats` | the counters per replica, and their end |
//! | `/fault`, `/recover` | see `faults` |
//! | `/hosts`, `/events` | all replicas with all that is known, once and as a stream |
//! | `/`, `/page/...` | the page and its parts |
//! | `/ping` | 200 |
//!
//! GET or POST everywhere, except for the page and the stream, which are GET. Those that change something can be
//! locked, see `lock`.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::handler::Handler;
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::from_fn_with_state;
use axum::response::IntoResponse;
use axum::routing::{MethodFilter, MethodRouter, get, on};

use service::TraceContext;
use tokio::time::Instant;
use tracing::{info, trace};

use crate::by::By;
use crate::color::{Answer, Failure};
use crate::hosts::Hosts;
use crate::state::{AppState, Front};
use crate::{events, faults, hosts, lock, page};

/// The app without a listener.
pub fn app(state: AppState) -> Router {
    let controls = Router::new()
        .route("/color/fault", get_or_post(faults::fault_through_mesh))
        .route("/color/recover", get_or_post(faults::recover_through_mesh))
        .route("/fault", get_or_post(faults::fault))
        .route("/recover", get_or_post(faults::recover))
        .route("/reset_stats", get_or_post(reset_stats))
        .route_layer(from_fn_with_state(state.0.clone(), lock::guard));
    Router::new()
        .route("/", get(page::page))
        .route("/page/{name}", get(page::asset))
        .route("/get", get_or_post(color))
        .route("/color/get", get_or_post(color))
        .route("/stats", get_or_post(stats))
        .route("/hosts", get_or_post(all_hosts))
        .route("/events", get(stream))
        .route("/ping", get_or_post(async || StatusCode::OK))
        .merge(controls)
        .fallback(nowhere)
        .with_state(state.0)
}

/// For whoever has mistyped a path.
async fn nowhere() -> impl IntoResponse {
    let paths = "/color/get, /stats, /reset_stats, /fault, /recover, /hosts, /events, /ping, and the page at /";
    (
        StatusCode::NOT_FOUND,
        format!("no such path; there are {paths}\n"),
    )
}

fn get_or_post<T: 'static>(handler: impl Handler<T, Arc<Front>>) -> MethodRouter<Arc<Front>> {
    on(MethodFilter::GET.or(MethodFilter::POST), handler)
}

async fn color(State(front): State<Arc<Front>>, asked: TraceContext) -> Result<Answer, Failure> {
    let start = Instant::now();
    let answer = front.color.call("/get", None, &asked).await;
    let trace_id = asked.trace_id();
    let took = start.elapsed();
    front.metrics.took(took);
    match &answer {
        Ok(answer) => match answer.uid() {
            Some(uid) => {
                trace!(host = %uid, status = %answer.status, trace_id, "answered");
                front.stats.answered(By::Host(&uid), answer.status, took);
                front.metrics.host_answered(&uid, answer.status);
            }
            None => {
                trace!(status = %answer.status, trace_id, "answered by the mesh");
                front.stats.answered(By::Mesh, answer.status, took);
                front.metrics.mesh_answered(answer.status);
            }
        },
        Err(failure) => {
            trace!(status = %failure.status, trace_id, "not answered");
            front.stats.answered(By::Front, failure.status, took);
            front.metrics.failed(failure.status);
        }
    }
    answer
}

async fn stats(State(front): State<Arc<Front>>) -> impl IntoResponse {
    hosts::json_line(&front.stats.counts().hosts)
}

async fn all_hosts(State(front): State<Arc<Front>>) -> impl IntoResponse {
    let look = front.looks.one().await;
    hosts::json_line(&Hosts::new(&look, &front.stats.counts()))
}

async fn stream(State(front): State<Arc<Front>>, headers: HeaderMap) -> impl IntoResponse {
    events::stream(&front.feed, &headers)
}

async fn reset_stats(State(front): State<Arc<Front>>) -> &'static str {
    front.stats.clear();
    front.feed.reset();
    info!("statistics cleared");
    "stats cleared."
}
