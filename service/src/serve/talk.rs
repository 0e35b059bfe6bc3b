//! Where the conversation on a connection stands: is the client answered, or is it waited for, and whose wait is
//! the longest.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes};
use hyper::body::{Frame, SizeHint};

use crate::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use crate::sync::{AtomicWaker, Notify};

/// A request is being answered.
const ANSWERING: u64 = 0;

/// All of the answer is written, and not flushed yet.
const ANSWERED: u64 = 1;

/// The first turn; all others are greater.
const FIRST: u64 = 2;

/// In the turn of a connection that has had an answer. It makes such a turn greater than all others, so that who has
/// never asked for anything comes first where somebody is to leave.
const KNOWN: u64 = 1 << 63;

/// What the connections of one server share.
#[derive(Debug)]
pub(super) struct Turns {
    next: AtomicU64,
    settled: Notify,
}

/// One connection, shared by its task and those who look at it.
#[derive(Debug)]
pub(super) struct Talk {
    /// [`ANSWERING`], [`ANSWERED`], or the turn in which it began to wait.
    state: AtomicU64,
    is_asked_to_leave: AtomicBool,
    task: AtomicWaker,
    turns: Arc<Turns>,
}

/// A request that is being answered. Its drop means that all of the answer has been handed over.
#[derive(Debug)]
struct InFlight(Arc<Talk>);

/// An answer, which is in flight until its end.
#[derive(Debug)]
pub(super) struct Answer {
    body: Body,
    _in_flight: InFlight,
}

impl Turns {
    pub(super) fn new() -> Arc<Self> {
        Arc::new(Self {
            next: AtomicU64::new(FIRST),
            settled: Notify::new(),
        })
    }

    /// Resolves once the one who was asked to leave has left, or stays.
    pub(super) async fn settled(&self) {
        self.settled.notified().await;
    }

    fn next(&self) -> u64 {
        self.next.fetch_add(1, Ordering::Relaxed)
    }
}

impl Talk {
    /// Waits for its first request.
    pub(super) fn new(turns: &Arc<Turns>) -> Arc<Self> {
        Arc::new(Self {
            state: AtomicU64::new(turns.next()),
            is_asked_to_leave: AtomicBool::new(false),
            task: AtomicWaker::new(),
            turns: Arc::clone(turns),
        })
    }

    /// A request's head is there; the answer to it is made with what is returned.
    pub(super) fn begin(self: &Arc<Self>) -> impl FnOnce(Body) -> Answer + use<> {
        self.state.store(ANSWERING, Ordering::Release);
        self.stay();
        let in_flight = InFlight(Arc::clone(self));
        |body| Answer {
            body,
            _in_flight: in_flight,
        }
    }

    /// All that was written is on its way.
    pub(super) fn flushed(&self) {
        if self.state.load(Ordering::Acquire) == ANSWERED {
            self.state
                .store(self.turns.next() | KNOWN, Ordering::Release);
        }
    }

    /// The turn in which the client began to be waited for, for a request or the rest of one; `None` while it is
    /// answered. The longest wait has the smallest turn, after those who have never asked for anything.
    pub(super) fn waiting(&self) -> Option<u64> {
        let state = self.state.load(Ordering::Acquire);
        (state >= FIRST).then_some(state)
    }

    /// Asks its task to close the connection, unless a request is there by now. When that is settled, it is told to
    /// who waits for [`Turns::settled`].
    pub(super) fn ask_to_leave(&self) {
        self.is_asked_to_leave.store(true, Ordering::Release);
        self.task.wake();
    }

    /// For its task, when it has looked for a request: whether to close the connection.
    pub(super) fn poll_leave(&self, cx: &mut Context<'_>) -> Poll<()> {
        self.task.register(cx.waker());
        if !self.is_asked_to_leave.load(Ordering::Acquire) {
            return Poll::Pending;
        }
        if self.waiting().is_some() {
            return Poll::Ready(());
        }
        self.stay();
        Poll::Pending
    }

    /// The connection is closed.
    pub(super) fn end(&self) {
        self.stay();
    }

    fn stay(&self) {
        if self.is_asked_to_leave.swap(false, Ordering::AcqRel) {
            self.turns.settled.notify_one();
        }
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.state.store(ANSWERED, Ordering::Release);
    }
}

impl hyper::body::Body for Answer {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_has_never_asked_leaves_before_who_has_and_then_the_longest_wait_counts() {
        let turns = Turns::new();
        let [first, second, third] = std::array::from_fn(|_| Talk::new(&turns));
        drop(first.begin()(Body::empty()));
        first.flushed();
        let turn = |talk: &Arc<Talk>| talk.waiting().unwrap();
        assert!(turn(&second) < turn(&third) && turn(&third) < turn(&first));
        drop(second.begin()(Body::empty()));
        second.flushed();
        assert!(turn(&third) < turn(&first) && turn(&first) < turn(&second));
    }

    #[test]
    fn a_client_waits_from_the_moment_on_when_all_of_its_answer_is_flushed() {
        let talk = Talk::new(&Turns::new());
        let answer = talk.begin();
        talk.flushed();
        assert_eq!(talk.waiting(), None, "there is no answer yet");
        let answer = answer(Body::from("purple"));
        talk.flushed();
        assert_eq!(talk.waiting(), None, "there is more to come");
        drop(answer);
        assert_eq!(talk.waiting(), None, "it is not flushed");
        talk.flushed();
        assert!(talk.waiting().is_some());
    }

    #[tokio::test]
    async fn who_is_asked_to_leave_stays_if_a_request_is_there_by_then() {
        let turns = Turns::new();
        let talk = Talk::new(&turns);
        let mut look = look_of(&talk);
        assert!(look().is_pending(), "nobody asked");
        talk.ask_to_leave();
        assert!(look().is_ready());
        talk.end();
        turns.settled().await;
        let talk = Talk::new(&turns);
        let mut look = look_of(&talk);
        talk.ask_to_leave();
        let answer = talk.begin();
        assert!(look().is_pending());
        turns.settled().await;
        drop(answer(Body::empty()));
        talk.flushed();
        assert!(look().is_pending(), "it is not asked any more");
    }

    /// How its task looks whether to leave.
    fn look_of(talk: &Arc<Talk>) -> impl FnMut() -> Poll<()> + use<> {
        let talk = Arc::clone(talk);
        move || talk.poll_leave(&mut Context::from_waker(std::task::Waker::noop()))
    }
}
