//! A client's body on its way to a host, kept for a retry as long as it is small and there may be one.

use std::cell::{Cell, RefCell};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use hyper::body::Incoming;
use tokio::time::Instant;

use super::failure::Failure;

/// How much of a body is kept for a retry: Envoy's default buffer limit of a listener.
const KEPT: usize = 1 << 20;

/// How much all bodies of a worker may keep at a time. Envoy has no such limit: there, as many clients as there
/// are connections could have 1 MiB each.
const KEPT_IN_ALL: usize = 16 << 20;

/// How much of what is kept is handed out at once.
const PIECE: usize = 64 << 10;

/// The body of one attempt. Trailers are dropped, as Envoy drops them by default.
#[derive(Debug)]
pub(super) struct RequestBody {
    /// `None`: the request has no body.
    source: Option<Rc<RefCell<Tee<Incoming>>>>,
    /// How much of what is kept it has taken.
    taken: usize,
}

/// The one body behind all attempts of a request.
#[derive(Clone, Debug)]
pub(super) struct Source {
    tee: Option<Rc<RefCell<Tee<Incoming>>>>,
    arrived: Instant,
}

#[derive(Debug)]
struct Tee<B> {
    body: B,
    kept: Kept,
    state: State,
    progress: Progress,
}

/// The bytes for a further attempt. They are copies: a part as hyper hands it out keeps the whole buffer that
/// was read into, 8 KiB or more for a single byte.
#[derive(Debug)]
struct Kept {
    bytes: Vec<u8>,
    memory: Memory,
}

/// What the bodies of a worker take, all together.
#[derive(Clone, Debug, Default)]
pub(super) struct Memory(Rc<Cell<usize>>);

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
    /// The client went away in the middle of it.
    Broken,
}

impl State {
    fn new(keeps: bool) -> Self {
        if keeps { Self::Kept } else { Self::NotKept }
    }
}

impl Source {
    /// The body of a request whose head arrived now. `keeps`: there may be a second attempt, for which it is
    /// kept in `memory`.
    pub(super) fn new(body: Incoming, keeps: bool, memory: &Memory) -> Self {
        let arrived = Instant::now();
        if body.is_end_stream() {
            return Self { tee: None, arrived };
        }
        let tee = Tee {
            body,
            kept: Kept::new(memory),
            state: State::new(keeps),
            progress: Progress::Partial(arrived),
        };
        Self {
            tee: Some(Rc::new(RefCell::new(tee))),
            arrived,
        }
    }

    /// Until when the answer, or the client's next bytes, must be there, and what it is called if not.
    pub(super) fn deadline(&self, limits: Limits) -> Option<(Instant, Failure)> {
        match self.progress() {
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
        matches!(self.progress(), Progress::Complete(_))
    }

    /// What is left of the time for the answer.
    pub(super) fn time_left(&self, limits: Limits) -> Option<Duration> {
        let answer = limits.answer?;
        Some(match self.progress() {
            Progress::Complete(at) => answer.saturating_sub(at.elapsed()),
            Progress::Partial(_) => answer,
        })
    }

    /// How far the client has come.
    fn progress(&self) -> Progress {
        match &self.tee {
            Some(tee) => tee.borrow().progress,
            None => Progress::Complete(self.arrived),
        }
    }

    /// The body for the next attempt, from its first byte.
    pub(super) fn attempt(&self) -> RequestBody {
        RequestBody {
            source: self.tee.clone(),
            taken: 0,
        }
    }

    /// There is no further attempt after the one under way.
    pub(super) fn stop_keeping(&self) {
        if let Some(tee) = &self.tee {
            tee.borrow_mut().stop_keeping();
        }
    }

    /// Whether a further attempt could send the whole body.
    pub(super) fn is_kept(&self) -> bool {
        self.state().is_none_or(|state| state == State::Kept)
    }

    /// Whether the client went away in the middle of its body.
    pub(super) fn is_broken(&self) -> bool {
        self.state() == Some(State::Broken)
    }

    fn state(&self) -> Option<State> {
        self.tee.as_ref().map(|tee| tee.borrow().state)
    }
}

impl<B: Body<Data = Bytes> + Unpin> Tee<B> {
    fn poll_chunk(
        &mut self,
        cx: &mut Context<'_>,
        taken: &mut usize,
    ) -> Poll<Option<Result<Bytes, B::Error>>> {
        if let Some(piece) = self.kept.piece(*taken) {
            *taken += piece.len();
            return Poll::Ready(Some(Ok(piece)));
        }
        if self.state == State::NotKept {
            // Whoever was to send it has sent it.
            self.kept.clear();
            *taken = 0;
        }
        loop {
            let frame = match ready!(Pin::new(&mut self.body).poll_frame(cx)) {
                None => {
                    self.complete();
                    return Poll::Ready(None);
                }
                Some(Ok(frame)) => frame,
                Some(Err(error)) => {
                    self.state = State::Broken;
                    return Poll::Ready(Some(Err(error)));
                }
            };
            if let Ok(chunk) = frame.into_data() {
                if self.body.is_end_stream() {
                    self.complete();
                } else {
                    self.progress = Progress::Partial(Instant::now());
                }
                self.keep(&chunk, taken);
                return Poll::Ready(Some(Ok(chunk)));
            }
        }
    }

    /// Once only: a later attempt comes to the end of the same body again.
    fn complete(&mut self) {
        if let Progress::Partial(_) = self.progress {
            self.progress = Progress::Complete(Instant::now());
        }
    }

    fn keep(&mut self, chunk: &Bytes, taken: &mut usize) {
        if self.state != State::Kept {
            return;
        }
        if self.kept.add(chunk) {
            *taken += chunk.len();
        } else {
            self.state = State::NotKept;
            self.kept.clear();
            *taken = 0;
        }
    }

    /// What an attempt has not taken yet stays until it has.
    fn stop_keeping(&mut self) {
        if self.state == State::Kept {
            self.state = State::NotKept;
        }
    }
}

impl Kept {
    fn new(memory: &Memory) -> Self {
        Self {
            bytes: Vec::new(),
            memory: memory.clone(),
        }
    }

    /// `false` when it would be too much, and nothing is added.
    fn add(&mut self, chunk: &[u8]) -> bool {
        let (length, before) = (self.bytes.len() + chunk.len(), self.bytes.capacity());
        if length > KEPT {
            return false;
        }
        if length > before {
            let capacity = length.max(2 * before).min(KEPT);
            if !self.memory.take(capacity - before) {
                return false;
            }
            self.bytes.reserve_exact(capacity - self.bytes.len());
        }
        self.bytes.extend_from_slice(chunk);
        true
    }

    fn clear(&mut self) {
        let bytes = std::mem::take(&mut self.bytes);
        self.memory.give_back(bytes.capacity());
    }

    /// What comes after the first `taken` bytes, or the beginning of it.
    fn piece(&self, taken: usize) -> Option<Bytes> {
        let rest = self.bytes.get(taken..).filter(|rest| !rest.is_empty())?;
        Some(Bytes::copy_from_slice(&rest[..rest.len().min(PIECE)]))
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        self.clear();
    }
}

impl Memory {
    /// `false` when there is not so much left.
    fn take(&self, bytes: usize) -> bool {
        let taken = self.0.get() + bytes;
        let fits = taken <= KEPT_IN_ALL;
        if fits {
            self.0.set(taken);
        }
        fits
    }

    fn give_back(&self, bytes: usize) {
        self.0.set(self.0.get() - bytes);
    }
}

impl Body for RequestBody {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let this = self.get_mut();
        let Some(tee) = &this.source else {
            return Poll::Ready(None);
        };
        let chunk = ready!(tee.borrow_mut().poll_chunk(cx, &mut this.taken));
        Poll::Ready(chunk.map(|chunk| chunk.map(Frame::data)))
    }

    fn is_end_stream(&self) -> bool {
        self.source.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        if self.source.is_none() {
            SizeHint::with_exact(0)
        } else {
            SizeHint::default()
        }
    }
}

#[cfg(test)]
mod tests;
