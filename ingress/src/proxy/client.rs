//! A client's connection: its requests, its patience and ours.

use std::cell::Cell;
use std::future::poll_fn;
use std::rc::Rc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use http1::Malformed;
use service::Alarm;
use tokio::time::Instant;

use super::drain::Watch;
use super::drip::Drip;
use super::limits::Limits;
use super::wire::Wire;

/// How long a client has to hear its last answer: Envoy's default `delayed_close_timeout`. Who closes while bytes are
/// on their way here takes the answer away with them.
const LINGER: Duration = Duration::from_secs(1);

/// The connection.
pub(super) struct Client {
    wire: Wire,
    talk: Talk,
    limits: Limits,
    alarm: Alarm,
    /// Since when it has taken nothing of what waits for it.
    stalled_since: Option<Instant>,
    /// It has sent a request, or tried to.
    has_asked: bool,
}

/// Where the conversation stands, for whoever looks for a client that may leave.
#[derive(Clone, Debug, Default)]
pub(super) struct Talk(Rc<Cell<Option<Instant>>>);

/// Why there is no further request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// The client has left, or nothing more is taken from it.
    Closed,
    /// The first byte of its request did not come in time.
    Idle,
    /// The rest of its head did not.
    Late,
    /// Its head is longer than it may be.
    TooLarge,
    /// What it sent is no request.
    Malformed(Malformed),
}

/// The client has left, or takes nothing any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Gone;

impl Talk {
    /// Since when the client is waited for, or for the rest of its request's head; `None` while it is answered.
    pub(super) fn waiting_since(&self) -> Option<Instant> {
        self.0.get()
    }
}

impl Client {
    pub(super) fn new(wire: Wire, talk: Talk, limits: Limits) -> Self {
        Self {
            wire,
            talk,
            limits,
            alarm: Alarm::new(),
            stalled_since: None,
            has_asked: false,
        }
    }

    /// Waits for the next request: until `read` makes something of the bytes that came, and tells how many of them
    /// it takes. Once `drain` closes idle connections, none but one whose first bytes are here, or come in a while.
    ///
    /// # Errors
    /// Why there is none.
    pub(super) async fn request<T>(
        &mut self,
        drain: &mut Watch,
        mut read: impl FnMut(&[u8]) -> Result<Option<(T, usize)>, End>,
    ) -> Result<T, End> {
        let patience = self.limits.patience;
        let start = Instant::now();
        self.talk.0.set(Some(start));
        let first_byte = if self.has_asked {
            patience.idle
        } else {
            patience.head
        };
        let mut due = None;
        let mut drip = Drip::default();
        let end = poll_fn(|cx| {
            loop {
                if self.skip_empty_lines() {
                    drip = Drip::default();
                }
                let unread = self.wire.unread();
                if drip.has_more(unread) {
                    if drip.is_worth_a_look(unread) {
                        match read(unread) {
                            Ok(Some((request, length))) => {
                                self.wire.consume(length);
                                return Poll::Ready(Ok(request));
                            }
                            Ok(None) => {}
                            Err(end) => return Poll::Ready(Err(end)),
                        }
                    }
                    if unread.len() > self.limits.head_bytes {
                        return Poll::Ready(Err(End::TooLarge));
                    }
                    drip.saw(unread);
                }
                match self.wire.poll_fill(cx) {
                    Poll::Ready(Ok(0) | Err(_)) => return Poll::Ready(Err(End::Closed)),
                    Poll::Ready(Ok(_)) => {}
                    Poll::Pending => break,
                }
            }
            // Half an empty line is no beginning either.
            if drip.has_begun() && self.wire.unread() != b"\r" {
                let due = *due.get_or_insert_with(|| {
                    let now = Instant::now();
                    self.talk.0.set(Some(now));
                    now + patience.head
                });
                ready!(self.alarm.poll_at(cx, due));
                return Poll::Ready(Err(End::Late));
            }
            if drain.closes_idle(cx) {
                ready!(self.alarm.poll_at(cx, start + drain.idle()));
                return Poll::Ready(Err(End::Closed));
            }
            ready!(self.alarm.poll_at(cx, start + first_byte));
            Poll::Ready(Err(End::Idle))
        })
        .await;
        self.talk.0.set(None);
        self.has_asked = true;
        end
    }

    /// Empty lines before a request are none of it (RFC 9112 2.2), and no beginning. Whether there were any.
    fn skip_empty_lines(&mut self) -> bool {
        let mut has_skipped = false;
        loop {
            let n = match self.wire.unread() {
                [b'\r', b'\n', ..] => 2,
                [b'\n', ..] => 1,
                _ => return has_skipped,
            };
            self.wire.consume(n);
            has_skipped = true;
        }
    }

    /// What came and is not understood yet.
    pub(super) fn unread(&self) -> &[u8] {
        self.wire.unread()
    }

    /// The first `n` bytes of it are understood.
    pub(super) fn consume(&mut self, n: usize) {
        self.wire.consume(n);
    }

    /// Reads more; ready with an error when nothing more comes.
    pub(super) fn poll_fill(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Gone>> {
        match ready!(self.wire.poll_fill(cx)) {
            Ok(0) | Err(_) => Poll::Ready(Err(Gone)),
            Ok(_) => Poll::Ready(Ok(())),
        }
    }

    /// Ready when the client that waits for an answer has left. One that has sent its next request already
    /// is not looked at: what it sends waits in its socket.
    pub(super) fn poll_gone(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        while self.wire.unread().is_empty() {
            if ready!(self.poll_fill(cx)).is_err() {
                return Poll::Ready(());
            }
        }
        Poll::Pending
    }

    /// Ready once `deadline` has passed.
    pub(super) fn poll_at(&mut self, cx: &mut Context<'_>, deadline: Instant) -> Poll<()> {
        self.alarm.poll_at(cx, deadline)
    }

    /// Where to write what the client gets next.
    pub(super) fn output(&mut self) -> &mut Vec<u8> {
        self.wire.output()
    }

    /// How many bytes of it have not gone yet.
    pub(super) fn waiting(&self) -> usize {
        self.wire.waiting()
    }

    /// Sends it; ready when all has gone, or when the client takes nothing any more.
    pub(super) fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Gone>> {
        let before = self.wire.waiting();
        if let Poll::Ready(flushed) = self.wire.poll_flush(cx) {
            self.stalled_since = None;
            return Poll::Ready(flushed.map_err(|_| Gone));
        }
        if self.wire.waiting() < before {
            self.stalled_since = None;
        }
        let since = *self.stalled_since.get_or_insert_with(Instant::now);
        let stall = self.limits.patience.stall;
        ready!(self.alarm.poll_at(cx, since + stall));
        Poll::Ready(Err(Gone))
    }

    /// Sends all that is to go.
    ///
    /// # Errors
    /// When the client takes nothing any more.
    pub(super) async fn flush(&mut self) -> Result<(), Gone> {
        poll_fn(|cx| self.poll_flush(cx)).await
    }

    /// Ends the conversation: hears the client out for a moment, so that it hears its last answer.
    pub(super) async fn linger(&mut self) {
        let until = Instant::now() + LINGER;
        self.waits();
        let is_said = poll_fn(|cx| self.wire.poll_shutdown(cx)).await.is_ok();
        if !is_said {
            return;
        }
        poll_fn(|cx| {
            loop {
                let unread = self.wire.unread().len();
                self.wire.consume(unread);
                match self.poll_fill(cx) {
                    Poll::Ready(Ok(())) => {}
                    Poll::Ready(Err(Gone)) => return Poll::Ready(()),
                    Poll::Pending => return self.alarm.poll_at(cx, until),
                }
            }
        })
        .await;
    }

    /// From now on it may be asked to leave.
    pub(super) fn waits(&self) {
        self.talk.0.set(Some(Instant::now()));
    }
}
