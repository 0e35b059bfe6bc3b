//! One attempt at one host, from the pick to the last byte of the answer, and what is counted for it.

use std::error::Error;
use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http::header::{CONTENT_LENGTH, TRANSFER_ENCODING};
use http::{HeaderValue, Response, StatusCode, response};
use http_body::{Body, SizeHint};
use hyper::body::Incoming;
use tokio::time::Instant;

use super::alarm::Alarm;
use super::balancer::Balancer;
use super::failure::Failure;
use super::pool::Pool;
use super::request_body::{Limits, Source};
use super::response_body::Truncated;
use super::upstream::Connection;
use crate::cluster::{Cluster, Host};
use crate::mesh::ClusterId;

/// The attempt. Dropped before its end it counts as cancelled: the client went away (FACTS 3.5).
pub(super) struct Exchange {
    balancer: Rc<Balancer>,
    cluster: ClusterId,
    host: Arc<Host>,
    /// Whether it counts as a request to the host.
    active: bool,
    /// The connection while there is more to come on it.
    connection: Option<Connection>,
    body: Option<Incoming>,
    start: Instant,
    /// The client's side of it, which may be to blame.
    request: Source,
    /// Set once the answer's head is on its way.
    limits: Option<(Limits, Alarm)>,
    over: bool,
}

/// An attempt whose answer's head is here.
pub(super) struct Attempted {
    head: response::Parts,
    exchange: Exchange,
}

impl Exchange {
    /// `host` was picked.
    pub(super) fn begin(
        balancer: Rc<Balancer>,
        cluster: ClusterId,
        host: Arc<Host>,
        request: Source,
    ) -> Self {
        Self {
            balancer,
            cluster,
            host,
            active: false,
            connection: None,
            body: None,
            start: Instant::now(),
            request,
            limits: None,
            over: false,
        }
    }

    pub(super) fn host(&self) -> &Arc<Host> {
        &self.host
    }

    /// There is a connection for the request. One that finds none is not counted as a request to the host.
    pub(super) fn connected(&mut self) {
        if std::mem::replace(&mut self.active, true) {
            return;
        }
        let stats = self.of_cluster().stats();
        let host = self.host.stats();
        stats.upstream_rq_total.inc();
        stats.upstream_rq_active.inc();
        host.rq_total.inc();
        host.rq_active.inc();
    }

    /// Keeps the connection for the rest of the answer.
    pub(super) fn hold(
        &mut self,
        connection: Connection,
        response: Response<Incoming>,
    ) -> Result<Response<Incoming>, Failure> {
        if !is_sound(&response) {
            connection.close_locally();
            return Err(Failure::Protocol);
        }
        self.connection = Some(connection);
        Ok(response)
    }

    /// The head of the answer is here; it counts for the host at once.
    pub(super) fn answered(mut self, response: Response<Incoming>) -> Attempted {
        let (head, body) = response.into_parts();
        self.count(head.status);
        if body.is_end_stream() {
            self.finish();
        } else {
            self.body = Some(body);
        }
        Attempted {
            head,
            exchange: self,
        }
    }

    /// There is no answer, and the host is to blame, unless the time was over before there was a connection to
    /// it (FACTS 15.7).
    pub(super) fn failed(mut self, failure: Failure) {
        let stats = self.of_cluster().stats();
        if failure == Failure::Timeout && !self.active {
            return stats.upstream_rq_timeout.inc();
        }
        if failure.is_connect_failure() {
            stats.upstream_rq_pending_failure_eject.inc();
        }
        match failure {
            Failure::Timeout => stats.upstream_rq_timeout.inc(),
            Failure::PerTryTimeout => stats.upstream_rq_per_try_timeout.inc(),
            Failure::Protocol => stats.upstream_cx_protocol_error.inc(),
            _ => {}
        }
        if matches!(failure, Failure::Timeout | Failure::PerTryTimeout) {
            self.host.stats().rq_timeout.inc();
        }
        if failure != Failure::Overflow {
            self.count(failure.status());
        }
        self.over = true;
    }

    /// The next bytes of the answer. Trailers are dropped, as Envoy drops them by default.
    pub(super) fn poll_chunk(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Truncated>>> {
        let mut driven = false;
        loop {
            let Some(body) = &mut self.body else {
                return Poll::Ready(None);
            };
            match Pin::new(&mut *body).poll_frame(cx) {
                Poll::Ready(Some(Ok(frame))) => {
                    if body.is_end_stream() {
                        self.finish();
                    }
                    if let Ok(chunk) = frame.into_data() {
                        return Poll::Ready(Some(Ok(chunk)));
                    }
                }
                Poll::Ready(Some(Err(error))) => {
                    return Poll::Ready(Some(Err(self.truncated(&error))));
                }
                Poll::Ready(None) => self.finish(),
                Poll::Pending if driven => return self.poll_deadline(cx),
                Poll::Pending => {
                    driven = true;
                    self.drive(cx);
                }
            }
        }
    }

    /// Whether nothing more comes.
    pub(super) fn is_over(&self) -> bool {
        self.over
    }

    pub(super) fn size_hint(&self) -> SizeHint {
        self.body
            .as_ref()
            .map_or_else(|| SizeHint::with_exact(0), Body::size_hint)
    }

    fn of_cluster(&self) -> &Cluster {
        self.pool().cluster()
    }

    fn pool(&self) -> &Pool {
        self.balancer.pool(self.cluster)
    }

    fn count(&self, status: StatusCode) {
        let cluster = self.of_cluster();
        let host = self.host.stats();
        if status.as_u16() >= 500 {
            &host.rq_error
        } else {
            &host.rq_success
        }
        .inc();
        cluster.record(&self.host, status.as_u16());
    }

    /// Lets the connection bring more of the body, or its end.
    fn drive(&mut self, cx: &mut Context<'_>) {
        let over = self
            .connection
            .as_mut()
            .is_some_and(|connection| connection.poll_drive(cx).is_ready());
        if over {
            self.connection = None;
        }
    }

    /// The time may be over in the middle of the answer. The host's answer has counted already, and who
    /// of the two is slow cannot be told, so nobody is blamed.
    fn poll_deadline(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, Truncated>>> {
        let limits = self.limits.as_ref();
        let Some((deadline, failure, alarm)) = limits.and_then(|(limits, alarm)| {
            let (deadline, failure) = self.request.deadline(*limits)?;
            Some((deadline, failure, alarm))
        }) else {
            return Poll::Pending;
        };
        ready!(alarm.poll_at(cx, deadline));
        if failure == Failure::Timeout {
            self.of_cluster().stats().upstream_rq_timeout.inc();
            self.host.stats().rq_timeout.inc();
            self.over = true;
        }
        Poll::Ready(Some(Err(Truncated)))
    }

    /// The answer is complete: the connection may take the next request, unless it is still to take the rest
    /// of this one.
    fn finish(&mut self) {
        self.over = true;
        self.body = None;
        self.of_cluster()
            .stats()
            .upstream_rq_time
            .record(self.start.elapsed());
        if let Some(mut connection) = self.connection.take() {
            connection.complete();
            if self.request.is_complete() {
                self.pool().put(connection);
            } else {
                connection.close_locally();
            }
        }
    }

    /// The answer broke off: one more error for the host (FACTS 3.4), unless the client broke off its
    /// request first.
    fn truncated(&mut self, error: &hyper::Error) -> Truncated {
        self.body = None;
        self.connection = None;
        if !self.request.is_broken() {
            self.over = true;
            let cluster = self.of_cluster();
            // An end in the middle is no HTTP; a reset says nothing about what was sent.
            let cause = error.source().and_then(|it| it.downcast_ref::<io::Error>());
            let reset = cause.is_some_and(|it| it.kind() == io::ErrorKind::ConnectionReset);
            if reset {
                cluster.stats().upstream_rq_rx_reset.inc();
            } else {
                cluster.stats().upstream_cx_protocol_error.inc();
            }
            cluster.record(&self.host, StatusCode::SERVICE_UNAVAILABLE.as_u16());
        }
        Truncated
    }
}

impl Attempted {
    pub(super) fn status(&self) -> StatusCode {
        self.head.status
    }

    /// Gives the answer up for another attempt.
    pub(super) fn discard(mut self) {
        self.exchange.over = true;
    }

    /// The head, and the rest of the exchange, which keeps to `limits`.
    pub(super) fn into_parts(
        mut self,
        start: Instant,
        limits: Limits,
        alarm: Alarm,
    ) -> (response::Parts, Exchange) {
        self.exchange.start = start;
        self.exchange.limits = Some((limits, alarm));
        (self.head, self.exchange)
    }
}

/// Whether an answer is one that can be passed on: framed once and in a way that is understood, without
/// a body where there is none, and no switch of protocols, which was not asked for.
fn is_sound<B>(response: &Response<B>) -> bool {
    let headers = response.headers();
    let mut lengths = headers.get_all(CONTENT_LENGTH).iter();
    let length = lengths.next();
    let framed_once = match headers.get(TRANSFER_ENCODING) {
        None => lengths.next().is_none() && length.is_none_or(is_number),
        Some(coding) => {
            length.is_none()
                && coding.as_bytes().eq_ignore_ascii_case(b"chunked")
                && headers.get_all(TRANSFER_ENCODING).iter().count() == 1
        }
    };
    framed_once
        && match response.status() {
            StatusCode::SWITCHING_PROTOCOLS => false,
            StatusCode::NO_CONTENT => {
                length.is_none_or(|length| length == "0")
                    && !headers.contains_key(TRANSFER_ENCODING)
            }
            _ => true,
        }
}

/// hyper takes lists of the same number, too.
fn is_number(length: &HeaderValue) -> bool {
    length.as_bytes().iter().all(u8::is_ascii_digit)
}

impl Drop for Exchange {
    fn drop(&mut self) {
        let cluster = self.of_cluster();
        if self.active {
            cluster.stats().upstream_rq_active.dec();
            self.host.stats().rq_active.dec();
        }
        if !self.over {
            cluster.stats().upstream_rq_cancelled.inc();
        }
        if let Some(connection) = self.connection.take() {
            connection.close_locally();
        }
    }
}
