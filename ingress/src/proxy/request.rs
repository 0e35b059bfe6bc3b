//! From a request's head to what is to be done with it.

use std::ops::Range;
use std::time::Duration;

use http::StatusCode;
use http1::{Length, RequestHead};

use super::answer::Answer;
use super::balancer::Balancer;
use super::headers::{self, ToHost};
use super::retry;
use super::router::{Routed, Router};
use super::shape::{self, Shape};
use crate::mesh::Asked;
use crate::metrics::Downstream;

/// The longest target, in bytes, as a client sends it and as a host gets it.
const LONGEST_TARGET: usize = 65_534;

/// A request whose head is here.
pub(super) struct Request<'a> {
    pub(super) about: About,
    /// What is to be done.
    pub(super) task: Task<'a>,
}

/// What of a request matters whoever answers it.
#[derive(Clone, Copy, Debug)]
pub(super) struct About {
    /// Its method is HEAD: the answer has no body.
    pub(super) to_head: bool,
    /// It is the client's last one.
    pub(super) closes: bool,
    /// The client waits for a word before it sends the body.
    pub(super) waits: bool,
    /// How long the body is.
    pub(super) length: Length,
}

/// What is to be done with a request.
pub(super) enum Task<'a> {
    /// The answer is ours.
    Answer(Answer),
    /// A host is asked.
    Forward(Forward<'a>),
}

/// What stays the same over all attempts at one request.
pub(super) struct Forward<'a> {
    pub(super) routed: Routed<'a>,
    /// How long the answer may take, retries included.
    pub(super) timeout: Option<Duration>,
    /// Where in the head for the host the digits of the time stand that it has.
    pub(super) digits: Option<Range<usize>>,
}

/// What the requests of a listener are judged by.
pub(super) struct Rules<'a> {
    pub(super) router: &'a Router,
    pub(super) balancer: &'a Balancer,
    pub(super) downstream: &'a Downstream,
}

impl<'a> Rules<'a> {
    /// What is to be done with the request that has this `head`. If a host is asked, its own head is written
    /// to `out`.
    pub(super) fn judge(&self, head: &RequestHead<'_>, out: &mut Vec<u8>) -> Request<'a> {
        let shape = Shape::of(head);
        let length = shape
            .as_ref()
            .map_or(Length::Bytes(0), |shape| shape.length);
        let task = match shape.and_then(|shape| self.forward(head, &shape, out)) {
            Ok(forward) => Task::Forward(forward),
            Err(answer) => Task::Answer(answer),
        };
        let about = About {
            to_head: head.method == "HEAD",
            closes: headers::has_option(head.fields, b"close"),
            waits: headers::asks_to_continue(head.fields),
            length,
        };
        Request { about, task }
    }

    fn forward(
        &self,
        head: &RequestHead<'_>,
        shape: &Shape<'_>,
        out: &mut Vec<u8>,
    ) -> Result<Forward<'a>, Answer> {
        let too_long = || Answer::refusal(StatusCode::URI_TOO_LONG);
        if head.target.len() > LONGEST_TARGET {
            return Err(too_long());
        }
        let asked = Asked {
            method: head.method,
            path: shape.path,
            host: shape.host(),
            fields: head.fields,
        };
        let is_upgrade = headers::is_upgrade(head.fields);
        let Some(routed) = self.router.route(asked) else {
            self.downstream.no_route.inc();
            return Err(shape::nowhere(shape.length).closing(is_upgrade));
        };
        if is_upgrade {
            return Err(shape::refused(StatusCode::FORBIDDEN));
        }
        let target = routed.target(shape.path, shape.query);
        if target.iter().map(|part| part.len()).sum::<usize>() > LONGEST_TARGET {
            return Err(too_long());
        }
        let cluster = self.balancer.pool(routed.cluster).cluster();
        let timeout = [routed.timeout, cluster.spec().timeout];
        let timeout = timeout.into_iter().flatten().min();
        let host = routed.host();
        let to = ToHost {
            target: &target,
            host: host.map_or(shape.authority.as_bytes(), |host| host.as_bytes()),
            length: shape.length,
            timeout: retry::expected(routed.retry, timeout),
        };
        let digits = headers::to_host(out, head, to);
        Ok(Forward {
            routed,
            timeout,
            digits,
        })
    }
}
