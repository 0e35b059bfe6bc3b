//! The way to colorapp through the mesh. The mesh picks the replica; the header `HostUID` says which
//! one it was, and an answer without it was made by the mesh itself.

use std::borrow::Cow;
use std::error::Error;
use std::time::Duration;

use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use bytes::{Bytes, BytesMut};
use reqwest::redirect::Policy;
use reqwest::{Client, Proxy};
use service::TraceContext;
use tracing::debug;

use crate::Endpoint;
use crate::fetch::{FetchError, read_body};

/// The header in which a replica of colorapp gives its name.
const HOST_UID: HeaderName = HeaderName::from_static("hostuid");

/// No answer of colorapp comes near it; a longer one is a mistake that must not fill the memory.
const LONGEST_BODY: usize = 64 * 1024;

/// A client for colorapp behind the mesh.
pub(crate) struct ColorClient {
    http: Client,
    color: Endpoint,
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
        // `no_proxy` keeps reqwest from reading the environment of the process by itself.
        let mut http = Client::builder()
            .no_proxy()
            .redirect(Policy::none())
            .timeout(timeout);
        if let Some(proxy) = proxy {
            http = http.proxy(proxy);
        }
        let http = http
            .build()
            .expect("only TLS and DNS set-ups can fail, and none is asked for");
        Self {
            http,
            color,
            timeout,
        }
    }

    /// Sends GET `path` with `query` (no question mark) to whichever replica the mesh picks, on behalf of
    /// a request of this trace.
    pub(crate) async fn call(
        &self,
        path: &str,
        query: Option<&str>,
        asked: &TraceContext,
    ) -> Result<Answer, Failure> {
        self.try_call(path, query, asked)
            .await
            .map_err(|error| self.failure(&error))
    }

    async fn try_call(
        &self,
        path: &str,
        query: Option<&str>,
        asked: &TraceContext,
    ) -> Result<Answer, FetchError> {
        let request = self.http.get(self.color.url(path, query));
        let response = request.headers(asked.headers().clone()).send().await?;
        let uid = response.headers().get(HOST_UID);
        Ok(Answer {
            status: response.status(),
            uid: uid.filter(|uid| !uid.is_empty()).cloned(),
            body: read_body(response, LONGEST_BODY).await?,
        })
    }

    fn failure(&self, error: &FetchError) -> Failure {
        debug!(error = error as &dyn Error, "no answer through the mesh");
        match error {
            FetchError::TooLong => self.bad_gateway("sent an answer of more than 64 KiB"),
            FetchError::Failed(error) if error.is_timeout() => Failure {
                status: StatusCode::GATEWAY_TIMEOUT,
                sentence: format!(
                    "colorapp ({}) took longer than {}",
                    self.color,
                    humantime::format_duration(self.timeout)
                ),
            },
            FetchError::Failed(error) if error.is_connect() => {
                self.bad_gateway("cannot be reached")
            }
            FetchError::Failed(_) => self.bad_gateway("ended the connection without a full answer"),
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
        let mut body = BytesMut::from(self.body);
        body.extend_from_slice(b"\n");
        let mut response = (self.status, body.freeze()).into_response();
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
