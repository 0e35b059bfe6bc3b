//! Requests that wait for a connection to a host, the first come first.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use super::HostPool;
use crate::proxy::failure::Failure;
use crate::proxy::upstream::Connection;

/// Who waits, by the order in which they came. A map, so that whoever leaves leaves at once, wherever it stands.
#[derive(Default)]
pub(super) struct Queue {
    waiting: RefCell<BTreeMap<u64, Rc<Place>>>,
    came: Cell<u64>,
}

/// A request's wait; gives its place up when it is dropped.
pub(super) struct Waiting {
    pool: Rc<HostPool>,
    number: u64,
    place: Rc<Place>,
}

#[derive(Default)]
struct Place {
    outcome: Cell<Option<Result<Connection, Failure>>>,
    waker: RefCell<Option<Waker>>,
}

impl Queue {
    pub(super) fn is_empty(&self) -> bool {
        self.waiting.borrow().is_empty()
    }

    pub(super) fn len(&self) -> usize {
        self.waiting.borrow().len()
    }

    /// Gives `connection` to who waits longest; somebody must wait.
    pub(super) fn serve(&self, pool: &HostPool, connection: Connection) {
        let first = self.waiting.borrow_mut().pop_first();
        let (_, place) = first.expect("the caller has looked");
        place.end(pool, Ok(connection));
    }

    /// Sends all away.
    pub(super) fn fail(&self, pool: &HostPool, failure: Failure) {
        let all = self.waiting.take();
        for place in all.into_values() {
            place.end(pool, Err(failure));
        }
    }
}

impl Place {
    fn end(&self, pool: &HostPool, outcome: Result<Connection, Failure>) {
        pool.waited();
        self.outcome.set(Some(outcome));
        if let Some(waker) = self.waker.take() {
            waker.wake();
        }
    }
}

impl Waiting {
    /// Takes the last place in the queue of `pool`.
    pub(super) fn join(pool: Rc<HostPool>) -> Self {
        let queue = pool.queue();
        let number = queue.came.get();
        queue.came.set(number + 1);
        let place = Rc::<Place>::default();
        queue.waiting.borrow_mut().insert(number, Rc::clone(&place));
        Self {
            pool,
            number,
            place,
        }
    }
}

impl Future for Waiting {
    type Output = Result<Connection, Failure>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        if let Some(outcome) = self.place.outcome.take() {
            return Poll::Ready(outcome);
        }
        *self.place.waker.borrow_mut() = Some(cx.waker().clone());
        Poll::Pending
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        let left = self.pool.queue().waiting.borrow_mut().remove(&self.number);
        if left.is_some() {
            self.pool.waited();
        }
        // It came at the moment in which nobody waited for it any more.
        if let Some(Ok(connection)) = self.place.outcome.take() {
            self.pool.put(connection);
        }
    }
}
