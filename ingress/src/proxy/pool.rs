//! The upstream connections of one worker that wait for their next request.

use std::cell::RefCell;
use std::sync::Arc;
use std::task::{Context, Waker};

use super::upstream::Connection;
use crate::cluster::{Cluster, Host};

/// Idle connections to the hosts of one cluster, the last used first.
///
/// They are kept by the slot of their host. Once a host is gone its slot may be another's, whose
/// connections then lie on top of those that wait for the next [`sweep`](Self::sweep).
///
/// Nobody polls an idle connection. That its host has closed it is noticed when it is taken out or by
/// [`sweep`](Self::sweep); where that comes at the same moment the request goes on to the next one
/// unharmed.
pub(super) struct Pool {
    cluster: Arc<Cluster>,
    idle: RefCell<Vec<Vec<Connection>>>,
}

impl Pool {
    pub(super) fn new(cluster: Arc<Cluster>) -> Self {
        Self {
            cluster,
            idle: RefCell::default(),
        }
    }

    pub(super) fn cluster(&self) -> &Arc<Cluster> {
        &self.cluster
    }

    /// A connection to `host` that was not there before its last ejection.
    pub(super) fn take(&self, host: &Arc<Host>) -> Option<Connection> {
        let mut idle = self.idle.borrow_mut();
        let idle = idle.get_mut(host.slot())?;
        while let Some(mut connection) = idle.pop_if(|one| Arc::ptr_eq(one.host(), host)) {
            if !connection.is_current() {
                connection.close_locally();
            } else if connection.settles(&mut Context::from_waker(Waker::noop())) {
                return Some(connection);
            }
        }
        None
    }

    /// Keeps a connection that has just finished an exchange, unless it is over or its host was ejected
    /// or is gone.
    pub(super) fn put(&self, mut connection: Connection) {
        // Otherwise a look can wait until it is taken out. By then the answer is gone, whose head is a part of
        // the buffer that hyper reads into; now a look would take another buffer.
        let over = connection.may_be_over()
            && !connection.settles(&mut Context::from_waker(Waker::noop()));
        if over {
            return;
        }
        if !connection.is_current() {
            return connection.close_locally();
        }
        let slot = connection.host().slot();
        let mut idle = self.idle.borrow_mut();
        if idle.len() <= slot {
            idle.resize_with(slot + 1, Vec::new);
        }
        idle[slot].push(connection);
    }

    /// Closes connections to hosts that were ejected (FACTS 6.8) or are gone (14.6), and forgets those
    /// that hosts closed.
    pub(super) fn sweep(&self) {
        for connections in self.idle.borrow_mut().iter_mut() {
            let stale = connections.extract_if(.., |connection| !connection.is_current());
            stale.for_each(Connection::close_locally);
            connections.retain_mut(|connection| {
                connection.settles(&mut Context::from_waker(Waker::noop()))
            });
        }
    }
}
