//! A client's connection as hyper sees it: with deadlines, and without hyper's own words.
//!
//! hyper answers a malformed request by itself, before any service is asked. Envoy's answer has another
//! body, so hyper's bytes are taken for what they mean, their status, and Envoy's are sent in their
//! place. They can be told apart: no request is in flight, and all that was answered has been flushed.

use std::cell::Cell;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};

use http::StatusCode;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::Instant;

use super::alarm::Alarm;
use super::answer;
use super::framing::{Framing, Refused};
use super::limits::Patience;

/// The connection.
pub(super) struct Client {
    stream: TcpStream,
    talk: Talk,
    patience: Patience,
    alarm: Alarm,
    waiting: Waiting,
    framing: Framing,
    /// How many requests had begun when `waiting` was last looked at.
    begun: u64,
    stalled_since: Option<Instant>,
    replacement: Vec<u8>,
}

/// What the client is waited for.
#[derive(Clone, Copy, Debug)]
enum Waiting {
    /// Nothing: it is being answered, or just was.
    Nothing,
    /// The first byte of its next request, until then.
    Request(Instant),
    /// The rest of a request's head, until then.
    Head(Instant),
}

/// Where the conversation stands, shared between the connection and the service that answers on it.
#[derive(Clone, Debug, Default)]
pub(super) struct Talk(Rc<TalkState>);

#[derive(Debug, Default)]
struct TalkState {
    begun: Cell<u64>,
    /// What the bytes tell and hyper does not.
    refused: Cell<Option<Refused>>,
    late: Cell<Option<Late>>,
    in_flight: Cell<bool>,
    /// Something was answered and not flushed yet.
    unflushed: Cell<bool>,
    /// When the client had its last answer, or began to send what comes next.
    waiting_since: Cell<Option<Instant>>,
    /// Sent in place of whatever hyper writes from now on.
    verdict: Cell<Option<StatusCode>>,
}

/// What did not come in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Late {
    /// A request's first byte.
    Request,
    /// The rest of its head.
    Head,
}

/// A request that is being answered. While it lives, what hyper writes is the service's.
#[derive(Debug)]
pub(super) struct InFlight(Talk);

impl Talk {
    /// A request's head has arrived.
    pub(super) fn begin(&self) -> InFlight {
        self.0.begun.set(self.0.begun.get() + 1);
        self.0.in_flight.set(true);
        self.0.unflushed.set(true);
        InFlight(self.clone())
    }

    /// Ends the connection with Envoy's answer for `status`, whatever hyper makes of the response:
    /// it would answer an HTTP/1.0 request with HTTP/1.0, and Envoy does not. No earlier answer is lost
    /// by this: hyper takes up a request when the answers before it have been flushed.
    pub(super) fn end_with(&self, status: StatusCode) {
        self.0.verdict.set(Some(status));
    }

    /// What to answer to the request that has begun last, if it must not be passed on.
    pub(super) fn refused(&self) -> Option<StatusCode> {
        let begun = self.0.begun.get();
        self.0
            .refused
            .get()
            .filter(|refused| refused.request == begun)
            .map(|refused| refused.status)
    }

    /// Why the connection ended, if it is because the client took too long.
    pub(super) fn late(&self) -> Option<Late> {
        self.0.late.get()
    }

    /// From now on the client is waited for; returns the time.
    fn wait(&self) -> Instant {
        let now = Instant::now();
        self.0.waiting_since.set(Some(now));
        now
    }

    /// Since when the client is waited for, or for the rest of its request's head; `None` while it is answered.
    pub(super) fn waiting_since(&self) -> Option<Instant> {
        let is_answered = self.0.in_flight.get() || self.0.unflushed.get();
        self.0.waiting_since.get().filter(|_| !is_answered)
    }

    fn hyper_speaks(&self) -> bool {
        !self.0.in_flight.get() && !self.0.unflushed.get()
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.0.in_flight.set(false);
    }
}

impl Client {
    pub(super) fn new(stream: TcpStream, talk: Talk, patience: Patience, alarm: Alarm) -> Self {
        let waiting = Waiting::Request(talk.wait() + patience.head);
        Self {
            stream,
            talk,
            patience,
            alarm,
            waiting,
            framing: Framing::default(),
            begun: 0,
            stalled_since: None,
            replacement: Vec::new(),
        }
    }

    /// After a look for bytes: ready when the client has been too slow to send them.
    fn poll_patience(&mut self, cx: &mut Context<'_>, got_bytes: bool) -> Poll<io::Error> {
        let begun = self.talk.0.begun.get();
        if begun != self.begun {
            self.begun = begun;
            self.waiting = Waiting::Nothing;
        }
        if self.talk.0.in_flight.get() {
            return Poll::Pending;
        }
        self.waiting = match self.waiting {
            // A part of it may have come behind the request before.
            Waiting::Nothing if got_bytes || self.framing.in_head() => {
                Waiting::Head(self.talk.wait() + self.patience.head)
            }
            Waiting::Nothing => Waiting::Request(self.talk.wait() + self.patience.idle),
            Waiting::Request(_) if got_bytes => {
                Waiting::Head(self.talk.wait() + self.patience.head)
            }
            as_before => as_before,
        };
        match self.waiting {
            Waiting::Request(due) => {
                ready!(self.alarm.poll_at(cx, due));
                self.talk.0.late.set(Some(Late::Request));
            }
            Waiting::Head(due) => {
                ready!(self.alarm.poll_at(cx, due));
                self.talk.0.late.set(Some(Late::Head));
                // All that can be done for a client that does not do its part.
                let _tried = self
                    .stream
                    .try_write(&answer::raw(StatusCode::REQUEST_TIMEOUT));
            }
            Waiting::Nothing => return Poll::Pending,
        }
        Poll::Ready(io::ErrorKind::TimedOut.into())
    }

    /// Looks at what hyper wants to write; `true` if it must not reach the client.
    fn overrules(&mut self, bytes: &[u8]) -> bool {
        let hyper_said = || {
            let status = status_of(bytes).filter(|_| self.talk.hyper_speaks())?;
            Some(self.framing.refused().map_or(status, |known| known.status))
        };
        if let Some(status) = self.talk.0.verdict.take().or_else(hyper_said) {
            self.replacement = answer::raw(status);
        }
        !self.replacement.is_empty()
    }

    fn poll_stalled<T>(
        &mut self,
        cx: &mut Context<'_>,
        written: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if written.is_ready() {
            self.stalled_since = None;
            return written;
        }
        let since = *self.stalled_since.get_or_insert_with(Instant::now);
        ready!(self.alarm.poll_at(cx, since + self.patience.stall));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }

    fn poll_replacement(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.replacement.is_empty() {
            let written = Pin::new(&mut self.stream).poll_write(cx, &self.replacement);
            let n = ready!(self.poll_stalled(cx, written))?;
            self.replacement.drain(..n);
        }
        Poll::Ready(Ok(()))
    }
}

/// The status of an answer, if it is the client's fault.
fn status_of(bytes: &[u8]) -> Option<StatusCode> {
    let status = StatusCode::from_bytes(bytes.get(9..12)?).ok()?;
    status.is_client_error().then_some(status)
}

impl AsyncRead for Client {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buffer.filled().len();
        let read = Pin::new(&mut this.stream).poll_read(cx, buffer);
        let bytes = &buffer.filled()[before..];
        this.framing.follow(bytes);
        this.talk.0.refused.set(this.framing.refused());
        if let Poll::Ready(error) = this.poll_patience(cx, !bytes.is_empty()) {
            return Poll::Ready(Err(error));
        }
        read
    }
}

impl AsyncWrite for Client {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        if this.overrules(bytes) {
            return Poll::Ready(Ok(bytes.len()));
        }
        let written = Pin::new(&mut this.stream).poll_write(cx, bytes);
        this.poll_stalled(cx, written)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        if slices.first().is_some_and(|first| this.overrules(first)) {
            return Poll::Ready(Ok(slices.iter().map(|slice| slice.len()).sum()));
        }
        let written = Pin::new(&mut this.stream).poll_write_vectored(cx, slices);
        this.poll_stalled(cx, written)
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        ready!(this.poll_replacement(cx))?;
        if !this.talk.0.in_flight.get() {
            this.talk.0.unflushed.set(false);
        }
        Pin::new(&mut this.stream).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        ready!(this.poll_replacement(cx))?;
        Pin::new(&mut this.stream).poll_shutdown(cx)
    }
}
