//! Calling around the mesh, and reading answers without trusting their length.

use std::error::Error;
use std::fmt;
use std::time::Duration;

use axum::http::StatusCode;
use bytes::{Bytes, BytesMut};
use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder, Response};

/// Why there is no full answer.
#[derive(Debug)]
pub(crate) enum FetchError {
    /// Its body is longer than allowed.
    TooLong,
    /// It did not come, or broke off.
    Failed(reqwest::Error),
}

/// A client that calls directly, whatever proxy the environment names, and gives up after `timeout`.
pub(crate) fn direct_client(timeout: Duration) -> Client {
    Client::builder()
        .no_proxy()
        .redirect(Policy::none())
        .timeout(timeout)
        .build()
        .expect("only TLS and DNS set-ups can fail, and none is asked for")
}

/// Sends `request` and reads the answer, whose body may have `limit` bytes at most.
pub(crate) async fn fetch(
    request: RequestBuilder,
    limit: usize,
) -> Result<(StatusCode, Bytes), FetchError> {
    let response = request.send().await?;
    Ok((response.status(), read_body(response, limit).await?))
}

/// Reads the body of `response`, `limit` bytes at most.
pub(crate) async fn read_body(mut response: Response, limit: usize) -> Result<Bytes, FetchError> {
    let mut body = BytesMut::new();
    while let Some(chunk) = response.chunk().await? {
        if body.len() + chunk.len() > limit {
            return Err(FetchError::TooLong);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}

impl fmt::Display for FetchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong => f.write_str("the answer is too long"),
            Self::Failed(error) => error.fmt(f),
        }
    }
}

impl Error for FetchError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::TooLong => None,
            Self::Failed(error) => error.source(),
        }
    }
}

impl From<reqwest::Error> for FetchError {
    fn from(error: reqwest::Error) -> Self {
        Self::Failed(error)
    }
}
