//! Which connections a server takes, and which it keeps.
//!
//! At the limit somebody who comes is let in for one who waits: a connection on which nothing is being answered. So
//! those who open connections and say nothing keep nobody out. Who has never asked for anything leaves first, so that
//! a proxy's idle connections outlive a stranger's; then whoever waits longest. Who is answered is never cut, nor is
//! one whose request has just come.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use slab::Slab;
use tracing::{info, warn};

use super::hear::hear_all;
use super::talk::{Talk, Turns};
use crate::longest_waiting;

/// The connections of one server.
#[derive(Debug)]
pub(super) struct Admission {
    address: SocketAddr,
    most: usize,
    /// A sync lock: it is held for a look at a few of them.
    guests: Mutex<Slab<Arc<Talk>>>,
    turns: Arc<Turns>,
    /// The log has it that the limit is reached.
    is_told: AtomicBool,
}

/// A connection's place, until it is dropped.
#[derive(Debug)]
pub(super) struct Place {
    of: Arc<Admission>,
    key: usize,
    talk: Arc<Talk>,
}

impl Admission {
    /// For `most` connections at once of the server that listens at `address`.
    pub(super) fn new(address: SocketAddr, most: usize) -> Arc<Self> {
        Arc::new(Self {
            address,
            most,
            guests: Mutex::default(),
            turns: Turns::new(),
            is_told: AtomicBool::new(false),
        })
    }

    /// A place for one more connection; `None` where it must be closed. One at a time may wait for it.
    pub(super) async fn admit(self: &Arc<Self>) -> Option<Place> {
        self.note();
        if self.is_full() {
            // Who has left makes room.
            hear_all().await;
        }
        while self.is_full() {
            if !self.make_room().await {
                return None;
            }
        }
        let talk = Talk::new(&self.turns);
        let key = self.with_guests(|guests| guests.insert(Arc::clone(&talk)));
        let of = Arc::clone(self);
        Some(Place { of, key, talk })
    }

    /// Has one that waits closed, unless it turns out that its request has just come; `false` where nobody waits.
    pub(super) async fn make_room(&self) -> bool {
        // Under the lock, since who is gone by then would never answer.
        let is_asked = self.with_guests(|guests| {
            let key = longest_waiting(guests, |talk| talk.waiting())?;
            guests.get(key).map(|talk| talk.ask_to_leave())
        });
        if is_asked.is_some() {
            self.turns.settled().await;
        }
        is_asked.is_some()
    }

    /// Whether a request is being answered on any of them.
    pub(super) fn is_anyone_answered(&self) -> bool {
        self.with_guests(|guests| guests.iter().any(|(_, talk)| talk.waiting().is_none()))
    }

    /// Tells when the limit is reached, and when a tenth is free again.
    fn note(&self) {
        let open = self.count();
        if open >= self.most && !self.is_told.swap(true, Ordering::Relaxed) {
            warn!(
                address = %self.address,
                connections = self.most,
                "as many connections as there may be; those that wait make room"
            );
        } else if open < self.most - self.most / 10 && self.is_told.swap(false, Ordering::Relaxed) {
            info!(address = %self.address, "room for connections again");
        }
    }

    fn is_full(&self) -> bool {
        self.count() >= self.most
    }

    fn count(&self) -> usize {
        self.with_guests(|guests| guests.len())
    }

    fn with_guests<T>(&self, what: impl FnOnce(&mut Slab<Arc<Talk>>) -> T) -> T {
        what(&mut self.guests.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Place {
    /// The conversation on the connection that has this place.
    pub(super) fn talk(&self) -> &Arc<Talk> {
        &self.talk
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.of.with_guests(|guests| guests.try_remove(self.key));
        self.talk.end();
    }
}
