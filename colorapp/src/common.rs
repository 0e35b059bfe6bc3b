//! What both ports answer alike:
//!
//! | path | answer |
//! | --- | --- |
//! | `/fault` | makes the replica faulty on `/get`; the options are in its query |
//! | `/recover` | makes it healthy |
//! | `/ping` | 200, empty |
//!
//! and what holds for every path: GET or POST, with HEAD as HTTP's shadow of GET; the header `HostUID`
//! on every answer, errors included, because an answer without it is not the replica's.
//!
//! What a page of another site made a browser send changes nothing: 403. There is no token here, and no protection
//! from a foreign name that leads to this address (DNS rebinding): meshes call the main port by names of their own.

use axum::Router;
use axum::extract::{RawQuery, State};
use axum::handler::Handler;
use axum::http::{HeaderName, StatusCode};
use axum::middleware::{from_fn, map_response_with_state};
use axum::response::Response;
use axum::routing::{MethodFilter, MethodRouter, on};
use service::OtherSite;

use crate::{Fault, Replica};

/// `HostUID`, in the lower case of the `http` crate: names of headers have no case.
const HOST_UID: HeaderName = HeaderName::from_static("hostuid");

/// The routes of one port: its own and the common ones, under the replica's name.
pub(crate) fn with_common_routes(own: Router<Replica>, replica: Replica) -> Router {
    let controls = Router::new()
        .route("/fault", get_or_post(fault))
        .route("/recover", get_or_post(recover))
        .route_layer(from_fn(OtherSite::guard));
    own.merge(controls)
        .route("/ping", get_or_post(async || ()))
        .layer(map_response_with_state(replica.clone(), name_host))
        .with_state(replica)
}

/// Routes GET and POST to `handler`; every other method but HEAD gets a 405.
pub(crate) fn get_or_post<T: 'static>(handler: impl Handler<T, Replica>) -> MethodRouter<Replica> {
    on(MethodFilter::GET.or(MethodFilter::POST), handler)
}

async fn fault(
    State(replica): State<Replica>,
    RawQuery(query): RawQuery,
) -> Result<String, (StatusCode, String)> {
    let fault: Fault = query
        .unwrap_or_default()
        .parse()
        .map_err(|error: crate::InvalidFault| (StatusCode::BAD_REQUEST, error.to_string()))?;
    replica.fault(fault);
    Ok(format!("host: `{}` will now {fault}.", replica.uid()))
}

async fn recover(State(replica): State<Replica>) -> String {
    replica.recover();
    format!(
        "host: `{}` will now respond with 200 on /get.",
        replica.uid()
    )
}

async fn name_host(State(replica): State<Replica>, mut response: Response) -> Response {
    let uid = replica.uid().header().clone();
    response.headers_mut().insert(HOST_UID, uid);
    response
}
