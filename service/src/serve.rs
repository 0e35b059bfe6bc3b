//! An HTTP/1.1 server for a router: limits for strangers, and an end that cuts nobody off.

use std::convert::Infallible;
use std::error::Error;
use std::fmt;
use std::future::Future;
use std::io;
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::response::Response;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{HttpService, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::TcpListener;
use tokio::time;
use tower::ServiceExt;
use tracing::{debug, warn};

/// The longest a connection may sit without a complete request head.
///
/// It bounds idle keep-alive connections too, so it is longer than any proxy in front keeps an idle one:
/// a server that closes first makes the proxy lose a request now and then.
const IDLE_TIMEOUT: Duration = Duration::from_secs(3_600);

/// How long to wait after a failed accept (out of file descriptors, most often) before the next one.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// In the extensions of a response: close the connection in place of the answer.
#[derive(Clone, Copy, Debug)]
pub struct HangUp;

/// How the end of a server goes: first `delay` passes with the server still open, so that those who
/// look at readiness hear of it, then requests in flight get `deadline` to finish.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grace {
    /// From the request to stop until new connections are refused.
    pub delay: Duration,
    /// From then on until requests still running are cut.
    pub deadline: Duration,
}

impl Default for Grace {
    /// No delay, and ten seconds for what runs.
    fn default() -> Self {
        Self {
            delay: Duration::ZERO,
            deadline: Duration::from_secs(10),
        }
    }
}

/// Serves `router` on `listener` until `stop` resolves, then ends as `grace` says.
///
/// # Errors
/// `TimedOut` when requests had to be cut at the deadline.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    stop: impl Future<Output = ()>,
    grace: Grace,
) -> io::Result<()> {
    let mut server = http1::Builder::new();
    server
        .timer(TokioTimer::new())
        .header_read_timeout(IDLE_TIMEOUT);
    let connections = GracefulShutdown::new();
    let stop = async {
        stop.await;
        time::sleep(grace.delay).await;
    };
    tokio::pin!(stop);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut stop => break,
        };
        let stream = match accepted {
            Ok((stream, _)) => stream,
            Err(error) => {
                warn!(%error, "cannot accept a connection");
                time::sleep(ACCEPT_PAUSE).await;
                continue;
            }
        };
        if let Err(error) = stream.set_nodelay(true) {
            debug!(%error, "connection lost before its first request");
            continue;
        }
        let service = answers(router.clone());
        let connection = connections.watch(server.serve_connection(TokioIo::new(stream), service));
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                debug!(%error, "connection ended early");
            }
        });
    }
    drop(listener);
    time::timeout(grace.deadline, connections.shutdown())
        .await
        .map_err(|_| {
            io::Error::new(
                io::ErrorKind::TimedOut,
                "requests were cut at the stop deadline",
            )
        })
}

/// The router as hyper wants it. An error makes hyper close the connection without a word.
fn answers(
    router: Router,
) -> impl HttpService<Incoming, ResBody = axum::body::Body, Error = HungUp, Future: Send> {
    service_fn(move |request: Request<Incoming>| {
        let answer = router.clone().oneshot(request);
        async move {
            let Ok::<Response, Infallible>(response) = answer.await;
            match response.extensions().get::<HangUp>() {
                Some(HangUp) => Err(HungUp),
                None => Ok(response),
            }
        }
    })
}

/// The handler asked for [`HangUp`].
#[derive(Debug)]
struct HungUp;

impl fmt::Display for HungUp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("hung up on request of the handler")
    }
}

impl Error for HungUp {}
