//! One request: try hosts until one answers or the policy says stop, pass the answer on.

mod attempt;
mod pass_on;

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::{Context, Poll, ready};

use http::StatusCode;
use tokio::time::{self, Instant};

use super::answer::Answer;
use super::balancer::Balancer;
use super::client::Client;
use super::conversation::{Active, Ending};
use super::drain::Watch;
use super::exchange::Exchange;
use super::failure::Failure;
use super::headers;
use super::pool::Pool;
use super::request::{About, Forward};
use super::request_body::{Limits, RequestBody};
use super::retry;
use attempt::Outcome;
pub(super) use attempt::body_of;

/// How much of a body waits at most for whoever is to take it before more of it is read.
const HIGH_WATER: usize = 16 << 10;

/// A request on its way.
pub(super) struct Job<'a> {
    pub(super) client: &'a mut Client,
    pub(super) balancer: &'a Balancer,
    pub(super) about: About,
    pub(super) forward: Forward<'a>,
    /// As the host sees it.
    pub(super) head: &'a mut Vec<u8>,
    pub(super) body: RequestBody,
    pub(super) limits: Limits,
    /// Taken when the answer begins.
    pub(super) active: Option<Active<'a>>,
    pub(super) drain: &'a Watch,
    /// How many attempts there were before the one under way.
    pub(super) retries: u32,
}

impl<'a> Job<'a> {
    /// Answers the request.
    pub(super) async fn run(&mut self) -> Ending {
        let pool = self.pool();
        let mut tried = Vec::new();
        loop {
            let Some(host) = self.balancer.pick(self.forward.routed.cluster, &tried) else {
                pool.cluster().stats().upstream_cx_none_healthy.inc();
                return self.fail(Failure::NoHealthyUpstream).await;
            };
            let id = host.id();
            let mut exchange = Exchange::begin(pool, host);
            match self.attempt(&mut exchange).await {
                Ok(Outcome::Passes(mut passing)) => {
                    return self.pass_on(exchange, &mut passing).await;
                }
                Ok(Outcome::TriedAgain) => exchange.discard(),
                Err(Failure::ClientGone) => return Ending::Gone,
                Err(failure) => {
                    if failure.is_of_client() {
                        // It counts for nobody.
                        drop(exchange);
                    } else {
                        exchange.failed(failure);
                    }
                    if !self.tries_again(Err(failure)) {
                        return self.fail(failure).await;
                    }
                }
            }
            tried.push(id);
            // Boxed, since it is rare and would make room for itself in every connection's memory.
            if let Err(failure) = Box::pin(self.pause()).await {
                if failure == Failure::ClientGone {
                    return Ending::Gone;
                }
                return self.fail(failure).await;
            }
        }
    }

    fn pool(&self) -> &'a Pool {
        self.balancer.pool(self.forward.routed.cluster)
    }

    /// Whether there is another attempt after this one, and what is counted of that.
    fn tries_again(&self, outcome: Result<StatusCode, Failure>) -> bool {
        let policy = self.forward.routed.retry;
        let stats = self.pool().cluster().stats();
        let again = retry::wanted(policy, outcome);
        if again && self.retries < policy.max_retries {
            if self.body.is_kept() {
                stats.upstream_rq_retry.inc();
                if let Ok(status) = outcome {
                    stats.retried_statuses.count(status.as_u16());
                }
                return true;
            }
            stats.retry_or_shadow_abandoned.inc();
        }
        if again && self.retries == policy.max_retries {
            stats.upstream_rq_retry_limit_exceeded.inc();
        } else if self.retries > 0 && outcome.err().is_none_or(Failure::is_of_host) {
            // So Envoy counts whatever needs no further retry, good or bad.
            stats.upstream_rq_retry_success.inc();
        }
        false
    }

    /// The time between two attempts.
    async fn pause(&mut self) -> Result<(), Failure> {
        let mut pause = pin!(time::sleep(retry::pause(self.retries)));
        poll_fn(|cx| {
            if pause.as_mut().poll(cx).is_ready() {
                return Poll::Ready(Ok(()));
            }
            self.poll_end(cx, None).map(Err)
        })
        .await?;
        self.retries += 1;
        if self.retries == self.forward.routed.retry.max_retries {
            self.body.stop_keeping();
        }
        let left = retry::expected(self.forward.routed.retry, self.body.time_left(self.limits));
        if let (Some(digits), Some(left)) = (&mut self.forward.digits, left) {
            headers::expect_within(self.head, digits, left);
        }
        Ok(())
    }

    /// Ready when the client has left, or when the request's time, or that of the attempt that is `connected` since
    /// then and has one of its own, is over. The request's time counts from its last byte, and the attempt's from the later one of the two
    /// (FACTS 15.12).
    fn poll_end(&mut self, cx: &mut Context<'_>, connected: Option<Instant>) -> Poll<Failure> {
        let completed = self.body.completed();
        if completed.is_some() && self.client.poll_gone(cx).is_ready() {
            return Poll::Ready(Failure::ClientGone);
        }
        let limit = self.forward.routed.retry.per_try_timeout;
        let attempt = connected.zip(completed).zip(limit);
        let attempt = attempt.map(|((connected, completed), limit)| {
            (connected.max(completed) + limit, Failure::PerTryTimeout)
        });
        let limits = [self.body.deadline(self.limits), attempt];
        let first = limits.into_iter().flatten().min_by_key(|(at, _)| *at);
        let Some((deadline, failure)) = first else {
            return Poll::Pending;
        };
        ready!(self.client.poll_at(cx, deadline));
        Poll::Ready(failure)
    }

    /// The answer where no host gave one.
    async fn fail(&mut self, failure: Failure) -> Ending {
        if let Some(active) = &self.active {
            active.failed(failure);
        }
        let answer = Answer::failed(failure, self.retries).closing(self.closes());
        answer.write(self.client.output(), self.about.to_head);
        if failure.is_of_client() {
            // None of the cluster's (15.14).
            self.completes(answer.status);
        } else {
            self.begins(answer.status);
        }
        match self.client.flush().await {
            Ok(()) if answer.closes() => Ending::Ends,
            Ok(()) => Ending::GoesOn,
            Err(_) => Ending::Gone,
        }
    }

    /// The head of the answer is on its way.
    fn begins(&mut self, status: StatusCode) {
        let stats = self.pool().cluster().stats();
        stats.statuses.count(status.as_u16());
        // As Envoy's `request_timeout`, it ends with the beginning of the answer.
        self.limits.body = None;
        self.completes(status);
    }

    fn completes(&mut self, status: StatusCode) {
        if let Some(active) = self.active.take() {
            active.completed(status);
        }
    }

    /// Whether the client's connection ends with the answer: an answer before the end of its request ends it, too,
    /// since nobody takes the rest.
    fn closes(&self) -> bool {
        self.about.closes || !self.body.is_complete() || self.drain.is_on()
    }
}
