//! A client's body on its way to a host, kept for a retry as long as it is small and there may be one.

mod kept;

use std::task::{Context, Poll, ready};
use std::time::Duration;

use http1::{Decoder, Length, Malformed, write};
use tokio::time::Instant;

use super::client::Client;
use super::failure::Failure;
use kept::Kept;
pub(super) use kept::Memory;

/// The one body behind all attempts of a request. Trailers are dropped, as Envoy drops them by default.
#[derive(Debug)]
pub(super) struct RequestBody {
    decoder: Decoder,
    is_chunked: bool,
    kept: Kept,
    state: State,
    progress: Progress,
    arrived: Instant,
}

/// How much of a body one attempt has sent.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sent {
    /// Anything at all.
    any: bool,
    /// How much of what is kept.
    kept: usize,
    /// The end, too.
    all: bool,
}

/// How long a request may take.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// From its last byte to the last byte of its answer: the route's timeout.
    pub(super) answer: Option<Duration>,
    /// Between two parts of its body.
    pub(super) body_pause: Duration,
    /// From the end of its head to its last byte.
    pub(super) body: Option<Duration>,
}

/// How far the client has come with its request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Progress {
    /// It was here in whole at that time, from which the route's timeout counts.
    Complete(Instant),
    /// The last bytes came at that time, and more are to come.
    Partial(Instant),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Everything read so far is kept.
    Kept,
    /// It is not: there may be no second attempt, or it was too long for one, or others keep too much.
    NotKept,
}

impl RequestBody {
    /// The body of a request whose head arrived now. `keeps`: there may be a second attempt, for which it is
    /// kept in `memory`. What stands around its chunks may be `overhead` bytes long.
    pub(super) fn new(length: Length, overhead: usize, keeps: bool, memory: &Memory) -> Self {
        let arrived = Instant::now();
        Self {
            decoder: Decoder::new(length, overhead),
            is_chunked: length == Length::Chunked,
            kept: Kept::new(memory),
            state: if keeps { State::Kept } else { State::NotKept },
            progress: if length.is_empty() {
                Progress::Complete(arrived)
            } else {
                Progress::Partial(arrived)
            },
            arrived,
        }
    }

    /// When its head arrived.
    pub(super) fn arrived(&self) -> Instant {
        self.arrived
    }

    /// Until when the answer, or the client's next bytes, must be there, and what it is called if not.
    pub(super) fn deadline(&self, limits: Limits) -> Option<(Instant, Failure)> {
        match self.progress {
            Progress::Complete(at) => Some((at + limits.answer?, Failure::Timeout)),
            Progress::Partial(at) => {
                let stalled = (at + limits.body_pause, Failure::ClientStalled);
                let late = limits
                    .body
                    .map(|limit| (self.arrived + limit, Failure::ClientLate));
                late.into_iter().chain([stalled]).min_by_key(|(at, _)| *at)
            }
        }
    }

    /// Whether all of it is here.
    pub(super) fn is_complete(&self) -> bool {
        self.completed().is_some()
    }

    /// Since when all of it is here.
    pub(super) fn completed(&self) -> Option<Instant> {
        match self.progress {
            Progress::Complete(at) => Some(at),
            Progress::Partial(_) => None,
        }
    }

    /// What is left of the time for the answer.
    pub(super) fn time_left(&self, limits: Limits) -> Option<Duration> {
        let answer = limits.answer?;
        Some(match self.progress {
            Progress::Complete(at) => answer.saturating_sub(at.elapsed()),
            Progress::Partial(_) => answer,
        })
    }

    /// An attempt begins.
    pub(super) fn attempt(&self) -> Sent {
        Sent {
            any: false,
            kept: 0,
            all: self.decoder.has_ended() && self.kept.is_empty() && !self.is_chunked,
        }
    }

    /// There is no further attempt after the one under way. What it has not sent yet stays until it has.
    pub(super) fn stop_keeping(&mut self) {
        self.state = State::NotKept;
    }

    /// Nobody sends any of it again.
    pub(super) fn forget(&mut self) {
        self.kept.clear();
    }

    /// Whether a further attempt could send the whole body.
    pub(super) fn is_kept(&self) -> bool {
        self.state == State::Kept
    }

    /// Writes the next part for the attempt that has `sent` so much, or its end, as soon as there is one.
    ///
    /// # Errors
    /// When there is no more to come, though the body has not ended: [`Failure::BadBody`] and
    /// [`Failure::LargeTrailers`].
    pub(super) fn poll_part(
        &mut self,
        cx: &mut Context<'_>,
        client: &mut Client,
        sent: &mut Sent,
        out: &mut Vec<u8>,
    ) -> Poll<Result<(), Failure>> {
        if self.send_kept(sent, out) {
            return Poll::Ready(Ok(()));
        }
        let before = out.len();
        while !self.decoder.has_ended() && out.len() == before {
            if client.unread().is_empty() && ready!(client.poll_fill(cx)).is_err() {
                return Poll::Ready(Err(Failure::BadBody));
            }
            let consumed = self.send(client.unread(), sent, out)?;
            client.consume(consumed);
        }
        if self.decoder.has_ended() {
            self.send_end(sent, out);
        }
        Poll::Ready(Ok(()))
    }

    /// The next part of what is kept, if the attempt has not sent it yet.
    fn send_kept(&mut self, sent: &mut Sent, out: &mut Vec<u8>) -> bool {
        if let Some(piece) = self.kept.piece(sent.kept) {
            sent.any = true;
            sent.kept += piece.len();
            self.write(out, piece);
            return true;
        }
        if self.state == State::NotKept {
            // Whoever was to send it has sent it.
            self.kept.clear();
            sent.kept = 0;
        }
        false
    }

    /// What is in `bytes`, and how many of them are done with.
    fn send(&mut self, bytes: &[u8], sent: &mut Sent, out: &mut Vec<u8>) -> Result<usize, Failure> {
        let decoded = self.decoder.decode(bytes).map_err(|malformed| {
            if malformed == Malformed::ChunkTooLarge {
                Failure::LargeTrailers
            } else {
                Failure::BadBody
            }
        })?;
        if !decoded.data.is_empty() {
            sent.any = true;
            self.write(out, decoded.data);
            self.keep(decoded.data, sent);
            self.progress = Progress::Partial(Instant::now());
        }
        Ok(decoded.consumed)
    }

    /// All of it has come. A later attempt comes to the end of the same body again.
    fn send_end(&mut self, sent: &mut Sent, out: &mut Vec<u8>) {
        if !self.is_complete() {
            self.progress = Progress::Complete(Instant::now());
        }
        if self.is_chunked {
            out.extend_from_slice(write::LAST_CHUNK);
        }
        sent.all = true;
    }

    fn write(&self, out: &mut Vec<u8>, data: &[u8]) {
        if self.is_chunked {
            write::chunk(out, data);
        } else {
            out.extend_from_slice(data);
        }
    }

    fn keep(&mut self, data: &[u8], sent: &mut Sent) {
        if self.state == State::NotKept {
            return;
        }
        if self.kept.add(data) {
            sent.kept += data.len();
        } else {
            self.state = State::NotKept;
            self.kept.clear();
            sent.kept = 0;
        }
    }
}

impl Sent {
    /// Whether any of the body was sent.
    pub(super) fn is_any(self) -> bool {
        self.any
    }

    /// Whether all of the body was sent.
    pub(super) fn is_all(self) -> bool {
        self.all
    }
}

#[cfg(test)]
mod tests;
