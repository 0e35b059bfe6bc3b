//! One request: route it, try hosts until one answers or the policy says stop, pass the answer on.

use std::cell::{Cell, RefCell};
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Poll, ready};

use http::header::HOST;
use http::request::Parts;
use http::{Request, Response, StatusCode, Version};
use http_body::Body;
use hyper::body::Incoming;
use tokio::time::{self, Instant};

use super::alarm::Alarm;
use super::answer;
use super::balancer::Balancer;
use super::exchange::{Attempted, Exchange};
use super::failure::Failure;
use super::headers::{self, About};
use super::limits::Patience;
use super::pool::Pool;
use super::reason;
use super::request_body::{Limits, Memory, Source};
use super::response_body::ResponseBody;
use super::retry;
use super::router::{Routed, Router};
use super::upstream::Sent;
use crate::cluster::{Cluster, HostId};
use crate::metrics::Downstream;

/// One listener's way from a request to an answer, on one worker.
pub(super) struct Forwarder {
    router: Arc<Router>,
    balancer: Rc<Balancer>,
    downstream: Arc<Downstream>,
    patience: Patience,
    memory: Memory,
}

/// What stays the same over all attempts at one request.
struct Job<'a> {
    routed: Routed<'a>,
    balancer: &'a Rc<Balancer>,
    downstream: &'a Downstream,
    /// `None` once the last attempt has it.
    head: RefCell<Option<Parts>>,
    body: Source,
    start: Instant,
    limits: Limits,
    alarm: &'a Alarm,
}

impl Forwarder {
    /// `memory` is the worker's.
    pub(super) fn new(
        router: Arc<Router>,
        balancer: Rc<Balancer>,
        downstream: Arc<Downstream>,
        patience: Patience,
        memory: Memory,
    ) -> Self {
        Self {
            router,
            balancer,
            downstream,
            patience,
            memory,
        }
    }

    /// Answers `request`, whose shape was found acceptable. `host` is the one it asks for, without port.
    pub(super) async fn forward(
        &self,
        request: Request<Incoming>,
        host: &str,
        alarm: &Alarm,
    ) -> Response<ResponseBody> {
        let start = Instant::now();
        let (mut head, body) = request.into_parts();
        let Some(routed) = self
            .router
            .route(&head.method, &head.uri, host, &head.headers)
        else {
            self.downstream.no_route.inc();
            return answer::nowhere(body.is_end_stream());
        };
        let own = self.balancer.pool(routed.cluster).cluster().spec().timeout;
        let timeout = [routed.timeout, own].into_iter().flatten().min();
        let about = About {
            method: &head.method,
            authority: head.uri.authority(),
            has_body: !body.is_end_stream(),
            timeout,
        };
        headers::to_upstream(&mut head.headers, about);
        if let Some(host) = routed.host() {
            head.headers.insert(HOST, host.clone());
        }
        let Some(target) = routed.target(&head.uri) else {
            return answer::refusal(StatusCode::URI_TOO_LONG);
        };
        head.uri = target;
        let body = Source::new(body, routed.retry.retries(), &self.memory);
        Job {
            routed,
            balancer: &self.balancer,
            downstream: &self.downstream,
            head: RefCell::new(Some(head)),
            body,
            start,
            limits: Limits {
                answer: timeout,
                body_pause: self.patience.body,
                body: self.patience.request,
            },
            alarm,
        }
        .run()
        .await
    }
}

impl Job<'_> {
    async fn run(mut self) -> Response<ResponseBody> {
        let policy = self.routed.retry;
        let cluster = self.cluster();
        let stats = cluster.stats();
        let mut tried = Vec::new();
        let mut retries = 0;
        loop {
            let is_last = retries == policy.max_retries;
            let attempted = self.attempt(is_last, &mut tried).await;
            let outcome = attempted
                .as_ref()
                .map(Attempted::status)
                .map_err(|failure| *failure);
            let again = retry::wanted(policy, outcome);
            if again && retries < policy.max_retries && self.may_repeat() {
                stats.upstream_rq_retry.inc();
                if let Ok(status) = outcome {
                    stats.retried_statuses.count(status.as_u16());
                }
                if let Ok(attempted) = attempted {
                    attempted.discard();
                }
                let pause = time::sleep(retry::pause(retries));
                if self.within_deadline(&Cell::new(None), pause).await.is_ok() {
                    retries += 1;
                    if retries == policy.max_retries {
                        self.body.stop_keeping();
                    }
                    let left = self.body.time_left(self.limits);
                    if let (Some(head), Some(left)) = (self.head.get_mut(), left) {
                        headers::expect_within(&mut head.headers, left);
                    }
                    continue;
                }
                return self.fail(Failure::Timeout, retries);
            }
            if again && retries == policy.max_retries {
                stats.upstream_rq_retry_limit_exceeded.inc();
            } else if retries > 0 && outcome.err().is_none_or(Failure::is_of_host) {
                // So Envoy counts whatever needs no further retry, good or bad.
                stats.upstream_rq_retry_success.inc();
            }
            return match attempted {
                Ok(attempted) => self.pass_on(attempted),
                Err(failure) => self.fail(failure, retries),
            };
        }
    }

    fn pool(&self) -> &Pool {
        self.balancer.pool(self.routed.cluster)
    }

    fn cluster(&self) -> Arc<Cluster> {
        Arc::clone(self.pool().cluster())
    }

    fn may_repeat(&self) -> bool {
        let kept = self.body.is_kept();
        if !kept {
            self.pool()
                .cluster()
                .stats()
                .retry_or_shadow_abandoned
                .inc();
        }
        kept
    }

    /// Sends the request to the next host and waits for the head of its answer.
    async fn attempt(&self, is_last: bool, tried: &mut Vec<HostId>) -> Result<Attempted, Failure> {
        let cluster = self.cluster();
        let Some(host) = self.balancer.pick(self.routed.cluster, tried) else {
            cluster.stats().upstream_cx_none_healthy.inc();
            return Err(Failure::NoHealthyUpstream);
        };
        tried.push(host.id());
        let mut exchange = Exchange::begin(
            Rc::clone(self.balancer),
            self.routed.cluster,
            host,
            self.body.clone(),
        );
        let due = Cell::new(None);
        let sent = self.send(is_last, &mut exchange, &due);
        let sent = self.within_deadline(&due, sent).await;
        match sent.and_then(|answered| answered) {
            Ok(response) => Ok(exchange.answered(response)),
            Err(_) if self.body.is_broken() => Err(Failure::BadBody),
            Err(failure) => {
                if !matches!(failure, Failure::ClientStalled | Failure::ClientLate) {
                    exchange.failed(failure);
                }
                Err(failure)
            }
        }
    }

    /// `due`: until when the attempt may take, which counts from its connection.
    async fn send(
        &self,
        is_last: bool,
        exchange: &mut Exchange,
        due: &Cell<Option<Instant>>,
    ) -> Result<Response<Incoming>, Failure> {
        // Only an attempt that may have a successor leaves a head behind.
        let head = if is_last {
            self.head.take()
        } else {
            self.head.borrow().clone()
        };
        let head = head.expect("there is no attempt after the last");
        let mut request = Request::from_parts(head, self.body.attempt());
        loop {
            let host = exchange.host();
            let mut connection = match self.pool().take(host) {
                Some(idle) => idle,
                None => self.pool().wait(host).await?,
            };
            exchange.connected();
            let limit = self.routed.retry.per_try_timeout;
            due.set(limit.map(|limit| Instant::now() + limit));
            let is_new = connection.is_new();
            match connection.send(request).await {
                Sent::Answered(response) => return exchange.hold(connection, response),
                Sent::Failed(failure) => return Err(failure),
                Sent::Unsent(_) if is_new => return Err(Failure::Termination),
                Sent::Unsent(unsent) => request = *unsent,
            }
        }
    }

    /// Waits for `work` until the request's time, or the attempt's (`due`), is over. The request's
    /// time counts from its last byte.
    async fn within_deadline<T>(
        &self,
        due: &Cell<Option<Instant>>,
        work: impl Future<Output = T>,
    ) -> Result<T, Failure> {
        let mut work = pin!(work);
        poll_fn(|cx| {
            if let Poll::Ready(done) = work.as_mut().poll(cx) {
                return Poll::Ready(Ok(done));
            }
            let attempt = due.get().map(|due| (due, Failure::PerTryTimeout));
            let limits = [self.body.deadline(self.limits), attempt]
                .into_iter()
                .flatten();
            let Some((deadline, failure)) = limits.min_by_key(|(deadline, _)| *deadline) else {
                return Poll::Pending;
            };
            ready!(self.alarm.poll_at(cx, deadline));
            Poll::Ready(Err(failure))
        })
        .await
    }

    fn fail(&self, failure: Failure, retries: u32) -> Response<ResponseBody> {
        if failure == Failure::ClientLate {
            self.downstream.downstream_rq_timeout.inc();
        }
        let response = self.ends(answer::failed(failure, retries));
        self.pool()
            .cluster()
            .stats()
            .statuses
            .count(response.status().as_u16());
        response
    }

    fn pass_on(&mut self, attempted: Attempted) -> Response<ResponseBody> {
        self.body.stop_keeping();
        let (mut head, exchange) =
            attempted.into_parts(self.start, self.limits, self.alarm.clone());
        self.pool()
            .cluster()
            .stats()
            .statuses
            .count(head.status.as_u16());
        let service_time = self.body.is_complete().then(|| self.start.elapsed());
        headers::to_client(&mut head.headers, service_time);
        // A client is answered in its own version, and with the reasons of this one.
        head.version = Version::HTTP_11;
        head.extensions = reason::of(head.status);
        self.ends(Response::from_parts(head, ResponseBody::upstream(exchange)))
    }

    /// An answer before the end of its request ends the connection: nobody takes the rest.
    fn ends(&self, response: Response<ResponseBody>) -> Response<ResponseBody> {
        if self.body.is_complete() {
            return response;
        }
        answer::close(response)
    }
}
