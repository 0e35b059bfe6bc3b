//! The end of a listener, told to its connections.
//!
//! It goes in two steps. Once it has begun, each answer says that it is the last of its connection. A connection on
//! which nothing is asked is left open for a while: a request may be on its way, and would be lost if it met a closed
//! one. Only when that while is over they are closed; a connection whose last answer had begun before, and has not said
//! that it is the last, as long after the end of that answer.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::task::{Context, Waker};
use std::time::Duration;

use slab::Slab;

/// The end of one listener on one worker, for all its connections. They ask for it each time they are woken, so
/// it takes no lock, and a connection leaves its waker once.
#[derive(Clone, Debug)]
pub(super) struct Drain(Rc<State>);

#[derive(Debug)]
struct State {
    idle: Duration,
    has_begun: Cell<bool>,
    closes_idle: Cell<bool>,
    /// Empty once idle connections are closed.
    waiting: RefCell<Slab<Waker>>,
}

/// One connection's look at it.
#[derive(Debug)]
pub(super) struct Watch {
    drain: Drain,
    key: Option<usize>,
}

impl Drain {
    /// One in which a connection is left open for `idle` when nothing is asked on it.
    pub(super) fn new(idle: Duration) -> Self {
        Self(Rc::new(State {
            idle,
            has_begun: Cell::default(),
            closes_idle: Cell::default(),
            waiting: RefCell::default(),
        }))
    }

    /// From now on each answer is the last of its connection.
    pub(super) fn begin(&self) {
        self.0.has_begun.set(true);
    }

    /// From now on connections close where nothing is asked. Wakes those that wait.
    pub(super) fn close_idle(&self) {
        self.begin();
        self.0.closes_idle.set(true);
        for (_, waker) in self.0.waiting.take() {
            waker.wake();
        }
    }

    pub(super) fn watch(&self) -> Watch {
        let drain = self.clone();
        Watch { drain, key: None }
    }
}

impl Watch {
    /// Whether it has begun.
    pub(super) fn is_on(&self) -> bool {
        self.drain.0.has_begun.get()
    }

    /// How long a connection is left open on which nothing is asked.
    pub(super) fn idle(&self) -> Duration {
        self.drain.0.idle
    }

    /// Whether a connection closes on which nothing is asked. If not, the task that asks first is woken when it
    /// does; only that task may ask.
    pub(super) fn closes_idle(&mut self, cx: &Context<'_>) -> bool {
        let state = &self.drain.0;
        if state.closes_idle.get() {
            return true;
        }
        let leave = || state.waiting.borrow_mut().insert(cx.waker().clone());
        self.key.get_or_insert_with(leave);
        false
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        if let Some(key) = self.key {
            self.drain.0.waiting.borrow_mut().try_remove(key);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;
    use std::task::Poll;

    use tokio::task::{LocalSet, spawn_local, yield_now};

    use super::*;

    #[tokio::test]
    async fn whoever_waits_is_woken_when_idle_ones_close_and_whoever_comes_later_sees_it_at_once() {
        let drain = Drain::new(Duration::ZERO);
        let wait = async |mut watch: Watch| {
            poll_fn(|cx| {
                if watch.closes_idle(cx) {
                    Poll::Ready(())
                } else {
                    Poll::Pending
                }
            })
            .await;
        };
        let check = async {
            let waiting = spawn_local(wait(drain.watch()));
            yield_now().await;
            assert_eq!(drain.0.waiting.borrow().len(), 1);
            drain.begin();
            yield_now().await;
            assert!(!waiting.is_finished(), "a request may be on its way");
            drain.close_idle();
            waiting.await.unwrap();
            wait(drain.watch()).await;
        };
        LocalSet::new().run_until(check).await;
    }

    #[test]
    fn whoever_leaves_leaves_nothing_behind() {
        let drain = Drain::new(Duration::ZERO);
        let mut watch = drain.watch();
        for _ in 0..3 {
            assert!(!watch.closes_idle(&Context::from_waker(Waker::noop())));
        }
        assert_eq!(
            drain.0.waiting.borrow().len(),
            1,
            "once, however often it asks"
        );
        drop(watch);
        assert!(drain.0.waiting.borrow().is_empty());
    }
}
