//! The control port, the one way to a replica that the mesh has ejected. No fault reaches it.
//!
//! | path | answer |
//! | --- | --- |
//! | `/fault`, `/recover`, `/ping` | as on the main port |
//! | `/status` | JSON: name, main port, fault in force |
//! | `/metrics` | for Prometheus |
//! | `/healthz` | 200 |
//! | `/readyz` | 200, or 503 from the request to stop on |

use std::time::Duration;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::{Json, Router};
use serde::Serialize;

use crate::common::{get_or_post, with_common_routes};
use crate::{Active, Replica};

/// The router of the control port.
pub fn control(replica: Replica) -> Router {
    let own = Router::new()
        .route("/status", get_or_post(status))
        .route("/metrics", get_or_post(metrics))
        .merge(service::health_routes(replica.readiness().clone()));
    with_common_routes(own, replica)
}

#[derive(Serialize)]
struct Status {
    #[serde(rename = "HostUID")]
    host_uid: String,
    port: u16,
    fault: Option<FaultStatus>,
}

/// A fault in force, as its options would describe it; `status` is null for an abort, 200 for a delay alone.
#[derive(Serialize)]
struct FaultStatus {
    status: Option<u16>,
    percent: u8,
    delay_ms: Option<u128>,
    abort: bool,
    remaining_ms: Option<u128>,
}

impl From<Active> for FaultStatus {
    fn from(Active { fault, remaining }: Active) -> Self {
        let status = fault.outcome().status();
        Self {
            status: status.map(|status| status.as_u16()),
            percent: fault.percent(),
            delay_ms: fault.delay().as_ref().map(Duration::as_millis),
            abort: status.is_none(),
            remaining_ms: remaining.as_ref().map(Duration::as_millis),
        }
    }
}

async fn status(State(replica): State<Replica>) -> Json<Status> {
    Json(Status {
        host_uid: replica.uid().to_string(),
        port: replica.port(),
        fault: replica.active_fault().map(FaultStatus::from),
    })
}

async fn metrics(State(replica): State<Replica>, headers: HeaderMap) -> Response {
    let faulty = replica.active_fault().is_some();
    service::exposition(&headers, replica.metrics().text(faulty))
}
