//! One connection to a host.

use std::future::{Future, poll_fn};
use std::io;
use std::pin::{Pin, pin};
use std::rc::{Rc, Weak};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use http::header::CONNECTION;
use http::{Request, Response, Version};
use hyper::body::Incoming;
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use rustix::io::Errno;
use tokio::net::TcpStream;
use tokio::time::{self, Instant};

use super::failure::Failure;
use super::pool::HostPool;
use super::request_body::RequestBody;
use crate::cluster::{Cluster, Host};

/// How long a host may take to accept a connection: Envoy's default `connect_timeout`.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// A connection to a host, and whoever holds it drives it.
pub(super) struct Connection {
    /// The first to be dropped: when the host sees the end, it is counted.
    open: Open,
    sender: SendRequest<RequestBody>,
    /// `None` when the connection is over. It is dropped then, not kept: only its drop tells the sender
    /// that nobody will take its request any more.
    driver: Option<Pin<Box<Driver>>>,
    /// The host's when the connection was made.
    generation: u64,
    /// The host answers in HTTP/1.0, and hyper would ask in it from then on.
    is_old: bool,
    /// The host has said something of the connection's future with its last answer.
    may_be_last: bool,
    /// It has brought no answer yet.
    is_new: bool,
    /// Until when it may wait for its next request; set where there is a limit to that.
    idle_until: Option<Instant>,
}

type Driver = http1::Connection<TokioIo<TcpStream>, RequestBody>;

/// Counts a connection as open from its beginning, and its end when it is dropped.
pub(super) struct Open {
    cluster: Arc<Cluster>,
    host: Arc<Host>,
    /// Where it belongs, which hears of its end.
    pool: Weak<HostPool>,
    is_made: bool,
    /// Whether the host ended it. Else we did, by letting go of it.
    by_host: bool,
    /// It ended in the middle of an answer's head.
    in_head: bool,
    /// A request is on it whose answer is not complete.
    with_request: bool,
}

/// What came of sending a request.
pub(super) enum Sent {
    /// The head of an answer.
    Answered(Response<Incoming>),
    /// The connection was over before anything was sent; the request is unharmed.
    Unsent(Box<Request<RequestBody>>),
    /// No answer.
    Failed(Failure),
}

impl Connection {
    /// Connects.
    ///
    /// # Errors
    /// [`Failure::Overflow`] when this process has no file left for it, [`Failure::Unreachable`] and
    /// [`Failure::ConnectTimeout`] as the names say.
    pub(super) async fn make(mut open: Open) -> Result<Self, Failure> {
        let start = Instant::now();
        let generation = open.host.generation();
        let connecting = TcpStream::connect(open.host.address());
        let stream = match time::timeout(CONNECT_TIMEOUT, connecting).await {
            Ok(Ok(stream)) => stream,
            // Nothing was asked of the host, so nothing is held against it.
            Ok(Err(error)) if is_out_of_files(&error) => {
                open.cluster.stats().upstream_cx_overflow.inc();
                return Err(Failure::Overflow);
            }
            Ok(Err(_)) => {
                open.by_host = true;
                return Err(open.failed(Failure::Unreachable));
            }
            Err(_) => {
                open.cluster.stats().upstream_cx_connect_timeout.inc();
                return Err(open.failed(Failure::ConnectTimeout));
            }
        };
        let took = start.elapsed();
        open.cluster.stats().upstream_cx_connect_ms.record(took);
        stream.set_nodelay(true).map_err(|_| Failure::Termination)?;
        // With hyper's default of a hundred header fields in an answer, as in Envoy.
        let (sender, driver) = http1::Builder::new()
            .allow_obsolete_multiline_headers_in_responses(true)
            .handshake(TokioIo::new(stream))
            .await
            .map_err(|_| Failure::Termination)?;
        open.made();
        Ok(Self {
            open,
            sender,
            driver: Some(Box::pin(driver)),
            generation,
            is_old: false,
            may_be_last: false,
            is_new: true,
            idle_until: None,
        })
    }

    pub(super) fn host(&self) -> &Arc<Host> {
        &self.open.host
    }

    /// Whether the host is there and was not ejected since the connection was made.
    pub(super) fn is_current(&self) -> bool {
        self.open.host.keeps(self.generation)
    }

    /// Whether it has brought no answer yet.
    pub(super) fn is_new(&self) -> bool {
        self.is_new
    }

    /// It waits for its next request from now on, for `limit` at most.
    pub(super) fn idles(&mut self, limit: Option<Duration>) {
        self.idle_until = limit.map(|limit| Instant::now() + limit);
    }

    /// Until when it may wait for its next request.
    pub(super) fn idle_until(&self) -> Option<Instant> {
        self.idle_until
    }

    /// Whether it has waited for its next request for as long as it may.
    pub(super) fn is_idle_since_too_long(&self) -> bool {
        self.idle_until.is_some_and(|until| until <= Instant::now())
    }

    /// Sends `request` and waits for the head of its answer.
    pub(super) async fn send(&mut self, request: Request<RequestBody>) -> Sent {
        self.open.with_request = true;
        let mut answer = pin!(self.sender.try_send_request(request));
        let (driver, open) = (&mut self.driver, &mut self.open);
        let answered = poll_fn(|cx| {
            // Driving it may bring the answer, or the end of the connection and so the end of the wait.
            if drive(driver, cx, open).is_ready() {
                open.by_host = true;
            }
            answer.as_mut().poll(cx)
        })
        .await;
        match answered {
            Ok(response) => {
                self.is_new = false;
                self.is_old = response.version() == Version::HTTP_10;
                self.may_be_last = self.is_old || response.headers().contains_key(CONNECTION);
                Sent::Answered(response)
            }
            Err(mut error) => {
                if let Some(request) = error.take_message() {
                    self.open.with_request = false;
                    return Sent::Unsent(Box::new(request));
                }
                let failure = if self.open.in_head {
                    Failure::Protocol
                } else {
                    failure_of(error.error())
                };
                // What cannot be understood ends the connection from this side.
                self.open.by_host &= failure != Failure::Protocol;
                Sent::Failed(failure)
            }
        }
    }

    /// The answer to the last request is complete.
    pub(super) fn complete(&mut self) {
        self.open.with_request = false;
    }

    /// Lets the connection get on with what it does; ready when it is over.
    pub(super) fn poll_drive(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let over = drive(&mut self.driver, cx, &mut self.open);
        self.open.by_host |= over.is_ready();
        over
    }

    /// Whether the last answer may have been the connection's last.
    pub(super) fn may_be_over(&self) -> bool {
        self.may_be_last
    }

    /// Brings an exchange to its end; `false` when the connection cannot take another one.
    pub(super) fn settles(&mut self, cx: &mut Context<'_>) -> bool {
        self.poll_drive(cx).is_pending() && self.sender.is_ready() && !self.is_old
    }

    /// Closes it because we want it so.
    pub(super) fn close_locally(self) {
        drop(self);
    }
}

/// Polls the connection and drops it at its end; why it ended is told to whoever waits for an answer.
fn drive(driver: &mut Option<Pin<Box<Driver>>>, cx: &mut Context<'_>, open: &mut Open) -> Poll<()> {
    let Some(alive) = driver else {
        return Poll::Ready(());
    };
    let ended = alive.as_mut().poll(cx);
    ended.map(|_told| {
        if let Some(driver) = driver.take() {
            let left = Pin::into_inner(driver).into_parts().read_buf;
            open.in_head = !left.is_empty();
        }
    })
}

/// Whether there are as many files open, in this process or all over the system, as there may be.
pub(super) fn is_out_of_files(error: &io::Error) -> bool {
    let error = Errno::from_io_error(error);
    matches!(error, Some(Errno::MFILE | Errno::NFILE))
}

/// What hyper's error means for the client and the host.
fn failure_of(error: &hyper::Error) -> Failure {
    if error.is_parse() {
        Failure::Protocol
    } else {
        Failure::Termination
    }
}

impl Open {
    /// A connection of `pool` begins; it is counted already in `upstream_cx_active`, which has a limit.
    pub(super) fn begin(pool: &Rc<HostPool>) -> Self {
        let (cluster, host) = (pool.cluster(), pool.host());
        cluster.stats().upstream_cx_total.inc();
        host.stats().cx_total.inc();
        host.stats().cx_active.inc();
        Self {
            cluster: Arc::clone(cluster),
            host: Arc::clone(host),
            pool: Rc::downgrade(pool),
            is_made: false,
            by_host: false,
            in_head: false,
            with_request: false,
        }
    }

    fn failed(&self, failure: Failure) -> Failure {
        self.cluster.stats().upstream_cx_connect_fail.inc();
        self.host.stats().cx_connect_fail.inc();
        failure
    }

    fn made(&mut self) {
        self.is_made = true;
        if let Some(pool) = self.pool.upgrade() {
            pool.made();
        }
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        let stats = self.cluster.stats();
        stats.upstream_cx_active.dec();
        self.host.stats().cx_active.dec();
        let (destroyed, with_request) = if self.by_host {
            (
                &stats.upstream_cx_destroy_remote,
                &stats.upstream_cx_destroy_remote_with_active_rq,
            )
        } else {
            (
                &stats.upstream_cx_destroy_local,
                &stats.upstream_cx_destroy_local_with_active_rq,
            )
        };
        destroyed.inc();
        if self.with_request {
            with_request.inc();
        }
        if let Some(pool) = self.pool.upgrade() {
            pool.closed(self.is_made);
        }
    }
}
