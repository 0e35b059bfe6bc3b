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
    /// It has all, or takes no more.
    is_over: bool,
    /// It took nothing at all: the connection was over already.
    is_refused: bool,
    has_begun: bool,
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
            let limit = self.forward.routed.retry.per_try_timeout;
            let due = limit.map(|limit| Instant::now() + limit);
            if let Some(wire) = exchange.wire() {
                wire.output().extend_from_slice(self.head);
            }
            let mut sending = Some(Sending::new(self.body.attempt()));
            let came = poll_fn(|cx| self.poll_attempt(cx, exchange, &mut sending, due)).await;
            // An idle connection may end at the moment in which it is used; the request is unharmed.
            let is_unharmed = sending.is_some_and(|sending| sending.is_refused) && !is_new;
            match came {
                Err(Failure::Termination) if is_unharmed => {}
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
        due: Option<Instant>,
    ) -> Poll<Result<Outcome, Failure>> {
        if let (Some(wire), Some(sending)) = (exchange.wire(), sending.as_mut())
            && let Poll::Ready(Err(failure)) = self.poll_send(cx, wire, sending)
        {
            return Poll::Ready(Err(failure));
        }
        loop {
            if let Some(outcome) = self.read_answer(exchange, sending)? {
                return Poll::Ready(Ok(outcome));
            }
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
                    exchange.closed_by_host();
                    return Poll::Ready(Err(Failure::Termination));
                }
                Poll::Pending => return self.poll_end(cx, due).map(Err),
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
        while !sending.is_over {
            let mut is_there = true;
            while is_there && !sending.body.is_all() && wire.waiting() < HIGH_WATER {
                let (body, out) = (&mut sending.body, wire.output());
                match self.body.poll_part(cx, self.client, body, out) {
                    Poll::Ready(part) => part?,
                    Poll::Pending => is_there = false,
                }
            }
            let before = wire.waiting();
            match wire.poll_flush(cx) {
                Poll::Ready(Ok(())) => {
                    sending.has_begun = true;
                    sending.is_over = sending.body.is_all();
                    if !is_there {
                        return Poll::Pending;
                    }
                }
                Poll::Ready(Err(_)) => {
                    sending.is_refused = !sending.has_begun;
                    sending.is_over = true;
                    wire.forget();
                }
                Poll::Pending => {
                    sending.has_begun |= wire.waiting() < before;
                    return Poll::Pending;
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
        while !exchange.unread().is_empty() {
            let mut room = Room::new(MOST_FIELDS);
            let unread = exchange.unread();
            let parsed = ResponseHead::parse(unread, &mut room).map_err(|_| Failure::Protocol)?;
            let Some((head, size)) = parsed else {
                let may_grow = unread.len() < LONGEST_HEAD;
                return if may_grow {
                    Ok(None)
                } else {
                    Err(Failure::Protocol)
                };
            };
            if head.is_interim() && !head.fields.contains("content-length") {
                exchange.consume(size);
                continue;
            }
            let length = Length::of_response(&head, self.about.to_head);
            let length = length.map_err(|_| Failure::Protocol)?;
            // A switch of protocols was not asked for.
            if head.status.is_informational() || size > LONGEST_HEAD {
                return Err(Failure::Protocol);
            }
            let (status, keeps) = (head.status, keeps(&head, length));
            let again = self.tries_again(Ok(status));
            let passing = if again {
                None
            } else {
                self.body.stop_keeping();
                let closes = self.closes();
                let to = ToClient {
                    length,
                    to_head: self.about.to_head,
                    service_time: self
                        .body
                        .is_complete()
                        .then(|| self.body.arrived().elapsed()),
                    closes,
                };
                headers::to_client(self.client.output(), &head, to);
                sending.take().map(|sending| Passing {
                    decoder: Decoder::new(length, LONGEST_HEAD),
                    is_chunked: matches!(length, Length::Chunked | Length::ToTheEnd),
                    closes,
                    sending,
                })
            };
            exchange.consume(size);
            exchange.answered(status, keeps);
            return Ok(Some(match passing {
                Some(passing) => {
                    self.begins(status);
                    Outcome::Passes(passing)
                }
                None => {
                    if length.is_empty() {
                        exchange.finish(self.body.arrived(), self.body.is_complete());
                    }
                    Outcome::TriedAgain
                }
            }));
        }
        Ok(None)
    }
}

impl Sending {
    fn new(body: Sent) -> Self {
        Self {
            body,
            is_over: false,
            is_refused: false,
            has_begun: false,
        }
    }

    /// Whether the host has all of the request, or takes no more of it.
    pub(super) fn is_over(&self) -> bool {
        self.is_over
    }
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
