//! Answers with Envoy's headers.

use std::net::SocketAddr;

use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, SERVER, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::ser::PrettyFormatter;
use serde_json::{Serializer, Value, json};

use crate::SERVER_NAME;
use crate::metrics::FilterError;

const TEXT: &str = "text/plain; charset=UTF-8";
const HTML: &str = "text/html; charset=UTF-8";
const JSON: &str = "application/json";

pub(super) fn text(status: StatusCode, page: impl Into<String>) -> Response {
    (status, [(CONTENT_TYPE, TEXT)], page.into()).into_response()
}

pub(super) fn html(page: String) -> Response {
    ([(CONTENT_TYPE, HTML)], page).into_response()
}

/// `page` is JSON already.
pub(super) fn json(page: String) -> Response {
    ([(CONTENT_TYPE, JSON)], page).into_response()
}

/// Indented by one blank and with a newline at the end, as Envoy's pages that are for people, too.
pub(super) fn pretty(page: &impl Serialize) -> Response {
    let mut bytes = Vec::new();
    let mut to = Serializer::with_formatter(&mut bytes, PrettyFormatter::with_indent(b" "));
    page.serialize(&mut to)
        .expect("the pages hold nothing that JSON cannot say");
    bytes.push(b'\n');
    ([(CONTENT_TYPE, JSON)], bytes).into_response()
}

pub(super) fn bad_filter(error: &FilterError) -> Response {
    text(StatusCode::BAD_REQUEST, format!("{error}\n"))
}

/// An address as Envoy writes it in JSON.
pub(super) fn address(at: SocketAddr) -> Value {
    json!({ "socket_address": { "address": at.ip().to_string(), "port_value": at.port() } })
}

/// What all admin answers have in common.
pub(super) async fn headers(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(
        CACHE_CONTROL,
        HeaderValue::from_static("no-cache, max-age=0"),
    );
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(SERVER, HeaderValue::from_static(SERVER_NAME));
    response
}
