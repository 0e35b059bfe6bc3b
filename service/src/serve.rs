//! An HTTP/1.1 server for a router: limits for strangers, and an end that cuts nobody off.

mod admission;
mod client;
mod limits;
mod talk;

use std::convert::Infallible;
use std::error::Error;
use std::fmt;
use std::future::{Future, poll_fn};
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::response::Response;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{HttpService, service_fn};
use hyper_util::rt::TokioIo;
use hyper_util::server::graceful::GracefulShutdown;
use rustix::io::Errno;
use tokio::net::TcpListener;
use tokio::time;
use tower::ServiceExt;
use tracing::{debug, warn};

use admission::Admission;
use client::Client;
pub use limits::Limits;
use talk::{Answer, Talk};

/// The longest head of a request, and as much of an answer as waits for a client to take it. Proxies in front let
/// heads of 60 KiB pass (Envoy's default) and add a few headers.
const BUFFER: usize = 64 * 1_024;

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

impl Grace {
    /// Of a control port, which ends when its app has: its answers take no time, so a request that is still running
    /// comes from a client that does not read.
    pub const CONTROL: Self = Self {
        delay: Duration::ZERO,
        deadline: Duration::from_secs(1),
    };
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

/// Serves `router` on `listener`, with `limits` for its clients, until `stop` resolves, then ends as `grace` says.
///
/// # Errors
/// `TimedOut` when requests had to be cut at the deadline.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    limits: Limits,
    stop: impl Future<Output = ()>,
    grace: Grace,
) -> io::Result<()> {
    let mut server = http1::Builder::new();
    server.max_buf_size(BUFFER);
    let admission = Admission::new(listener.local_addr()?, limits.connections);
    let connections = GracefulShutdown::new();
    let mut stop = pin!(async {
        stop.await;
        time::sleep(grace.delay).await;
    });
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut stop => break,
        };
        let stream = match accepted {
            Ok((stream, _)) => stream,
            Err(error) => {
                warn!(%error, "cannot accept a connection");
                if is_out_of_files(&error) {
                    admission.make_room().await;
                }
                time::sleep(ACCEPT_PAUSE).await;
                continue;
            }
        };
        let Some(place) = admission.admit().await else {
            continue;
        };
        if let Err(error) = stream.set_nodelay(true) {
            debug!(%error, "connection lost before its first request");
            continue;
        }
        let talk = Arc::clone(place.talk());
        let client = Client::new(stream, Arc::clone(&talk), limits);
        let service = answers(router.clone(), Arc::clone(&talk));
        let connection = connections.watch(server.serve_connection(TokioIo::new(client), service));
        tokio::spawn(async move {
            // Its drop comes after the connection's.
            let _place = place;
            let mut connection = pin!(connection);
            let ended = poll_fn(|cx| match connection.as_mut().poll(cx) {
                Poll::Ready(ended) => Poll::Ready(ended),
                Poll::Pending => talk.poll_leave(cx).map(Ok),
            });
            if let Err(error) = ended.await {
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
    talk: Arc<Talk>,
) -> impl HttpService<Incoming, ResBody = Answer, Error = HungUp, Future: Send> {
    service_fn(move |request: Request<Incoming>| {
        let in_flight = talk.begin();
        let answer = router.clone().oneshot(request);
        async move {
            let Ok::<Response, Infallible>(response) = answer.await;
            match response.extensions().get::<HangUp>() {
                Some(HangUp) => Err(HungUp),
                None => Ok(response.map(in_flight)),
            }
        }
    })
}

fn is_out_of_files(error: &io::Error) -> bool {
    let of_process_or_system = [Errno::MFILE, Errno::NFILE];
    Errno::from_io_error(error).is_some_and(|errno| of_process_or_system.contains(&errno))
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
