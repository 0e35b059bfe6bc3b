//! The body of an answer on its way from a host to the client.

use std::future::poll_fn;
use std::io;
use std::task::{Context, Poll, ready};

use http1::{Malformed, write};

use super::attempt::Passing;
use super::{HIGH_WATER, Job};
use crate::proxy::conversation::Ending;
use crate::proxy::exchange::Exchange;
use crate::proxy::failure::Failure;

/// How an answer ended before its end.
enum Broken {
    /// The client has left.
    Gone,
    /// What came is not what was announced.
    Truncated,
    /// The host has reset the connection.
    Reset,
    /// The time is over.
    Late,
    /// The client broke off its request, or stopped sending it.
    ByClient,
}

impl Job<'_> {
    /// Passes on what follows the head.
    pub(super) async fn pass_on(
        &mut self,
        mut exchange: Exchange<'_>,
        passing: &mut Passing,
    ) -> Ending {
        let passed = poll_fn(|cx| self.poll_pass_on(cx, &mut exchange, passing)).await;
        let Err(broken) = passed else {
            return if passing.closes {
                Ending::Ends
            } else {
                Ending::GoesOn
            };
        };
        match broken {
            Broken::Gone => return Ending::Gone,
            Broken::Truncated => exchange.truncated(false),
            Broken::Reset => exchange.truncated(true),
            Broken::Late => exchange.timed_out(),
            Broken::ByClient => drop(exchange),
        }
        // The client gets what there was, then its connection is cut (FACTS 11.4).
        let _told_by_the_end = self.client.flush().await;
        Ending::Ends
    }

    /// Ready when the client has all of it.
    fn poll_pass_on(
        &mut self,
        cx: &mut Context<'_>,
        exchange: &mut Exchange<'_>,
        passing: &mut Passing,
    ) -> Poll<Result<(), Broken>> {
        loop {
            if !exchange.is_over() {
                self.move_on(exchange, passing)?;
            }
            let flushed = self.client.poll_flush(cx);
            if let Poll::Ready(Err(_)) = flushed {
                return Poll::Ready(Err(Broken::Gone));
            }
            if exchange.is_over() {
                return flushed.map(|_| Ok(()));
            }
            if self.client.waiting() >= HIGH_WATER {
                return Poll::Pending;
            }
            if !exchange.unread().is_empty() {
                // There was no room for it until now.
                continue;
            }
            // Before the next look at the host: who has left gets nothing more, whatever has come meanwhile.
            if self.body.is_complete() && self.client.poll_gone(cx).is_ready() {
                return Poll::Ready(Err(Broken::Gone));
            }
            let Some(wire) = exchange.wire() else {
                return Poll::Ready(Err(Broken::Truncated));
            };
            if !passing.sending.is_over() {
                // The answer has begun before the end of its request.
                let sent = self.poll_send(cx, wire, &mut passing.sending);
                if let Poll::Ready(Err(_)) = sent {
                    return Poll::Ready(Err(Broken::ByClient));
                }
            }
            match wire.poll_fill(cx) {
                Poll::Ready(Ok(1..)) => {}
                Poll::Ready(Ok(0)) if passing.decoder.end().is_ok() => {}
                Poll::Ready(Err(error)) if error.kind() == io::ErrorKind::ConnectionReset => {
                    return Poll::Ready(Err(Broken::Reset));
                }
                Poll::Ready(_) => return Poll::Ready(Err(Broken::Truncated)),
                Poll::Pending => {
                    let failure = ready!(self.poll_end(cx, None));
                    return Poll::Ready(Err(match failure {
                        Failure::ClientGone => Broken::Gone,
                        Failure::Timeout => Broken::Late,
                        _ => Broken::ByClient,
                    }));
                }
            }
        }
    }

    /// Moves what has come of the body to what the client gets next. At its end the connection to the host is free
    /// at once, whenever the client takes the rest.
    fn move_on(
        &mut self,
        exchange: &mut Exchange<'_>,
        passing: &mut Passing,
    ) -> Result<(), Broken> {
        let decoder = &mut passing.decoder;
        while !decoder.has_ended()
            && !exchange.unread().is_empty()
            && self.client.waiting() < HIGH_WATER
        {
            let decoded = decoder.decode(exchange.unread());
            let decoded = decoded.map_err(|_: Malformed| Broken::Truncated)?;
            let (data, consumed) = (decoded.data, decoded.consumed);
            if passing.is_chunked {
                write::chunk(self.client.output(), data);
            } else if !data.is_empty() {
                self.client.output().extend_from_slice(data);
            }
            exchange.consume(consumed);
        }
        if decoder.has_ended() {
            if passing.is_chunked {
                self.client.output().extend_from_slice(write::LAST_CHUNK);
            }
            exchange.finish(self.body.arrived(), passing.sending.is_over());
        }
        Ok(())
    }
}
