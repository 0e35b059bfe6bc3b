//! A connection's alarm, for all who have deadlines on it.

use std::cell::RefCell;
use std::rc::Rc;
use std::task::{Context, Poll};

use tokio::time::Instant;

/// A handle to a [`service::Alarm`]. Clones share it.
#[derive(Clone, Debug)]
pub(super) struct Alarm(Rc<RefCell<service::Alarm>>);

impl Alarm {
    pub(super) fn new() -> Self {
        Self(Rc::new(RefCell::new(service::Alarm::new())))
    }

    /// Ready once `deadline` has passed; until then the task is woken at the deadline or before.
    pub(super) fn poll_at(&self, cx: &mut Context<'_>, deadline: Instant) -> Poll<()> {
        self.0.borrow_mut().poll_at(cx, deadline)
    }
}
