//! Which connections of clients a worker takes, and which it keeps.
//!
//! At the limit somebody who comes is let in for one who waits: a connection on which nothing is being
//! answered. So clients that open connections and say nothing, or drip the heads of their requests, keep
//! nobody out, not even others from their own address. Who is answered is never cut for another. That is
//! whoever has sent a whole head: a client that drips its body, or takes its answer drop by drop, keeps its
//! place for as long as [`Patience`](super::limits::Patience) lets it.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::net::IpAddr;
use std::rc::Rc;
use std::sync::Arc;

use service::longest_waiting;
use slab::Slab;
use tokio::task::AbortHandle;
use tracing::{info, warn};

use super::client::Talk;
use super::limits::Limits;
use crate::metrics::Downstream;

/// The connections of one listener on one worker.
pub(super) struct Admission {
    limits: Limits,
    downstream: Arc<Downstream>,
    guests: RefCell<Slab<Guest>>,
    /// How many connections each address has; kept only where there is a limit to that.
    of_client: RefCell<HashMap<IpAddr, usize>>,
    full: Cell<bool>,
}

struct Guest {
    talk: Talk,
    /// `None` until its task has begun.
    task: Option<AbortHandle>,
}

/// A connection's place, until it is dropped.
pub(super) struct Place {
    of: Rc<Admission>,
    key: usize,
    client: IpAddr,
}

impl Admission {
    pub(super) fn new(limits: Limits, downstream: Arc<Downstream>) -> Rc<Self> {
        Rc::new(Self {
            limits,
            downstream,
            guests: RefCell::default(),
            of_client: RefCell::default(),
            full: Cell::new(false),
        })
    }

    /// A place for a connection of `client`; `None` where it must be closed.
    pub(super) fn admit(self: &Rc<Self>, client: IpAddr, talk: Talk) -> Option<Place> {
        self.downstream.downstream_cx_total.inc();
        let has_room = !self.is_full();
        self.note(has_room);
        if !self.may_have_one_more(client) || !(has_room || self.make_room()) {
            self.downstream.downstream_cx_overflow.inc();
            self.downstream.downstream_cx_destroy.inc();
            return None;
        }
        if self.limits.connections_per_client.is_some() {
            *self.of_client.borrow_mut().entry(client).or_default() += 1;
        }
        self.downstream.downstream_cx_active.inc();
        let guest = Guest { talk, task: None };
        let key = self.guests.borrow_mut().insert(guest);
        let of = Rc::clone(self);
        Some(Place { of, key, client })
    }

    /// The connection at place `key` is served by `task`.
    pub(super) fn seat(&self, key: usize, task: AbortHandle) {
        if let Some(guest) = self.guests.borrow_mut().get_mut(key) {
            guest.task = Some(task);
        }
    }

    /// Whether one who comes now is let in for another only.
    pub(super) fn is_full(&self) -> bool {
        self.guests.borrow().len() >= self.limits.connections
    }

    /// Closes a connection that waits; `false` where none was found.
    pub(super) fn make_room(&self) -> bool {
        let Some(task) = self.longest_waiting() else {
            return false;
        };
        task.abort();
        self.downstream.downstream_cx_idle_timeout.inc();
        true
    }

    /// The one that waits longest of all connections, or of some taken at random where there are many.
    fn longest_waiting(&self) -> Option<AbortHandle> {
        let mut guests = self.guests.borrow_mut();
        let key = longest_waiting(&guests, |guest| {
            guest.task.as_ref()?;
            guest.talk.waiting_since()
        })?;
        guests.get_mut(key)?.task.take()
    }

    fn may_have_one_more(&self, client: IpAddr) -> bool {
        let of_client = self.of_client.borrow();
        let open = of_client.get(&client).copied().unwrap_or(0);
        self.limits
            .connections_per_client
            .is_none_or(|most| open < most)
    }

    /// Tells when the limit is reached, and when a tenth is free again.
    fn note(&self, has_room: bool) {
        let (most, open) = (self.limits.connections, self.guests.borrow().len());
        if !has_room && !self.full.replace(true) {
            warn!(
                listener = self.downstream.stat_prefix(),
                connections = most,
                "as many client connections as there may be; those that wait make room"
            );
        } else if self.full.get() && open < most - most / 10 {
            self.full.set(false);
            info!(
                listener = self.downstream.stat_prefix(),
                "room for client connections again"
            );
        }
    }

    fn leave(&self, place: &Place) {
        self.guests.borrow_mut().try_remove(place.key);
        self.downstream.downstream_cx_active.dec();
        self.downstream.downstream_cx_destroy.inc();
        let mut of_client = self.of_client.borrow_mut();
        if let Some(open) = of_client.get_mut(&place.client) {
            *open -= 1;
            if *open == 0 {
                of_client.remove(&place.client);
            }
        }
    }
}

impl Place {
    /// What it is called in its [`Admission`].
    pub(super) fn key(&self) -> usize {
        self.key
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.of.leave(self);
    }
}
