//! One attempt: a connection, the request on it, the head of the answer.

use std::future::{Future, poll_fn};
use std::sync::Arc;
use std::task::{Context, Poll};

use http::StatusCode;
use http1::{Decoder, Length, ResponseHead, Room, Version};
use tokio::time::Instant;

use super::{HIGH_WATER, Job};
use crate::cluster::Host;
use crate::proxy::exchange::Exchange;
use crate::proxy::failure::Failure;
use crate::proxy::headers::{self, ToClient};
use crate::proxy::request_body::Sent;
use crate::proxy::upstream::Connection;
use crate::proxy::wire::Wire;

/// How long the head of an answer may be, and what stands around its chunks: Envoy's limit for heads.
const LONGEST_HEAD: usize = 80 << 10;

/// How many fields an answer may have, as in Envoy.
const MOST_FIELDS: usize = 100;

/// What came of an attempt that was answered.
pub(super) enum Outcome {
    /// The head of the answer is among what the client gets next.
    Passes(Passing),
    /// There is to be another attempt in place of this answer.
    TriedAgain,
}

/// What follows the head of an answer that is passed on.
pub(super) struct Passing {
    pub(super) decoder: Decoder,
    /// The client gets it in chunks.
    pub(super) is_chunked: bool,
    /// The client's connection ends behind it.
    pub(super) closes: bool,
    /// How much of the request the host has.
    pub(super) sending: Sending,
}

/// How far the host has got the request.
pub(super) struct Sending {
    body: Sent,
    state: SendingState,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum SendingState {
    /// It has nothing of it yet.
    New,
    /// It has a part of it.
    Begun,
    /// It has all of it.
    Whole,
    /// It has taken nothing: the connection was over already.
    Refused,
    /// It has taken a part, and takes no more.
    BrokenOff,
}

impl Job<'_> {
    /// Sends the request to the host of `exchange`, and waits for the head of its answer.
    pub(super) async fn attempt(
        &mut self,
        exchange: &mut Exchange<'_>,
    ) -> Result<Outcome, Failure> {
        loop {
            let connection = match self.pool().take(exchange.host()) {
                Some(idle) => idle,
                None => self.wait(exchange.host()).await?,
            };
            let is_new = connection.is_new();
            exchange.connected(connection);
            let has_limit = self.forward.routed.retry.per_try_timeout.is_some();
            let connected = has_limit.then(Instant::now);
            if let Some(wire) = exchange.wire() {
                wire.output().extend_from_slice(self.head);
            }
            let mut sending = Some(Sending::new(self.body.attempt()));
            let came = poll_fn(|cx| self.poll_attempt(cx, exchange, &mut sending, connected)).await;
            // An idle connection may end at the moment in which it is used; the request is unharmed.
            let is_refused = sending.as_ref().is_some_and(Sending::is_refused);
            match came {
                Err(Failure::Termination) if is_refused && !is_new => {}
                came => return came,
            }
        }
    }

    async fn wait(&mut self, host: &Arc<Host>) -> Result<Connection, Failure> {
        let pool = self.pool();
        let mut wait = Box::pin(pool.wait(host));
        poll_fn(|cx| match wait.as_mut().poll(cx) {
            Poll::Ready(connection) => Poll::Ready(connection),
            Poll::Pending => self.poll_end(cx, None).map(Err),
        })
        .await
    }

    fn poll_attempt(
        &mut self,
        cx: &mut Context<'_>,
        exchange: &mut Exchange<'_>,
        sending: &mut Option<Sending>,
        connected: Option<Instant>,
    ) -> Poll<Result<Outcome, Failure>> {
        if let (Some(wire), Some(sending)) = (exchange.wire(), sending.as_mut())
            && let Poll::Ready(Err(failure)) = self.poll_send(cx, wire, sending)
        {
            return Poll::Ready(Err(failure));
        }
        loop {
            let Some(wire) = exchange.wire() else {
                return Poll::Ready(Err(Failure::Termination));
            };
            match wire.poll_fill(cx) {
                Poll::Ready(Ok(1..)) => {}
                // What breaks off in the middle cannot be understood.
                Poll::Ready(_) if !wire.unread().is_empty() => {
                    return Poll::Ready(Err(Failure::Protocol));
                }
                Poll::Ready(_) => {
                    let is_refused = sending.as_ref().is_some_and(Sending::is_refused);
                    exchange.closed_by_host(is_refused);
                    return Poll::Ready(Err(Failure::Termination));
                }
                Poll::Pending => return self.poll_end(cx, connected).map(Err),
            }
            if let Some(outcome) = self.read_answer(exchange, sending)? {
                return Poll::Ready(Ok(outcome));
            }
        }
    }

    /// Sends as much of the request as there is; ready when the host has all of it or takes no more.
    pub(super) fn poll_send(
        &mut self,
        cx: &mut Context<'_>,
        wire: &mut Wire,
        sending: &mut Sending,
    ) -> Poll<Result<(), Failure>> {
        while sending.takes_more() {
            // A body that is not kept is not taken before the host has taken the head: it could not be had again.
            let may_take = sending.state == SendingState::Begun || self.body.is_kept();
            let mut is_there = true;
            while is_there && may_take && !sending.body.is_all() && wire.waiting() < HIGH_WATER {
                let (body, out) = (&mut sending.body, wire.output());
                match self.body.poll_part(cx, self.client, body, out) {
                    Poll::Ready(part) => part?,
                    Poll::Pending => is_there = false,
                }
            }
            let before = wire.waiting();
            let flushed = wire.poll_flush(cx);
            if wire.waiting() < before {
                sending.state = SendingState::Begun;
            }
            match flushed {
                Poll::Ready(Ok(())) if sending.body.is_all() => sending.state = SendingState::Whole,
                Poll::Ready(Ok(())) if is_there => {}
                Poll::Ready(Ok(())) | Poll::Pending => return Poll::Pending,
                Poll::Ready(Err(_)) => {
                    // What was taken of a body and is not kept is lost.
                    let can_repeat = self.body.is_kept() || !sending.body.is_any();
                    sending.state = match sending.state {
                        SendingState::New if can_repeat => SendingState::Refused,
                        _ => SendingState::BrokenOff,
                    };
                    wire.forget();
                }
            }
        }
        Poll::Ready(Ok(()))
    }

    /// Looks for the head of the answer in what has come. Interim ones are dropped, as in Envoy.
    fn read_answer(
        &mut self,
        exchange: &mut Exchange<'_>,
        sending: &mut Option<Sending>,
    ) -> Result<Option<Outcome>, Failure> {
        while exchange.may_be_a_head() {
            let mut room = Room::new(MOST_FIELDS);
            let unread = exchange.unread();
            let parsed = ResponseHead::parse(unread, &mut room).map_err(|_| Failure::Protocol)?;
            let Some((head, size)) = parsed else {
                break;
            };
            let Some(length) = body_of(&head, self.about.to_head)? else {
                exchange.consume(size);
                continue;
            };
            if size > LONGEST_HEAD {
                return Err(Failure::Protocol);
            }
            let (status, keeps) = (head.status, keeps(&head, length));
            let has_all = sending.as_ref().is_some_and(Sending::is_whole);
            let passing = match sending.take() {
                Some(sending) if !self.tries_again(Ok(status)) => {
                    Some(self.begin_answer(&head, length, sending))
                }
                _ => None,
            };
            exchange.consume(size);
            exchange.answered(status, keeps);
            let Some(passing) = passing else {
                if length.is_empty() {
                    exchange.finish(self.body.arrived(), has_all);
                }
                return Ok(Some(Outcome::TriedAgain));
            };
            self.begins(status);
            return Ok(Some(Outcome::Passes(passing)));
        }
        if exchange.unread().len() < LONGEST_HEAD {
            Ok(None)
        } else {
            Err(Failure::Protocol)
        }
    }

    /// Writes the head of an answer for the client.
    fn begin_answer(
        &mut self,
        head: &ResponseHead<'_>,
        length: Length,
        sending: Sending,
    ) -> Passing {
        self.body.stop_keeping();
        if sending.body.is_all() {
            self.body.forget();
        }
        let closes = self.closes();
        let time = || self.body.arrived().elapsed();
        let to = ToClient {
            length,
            to_head: self.about.to_head,
            service_time: self.body.is_complete().then(time),
            closes,
        };
        headers::to_client(self.client.output(), head, to);
        Passing {
            decoder: Decoder::new(length, LONGEST_HEAD),
            is_chunked: matches!(length, Length::Chunked | Length::ToTheEnd),
            closes,
            sending,
        }
    }
}

impl Sending {
    fn new(body: Sent) -> Self {
        let state = SendingState::New;
        Self { body, state }
    }

    /// Whether the host takes more of the request.
    pub(super) fn takes_more(&self) -> bool {
        matches!(self.state, SendingState::New | SendingState::Begun)
    }

    fn is_refused(&self) -> bool {
        self.state == SendingState::Refused
    }

    /// Whether the host has all of the request.
    pub(super) fn is_whole(&self) -> bool {
        self.state == SendingState::Whole
    }
}

/// How long the body of the answer is that has this `head`; `None` for an interim one, which is dropped as in Envoy.
///
/// # Errors
/// [`Failure::Protocol`] where nobody could tell, and for a switch of protocols: none was asked for.
pub(in crate::proxy) fn body_of(
    head: &ResponseHead<'_>,
    to_head: bool,
) -> Result<Option<Length>, Failure> {
    if head.is_interim() && !head.fields.contains("content-length") {
        return Ok(None);
    }
    let length = Length::of_response(head, to_head).map_err(|_| Failure::Protocol)?;
    if head.status.is_informational() {
        return Err(Failure::Protocol);
    }
    Ok(Some(length))
}

/// Whether the connection goes on behind an answer: HTTP/1.0 only where it says so (RFC 9112 9.3).
fn keeps(head: &ResponseHead<'_>, length: Length) -> bool {
    let says = |option: &[u8]| headers::has_option(head.fields, option);
    let is_asked = match head.version {
        Version::Http11 => !says(b"close"),
        Version::Http10 => says(b"keep-alive"),
    };
    is_asked && length != Length::ToTheEnd && head.status != StatusCode::SWITCHING_PROTOCOLS
}
