//! The body of an answer on its way from a host to the client.

use std::future::poll_fn;
use std::io;
use std::task::{Context, Poll, ready};

use http1::write;

use super::attempt::Passing;
use super::{HIGH_WATER, Job};
use crate::proxy::conversation::Ending;
use crate::proxy::exchange::{Exchange, Truncated};
use crate::proxy::failure::Failure;

/// How an answer ended before its end.
enum Broken {
    /// The client has left.
    Gone,
    /// What came is not what was announced.
    Malformed,
    /// The host has ended the connection in the middle.
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
            Broken::Malformed => exchange.truncated(Truncated::Malformed),
            Broken::Truncated => exchange.truncated(Truncated::Ended),
            Broken::Reset => exchange.truncated(Truncated::Reset),
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
            if let (Some(wire), true) = (exchange.wire(), passing.sending.takes_more()) {
                // The answer has begun before the end of its request. That goes on even if the client takes nothing of
                // the answer until it has sent all.
                let sent = self.poll_send(cx, wire, &mut passing.sending);
                if let Poll::Ready(Err(_)) = sent {
                    return Poll::Ready(Err(Broken::ByClient));
                }
            }
            let flushed = self.client.poll_flush(cx);
            if let Poll::Ready(Err(_)) = flushed {
                return Poll::Ready(Err(Broken::Gone));
            }
            if exchange.is_over() {
                return flushed.map(|_| Ok(()));
            }
            if self.client.waiting() >= HIGH_WATER {
                return self.poll_broken(cx);
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
            match wire.poll_fill(cx) {
                Poll::Ready(Ok(1..)) => {}
                Poll::Ready(Ok(0)) if passing.decoder.end().is_ok() => {}
                Poll::Ready(Err(error)) if error.kind() == io::ErrorKind::ConnectionReset => {
                    return Poll::Ready(Err(Broken::Reset));
                }
                Poll::Ready(_) => return Poll::Ready(Err(Broken::Truncated)),
                Poll::Pending => return self.poll_broken(cx),
            }
        }
    }

    /// Ready when nobody waits any more.
    fn poll_broken(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Broken>> {
        let failure = ready!(self.poll_end(cx, None));
        Poll::Ready(Err(match failure {
            Failure::ClientGone => Broken::Gone,
            Failure::Timeout => Broken::Late,
            _ => Broken::ByClient,
        }))
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
            let decoded = decoded.map_err(|_| Broken::Malformed)?;
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
            exchange.finish(self.body.arrived(), passing.sending.is_whole());
        }
        Ok(())
    }
}
