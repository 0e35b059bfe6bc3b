//! The way to colorapp through the mesh. The mesh picks the replica; the header `HostUID` says which
//! one it was, and an answer without it was made by the mesh itself.

use std::borrow::Cow;
use std::error::Error;
use std::time::Duration;

use axum::body::Body;
use axum::http::header::{ACCEPT, CONTENT_TYPE, HOST, PROXY_AUTHORIZATION};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use bytes::{BufMut, Bytes, BytesMut};
use http_body_util::Empty;
use service::TraceContext;
use tracing::debug;

use crate::client::{Client, FetchError, Request, target};
use crate::{Endpoint, Proxy};

/// The header in which a replica of colorapp gives its name.
const HOST_UID: HeaderName = HeaderName::from_static("hostuid");

/// No answer of colorapp comes near it; a longer one is a mistake that must not fill the memory.
const LONGEST_BODY: usize = 64 * 1024;

/// A client for colorapp behind the mesh.
pub(crate) struct ColorClient {
    http: Client,
    color: Endpoint,
    proxy: Option<Proxy>,
    /// What every request has.
    headers: HeaderMap,
    timeout: Duration,
}

/// What came back through the mesh, from a replica or from the mesh itself.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    /// The replica that answered; `None` when the mesh did.
    uid: Option<HeaderValue>,
    body: Bytes,
}

/// Nothing useful came back: the status (502 or 504) and the sentence for the client.
pub(crate) struct Failure {
    pub(crate) status: StatusCode,
    pub(crate) sentence: String,
}

impl ColorClient {
    /// A client that calls `color` through `proxy`, if there is one, and gives up after `timeout`.
    pub(crate) fn new(color: Endpoint, timeout: Duration, proxy: Option<Proxy>) -> Self {
        let mut headers = HeaderMap::new();
        headers.insert(HOST, color.host_header());
        headers.insert(ACCEPT, HeaderValue::from_static("*/*"));
        if let Some(shown) = proxy.as_ref().and_then(Proxy::authorization) {
            headers.insert(PROXY_AUTHORIZATION, shown.clone());
        }
        Self {
            http: Client::new(timeout),
            color,
            proxy,
            headers,
            timeout,
        }
    }

    /// Sends GET `path` with `query` (no question mark) to whichever replica the mesh picks, on behalf of
    /// a request of this trace.
    pub(crate) async fn call(
        &self,
        path: &'static str,
        query: Option<&str>,
        asked: &TraceContext,
    ) -> Result<Answer, Failure> {
        self.try_call(path, query, asked)
            .await
            .map_err(|error| self.failure(&error))
    }

    async fn try_call(
        &self,
        path: &'static str,
        query: Option<&str>,
        asked: &TraceContext,
    ) -> Result<Answer, FetchError> {
        let mut request = Request::new(Empty::new());
        *request.headers_mut() = self.headers.clone();
        let trace = asked.headers().iter();
        for (name, value) in trace {
            request.headers_mut().append(name, value.clone());
        }
        let target = target(path, query);
        // A proxy is told whom it is to ask.
        let (peer, uri) = match &self.proxy {
            Some(proxy) => (proxy.peer(), self.color.uri(target)),
            None => (self.color.as_str(), target.into()),
        };
        *request.uri_mut() = uri;
        let answer = self.http.send(peer, request, LONGEST_BODY).await?;
        let uid = answer.headers.get(HOST_UID);
        Ok(Answer {
            status: answer.status,
            uid: uid.filter(|uid| !uid.is_empty()).cloned(),
            body: answer.body,
        })
    }

    fn failure(&self, error: &FetchError) -> Failure {
        debug!(error = error as &dyn Error, "no answer through the mesh");
        match error {
            FetchError::TooLong => self.bad_gateway("sent an answer of more than 64 KiB"),
            FetchError::TimedOut => Failure {
                status: StatusCode::GATEWAY_TIMEOUT,
                sentence: format!(
                    "colorapp ({}) took longer than {}",
                    self.color,
                    humantime::format_duration(self.timeout)
                ),
            },
            FetchError::Unreachable(_) => self.bad_gateway("cannot be reached"),
            FetchError::Broken(_) => self.bad_gateway("ended the connection without a full answer"),
        }
    }

    fn bad_gateway(&self, what: &str) -> Failure {
        Failure {
            status: StatusCode::BAD_GATEWAY,
            sentence: format!("colorapp ({}) {what}", self.color),
        }
    }
}

impl Answer {
    /// The replica that answered; `None` when the mesh did.
    pub(crate) fn uid(&self) -> Option<Cow<'_, str>> {
        self.uid
            .as_ref()
            .map(|uid| String::from_utf8_lossy(uid.as_bytes()))
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let mut body = BytesMut::with_capacity(self.body.len() + 1);
        body.put(self.body);
        body.put_u8(b'\n');
        let mut response = Response::new(Body::from(body.freeze()));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        let text = HeaderValue::from_static("text/plain; charset=utf-8");
        headers.insert(CONTENT_TYPE, text);
        if let Some(uid) = self.uid {
            headers.insert(HOST_UID, uid);
        }
        response
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        (self.status, self.sentence + "\n").into_response()
    }
}
