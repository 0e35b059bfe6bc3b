//! All requests of one client, one after the other.

use std::rc::Rc;
use std::sync::Arc;

use http::StatusCode;
use http1::{RequestHead, Room};
use tracing::{debug, trace};

use super::answer::Answer;
use super::balancer::Balancer;
use super::client::{Client, End};
use super::drain::Watch;
use super::failure::Failure;
use super::forward::Job;
use super::limits::Limits;
use super::request::{Request, Rules, Task};
use super::request_body::{self, Memory, RequestBody};
use super::router::Router;
use super::shape;
use crate::metrics::Downstream;

/// What a head for a host takes at most of a connection's memory between two requests.
const KEPT_HEAD: usize = 4 << 10;

/// The word for a client that waits for it (RFC 9110 15.2.1).
const CONTINUE: &[u8] = b"HTTP/1.1 100 Continue\r\n\r\n";

/// What the conversations of one listener have in common, on one worker.
#[derive(Clone)]
pub(super) struct Service {
    pub(super) router: Arc<Router>,
    pub(super) balancer: Rc<Balancer>,
    pub(super) downstream: Arc<Downstream>,
    pub(super) limits: Limits,
    /// The worker's.
    pub(super) memory: Memory,
}

/// What an answer means for the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    /// It takes the next request.
    GoesOn,
    /// It is over behind this answer.
    Ends,
    /// The client has left already.
    Gone,
}

/// Counts a request as active until its answer's head is there, or its client is gone.
pub(super) struct Active<'a>(&'a Downstream);

impl Service {
    /// Serves `client` until it leaves, or until `drain` and the end of its request.
    pub(super) async fn converse(&self, client: &mut Client, mut drain: Watch) {
        let mut head = Vec::new();
        loop {
            let read = |bytes: &[u8]| self.read(bytes, &mut head);
            let request = match client.request(&mut drain, read).await {
                Ok(request) => request,
                Err(end) => return self.end(client, end).await,
            };
            match self.answer(client, request, &mut head, &drain).await {
                Ending::GoesOn => {}
                Ending::Ends => return client.linger().await,
                Ending::Gone => return,
            }
            head.clear();
            head.shrink_to(KEPT_HEAD);
        }
    }

    /// The request whose head `bytes` begin with, and how many of them it takes. The head for a host is written
    /// to `out`.
    fn read(&self, bytes: &[u8], out: &mut Vec<u8>) -> Result<Option<(Request<'_>, usize)>, End> {
        let mut room = Room::new(self.limits.headers);
        let parsed = RequestHead::parse(bytes, &mut room).map_err(End::Malformed)?;
        let Some((head, size)) = parsed else {
            return Ok(None);
        };
        if size > self.limits.head_bytes {
            return Err(End::TooLarge);
        }
        trace!(method = head.method, target = head.target, "request");
        let rules = Rules {
            router: &self.router,
            balancer: &self.balancer,
            downstream: &self.downstream,
        };
        Ok(Some((rules.judge(&head, out), size)))
    }

    async fn answer(
        &self,
        client: &mut Client,
        request: Request<'_>,
        head: &mut Vec<u8>,
        drain: &Watch,
    ) -> Ending {
        let active = Active::begin(&self.downstream);
        let about = request.about;
        let forward = match request.task {
            Task::Forward(forward) => forward,
            Task::Answer(answer) => {
                let answer = answer.closing(about.closes || drain.is_on());
                active.completed(answer.status);
                answer.write(client.output(), about.to_head);
                return match client.flush().await {
                    Ok(()) if answer.closes() => Ending::Ends,
                    Ok(()) => Ending::GoesOn,
                    Err(_) => Ending::Gone,
                };
            }
        };
        if about.waits {
            client.output().extend_from_slice(CONTINUE);
            if client.flush().await.is_err() {
                return Ending::Gone;
            }
        }
        let patience = self.limits.patience;
        let limits = request_body::Limits {
            answer: forward.timeout,
            body_pause: patience.body,
            body: patience.request,
        };
        let keeps = forward.routed.retry.retries();
        let overhead = self.limits.head_bytes;
        let body = RequestBody::new(about.length, overhead, keeps, &self.memory);
        let mut job = Job {
            client,
            balancer: &self.balancer,
            about,
            forward,
            head,
            body,
            limits,
            active: Some(active),
            drain,
            retries: 0,
        };
        job.run().await
    }

    /// There is no further request.
    async fn end(&self, client: &mut Client, end: End) {
        debug!(?end, "a conversation ended");
        let answer = match end {
            End::Closed => return,
            End::Idle => return self.downstream.downstream_cx_idle_timeout.inc(),
            End::Late => {
                self.downstream.downstream_rq_timeout.inc();
                Answer::refusal(StatusCode::REQUEST_TIMEOUT)
            }
            End::TooLarge => {
                self.downstream.downstream_cx_protocol_error.inc();
                Answer::refusal(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE)
            }
            End::Malformed(malformed) => {
                self.downstream.downstream_cx_protocol_error.inc();
                shape::malformed(malformed)
            }
        };
        client.waits();
        answer.write(client.output(), false);
        if client.flush().await.is_ok() {
            client.linger().await;
        }
    }
}

impl<'a> Active<'a> {
    fn begin(downstream: &'a Downstream) -> Self {
        downstream.downstream_rq_total.inc();
        downstream.downstream_rq_active.inc();
        Self(downstream)
    }

    /// The head of its answer is here.
    pub(super) fn completed(self, status: StatusCode) {
        self.0.completed(status.as_u16());
    }

    /// It ended so: what is counted of that.
    pub(super) fn failed(&self, failure: Failure) {
        match failure {
            Failure::ClientStalled => self.0.downstream_rq_idle_timeout.inc(),
            Failure::ClientLate => self.0.downstream_rq_timeout.inc(),
            _ => {}
        }
    }
}

impl Drop for Active<'_> {
    fn drop(&mut self) {
        self.0.downstream_rq_active.dec();
    }
}
