//! HTTP/1.1 to others: connections that are kept, one deadline for a whole exchange, answers of bounded
//! length.
//!
//! Whoever waits for an answer drives the connection that it comes on, so that nothing is handed from
//! task to task. Redirects are not followed, and no proxy is used unless the caller connects to one.

mod connection;
mod error;
mod pool;

use std::sync::Arc;
use std::time::Duration;

use axum::http::header::HOST;
use axum::http::uri::PathAndQuery;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use bytes::Bytes;
use http_body_util::Empty;
use tokio::time;

use connection::{Connection, Sent};
use pool::Pool;

pub(crate) use error::FetchError;

/// What is asked here has no body.
pub(crate) type Request = axum::http::Request<Empty<Bytes>>;

/// A client with connections of its own.
pub(crate) struct Client {
    pool: Arc<Pool>,
    timeout: Duration,
}

/// An answer, all of it.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Client {
    /// A client that gives up `timeout` after it was asked.
    pub(crate) fn new(timeout: Duration) -> Self {
        Self {
            pool: Arc::default(),
            timeout,
        }
    }

    /// Sends `request`, which has all its headers, over a connection to `peer` (host:port). The answer's
    /// body may have `limit` bytes at most.
    ///
    /// # Errors
    /// When no whole answer comes in time.
    pub(crate) async fn send(
        &self,
        peer: &str,
        request: Request,
        limit: usize,
    ) -> Result<Answer, FetchError> {
        time::timeout(self.timeout, self.exchange(peer, request, limit))
            .await
            .unwrap_or(Err(FetchError::TimedOut))
    }

    /// Asks `peer` (host:port) itself for `target`.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub(crate) async fn fetch(
        &self,
        method: Method,
        peer: &str,
        target: PathAndQuery,
        limit: usize,
    ) -> Result<(StatusCode, Bytes), FetchError> {
        let mut request = Request::new(Empty::new());
        *request.method_mut() = method;
        *request.uri_mut() = target.into();
        let host = HeaderValue::from_str(peer).expect("host:port is visible ASCII");
        request.headers_mut().insert(HOST, host);
        let answer = self.send(peer, request, limit).await?;
        Ok((answer.status, answer.body))
    }

    async fn exchange(
        &self,
        peer: &str,
        mut request: Request,
        limit: usize,
    ) -> Result<Answer, FetchError> {
        loop {
            // A connection that was kept may turn out to be over before anything was sent on it.
            let (mut connection, is_new) = match self.pool.take(peer) {
                Some(kept) => (kept, false),
                None => (Connection::open(peer).await?, true),
            };
            match connection.send(request, limit).await? {
                Sent::Answered(answer) => {
                    self.pool.put(peer, connection);
                    return Ok(answer);
                }
                Sent::Unsent(error, _) if is_new => return Err(error.into()),
                Sent::Unsent(_, unsent) => request = *unsent,
            }
        }
    }
}

/// What to ask for: `path` with `query`, no question mark, which goes on as it came.
pub(crate) fn target(path: &'static str, query: Option<&str>) -> PathAndQuery {
    match query {
        None => PathAndQuery::from_static(path),
        Some(query) => format!("{path}?{query}")
            .parse()
            .expect("what was a query, or parts of one, is one again"),
    }
}
