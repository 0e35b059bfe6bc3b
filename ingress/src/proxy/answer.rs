//! Answers made here: Envoy's status, body and headers (FACTS 11.4 to 11.6), our `server`.

use bytes::Bytes;
use http::header::{CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, DATE, SERVER};
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode};

use super::date;
use super::failure::Failure;
use super::response_body::ResponseBody;
use crate::SERVER_NAME;

const OVERLOADED: HeaderName = HeaderName::from_static("x-envoy-overloaded");

/// An answer without a body.
fn empty(status: StatusCode) -> Response<ResponseBody> {
    let mut headers = HeaderMap::with_capacity(4);
    headers.insert(DATE, date::now());
    headers.insert(SERVER, HeaderValue::from_static(SERVER_NAME));
    headers.insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
    response(status, headers, Bytes::new())
}

/// The same, and the client's connection ends with it.
pub(super) fn empty_and_close(status: StatusCode) -> Response<ResponseBody> {
    let mut response = empty(status);
    let headers = response.headers_mut();
    headers.remove(CONTENT_LENGTH);
    headers.insert(CONNECTION, HeaderValue::from_static("close"));
    headers.insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
    response
}

/// An answer without a body to a request that leads nowhere, as Envoy gives when there is no route. The
/// connection ends with it where nobody takes the rest of the request.
pub(super) fn nowhere(is_complete: bool) -> Response<ResponseBody> {
    if is_complete {
        empty(StatusCode::NOT_FOUND)
    } else {
        empty_and_close(StatusCode::NOT_FOUND)
    }
}

/// The answer for a request that is not acceptable: the reason phrase as the body, then the end.
pub(super) fn refusal(status: StatusCode) -> Response<ResponseBody> {
    let reason = status.canonical_reason().unwrap_or_default();
    close(text(status, HeaderMap::with_capacity(5), reason.to_owned()))
}

/// The answer for a request that no host answered, in `retries` and one attempts.
pub(super) fn failed(failure: Failure, retries: u32) -> Response<ResponseBody> {
    if failure == Failure::BadBody {
        return refusal(failure.status());
    }
    let mut headers = HeaderMap::with_capacity(5);
    if failure == Failure::Overflow {
        headers.insert(OVERLOADED, HeaderValue::from_static("true"));
    }
    text(failure.status(), headers, failure.body(retries > 0))
}

/// A whole answer in bytes, for when hyper's own must not be seen: reason phrase as the body, then the end.
pub(super) fn raw(status: StatusCode) -> Vec<u8> {
    let reason = status.canonical_reason().unwrap_or_default();
    let date = date::now();
    let date = date.to_str().unwrap_or_default();
    format!(
        "HTTP/1.1 {} {reason}\r\ncontent-length: {}\r\ncontent-type: text/plain\r\ndate: {date}\r\n\
         server: {SERVER_NAME}\r\nconnection: close\r\n\r\n{reason}",
        status.as_u16(),
        reason.len(),
    )
    .into_bytes()
}

/// With `headers` before its own.
fn text(status: StatusCode, mut headers: HeaderMap, body: String) -> Response<ResponseBody> {
    headers.insert(CONTENT_LENGTH, HeaderValue::from(body.len()));
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/plain"));
    headers.insert(DATE, date::now());
    headers.insert(SERVER, HeaderValue::from_static(SERVER_NAME));
    response(status, headers, Bytes::from(body))
}

fn response(status: StatusCode, headers: HeaderMap, body: Bytes) -> Response<ResponseBody> {
    let mut response = Response::new(ResponseBody::local(body));
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    response
}

/// The client's connection ends with this answer.
pub(super) fn close(mut response: Response<ResponseBody>) -> Response<ResponseBody> {
    response
        .headers_mut()
        .insert(CONNECTION, HeaderValue::from_static("close"));
    response
}
