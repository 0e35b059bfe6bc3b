//! The main port, the one that the mesh balances and ejects:
//!
//! | path | answer |
//! | --- | --- |
//! | `/get` | 200 `purple`, or what the fault says |
//! | `/fault`, `/recover`, `/ping` | as on the control port |

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use service::{HangUp, TraceContext};
use tokio::time::{self, Instant};
use tracing::trace;

use crate::common::{get_or_post, with_common_routes};
use crate::{Outcome, Replica};

/// The router of the main port. [`service::serve`] heeds its [`HangUp`].
pub fn app(replica: Replica) -> Router {
    let own = Router::new().route("/get", get_or_post(get));
    with_common_routes(own, replica)
}

async fn get(State(replica): State<Replica>, asked: TraceContext) -> Response {
    let arrival = Instant::now();
    let outcome = match replica.next_fault() {
        None => Outcome::Answer(StatusCode::OK),
        Some(fault) => {
            if let Some(delay) = fault.delay() {
                time::sleep(delay).await;
            }
            fault.outcome()
        }
    };
    let elapsed = arrival.elapsed();
    replica.metrics().count(outcome, elapsed);
    trace!(host = %replica.uid(), ?outcome, ?elapsed, trace_id = asked.trace_id(), "request");
    match outcome {
        Outcome::Answer(StatusCode::OK) => "purple".into_response(),
        Outcome::Answer(status) => (status, "no colors 4 u").into_response(),
        Outcome::Abort => axum::Extension(HangUp).into_response(),
    }
}
