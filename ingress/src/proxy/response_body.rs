//! An answer's body on its way to the client, and the upstream connection that it comes from.

use std::error::Error;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};

use super::client::InFlight;
use super::exchange::Exchange;

/// The body of an answer to a client.
pub(super) struct ResponseBody {
    kind: Kind,
    /// Dropped with the body: then the client's connection is free for its next request.
    in_flight: Option<InFlight>,
    /// A host's ended too early, and the client has not been told yet.
    broken: bool,
}

enum Kind {
    /// Made here.
    Local(Option<Bytes>),
    /// A host's, read as the client takes it.
    Upstream(Box<Exchange>),
}

/// The host's body ended too early or took too long; the client's connection is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Truncated;

impl ResponseBody {
    pub(super) fn local(body: Bytes) -> Self {
        Self {
            kind: Kind::Local((!body.is_empty()).then_some(body)),
            in_flight: None,
            broken: false,
        }
    }

    pub(super) fn upstream(exchange: Exchange) -> Self {
        Self {
            kind: Kind::Upstream(Box::new(exchange)),
            in_flight: None,
            broken: false,
        }
    }

    pub(super) fn holding(mut self, in_flight: InFlight) -> Self {
        self.in_flight = Some(in_flight);
        self
    }
}

impl Body for ResponseBody {
    type Data = Bytes;
    type Error = Truncated;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Truncated>>> {
        if self.broken {
            return Poll::Ready(Some(Err(Truncated)));
        }
        let chunk = match &mut self.kind {
            Kind::Local(body) => body.take().map(Ok),
            Kind::Upstream(exchange) => ready!(exchange.poll_chunk(cx)),
        };
        if matches!(chunk, Some(Err(Truncated))) {
            // hyper throws away what it has not flushed when a body fails, and it flushes when a body
            // has nothing yet. So the client gets what there was, as with Envoy (FACTS 11.4).
            self.broken = true;
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(chunk.map(|chunk| chunk.map(Frame::data)))
    }

    fn is_end_stream(&self) -> bool {
        match &self.kind {
            Kind::Local(body) => body.is_none(),
            Kind::Upstream(exchange) => exchange.is_over() && !self.broken,
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.kind {
            Kind::Local(body) => {
                SizeHint::with_exact(body.as_ref().map_or(0, |body| body.len() as u64))
            }
            Kind::Upstream(exchange) => exchange.size_hint(),
        }
    }
}

impl fmt::Display for Truncated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the host's answer ended before its end")
    }
}

impl Error for Truncated {}
