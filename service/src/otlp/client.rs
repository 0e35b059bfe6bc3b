//! The way to a collector: one request on one connection, without TLS, in the program's own runtime.

use std::io;
use std::pin::Pin;
use std::time::Duration;

use axum::http::header::HOST;
use axum::http::{HeaderValue, Uri};
use http_body_util::{BodyExt, Full, Limited};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use tokio::net::TcpStream;
use tokio::runtime::Handle;
use tokio::time::timeout;

/// No collector's answer comes near it.
const LONGEST_ANSWER: usize = 64 * 1024;

/// The SDK asks from a thread of its own, in which there is no runtime, and waits there for as long as the answer takes.
#[derive(Debug)]
pub(super) struct Client {
    runtime: Handle,
    patience: Duration,
}

impl Client {
    /// One that connects in the runtime of the caller, and gives a collector `patience` for its answer.
    pub(super) fn new(patience: Duration) -> Self {
        Self {
            runtime: Handle::current(),
            patience,
        }
    }
}

impl HttpClient for Client {
    fn send_bytes<'a, 'b>(
        &'a self,
        request: Request<Bytes>,
    ) -> Pin<Box<dyn Future<Output = Result<Response<Bytes>, HttpError>> + Send + 'b>>
    where
        'a: 'b,
        Self: 'b,
    {
        let patience = self.patience;
        let answer = async move { timeout(patience, send(request)).await? };
        let answer = self.runtime.spawn(answer);
        Box::pin(async { answer.await? })
    }
}

async fn send(request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
    let (mut head, body) = request.into_parts();
    let unusable = || io::Error::new(io::ErrorKind::InvalidInput, "the endpoint names no host");
    let authority = head.uri.authority().cloned().ok_or_else(unusable)?;
    let port = authority.port_u16().unwrap_or(80);
    // Brackets around an address of IPv6 are for URLs only.
    let host = authority.host().trim_matches(['[', ']']);
    let stream = TcpStream::connect((host, port)).await?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    let path = head.uri.path_and_query().cloned();
    head.uri = path.map_or_else(Uri::default, Uri::from);
    let host = authority.as_str().rsplit('@').next().unwrap_or_default();
    head.headers.insert(HOST, HeaderValue::from_str(host)?);
    let exchange = async {
        let answer = sender.send_request(Request::from_parts(head, Full::new(body)));
        let (head, body) = answer.await?.into_parts();
        let body = Limited::new(body, LONGEST_ANSWER).collect().await?;
        Ok(Response::from_parts(head, body.to_bytes()))
    };
    tokio::select! {
        answer = exchange => answer,
        // What is left of the answer comes after the connection has ended, if it ends first.
        Err(error) = connection => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use tokio::net::TcpListener;

    use super::*;

    /// The time passes as soon as nothing else happens. Who asks is a thread without a runtime, as the SDK's.
    #[tokio::test(start_paused = true)]
    async fn a_collector_that_never_answers_is_given_up() {
        let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = silent.local_addr().unwrap();
        let request = Request::post(format!("http://{at}/v1/traces")).body(Bytes::new());
        let client = Client::new(Duration::from_secs(10));
        let ask = || client.send_bytes(request.unwrap());
        let asked = thread::scope(|scope| scope.spawn(ask).join().unwrap());
        let error = asked.await.unwrap_err();
        assert!(error.to_string().contains("deadline"), "{error}");
    }
}
