//! The upstream connections of one worker that wait for their next request.

use std::cell::RefCell;
use std::sync::Arc;
use std::task::{Context, Waker};

use super::upstream::Connection;
use crate::cluster::Cluster;
use crate::outlier::HostIndex;

/// Idle connections to the hosts of one cluster, the last used first.
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
        let idle = cluster.hosts().iter().map(|_| Vec::new()).collect();
        Self {
            cluster,
            idle: RefCell::new(idle),
        }
    }

    pub(super) fn cluster(&self) -> &Arc<Cluster> {
        &self.cluster
    }

    /// A connection to `host` that was not there before its last ejection.
    pub(super) fn take(&self, host: HostIndex) -> Option<Connection> {
        let mut idle = self.idle.borrow_mut();
        let generation = self.cluster.hosts()[host].generation();
        while let Some(mut connection) = idle[host].pop() {
            if connection.generation() != generation {
                connection.close_locally();
            } else if connection.settles(&mut Context::from_waker(Waker::noop())) {
                return Some(connection);
            }
        }
        None
    }

    /// Keeps a connection that has just finished an exchange, unless it is over or its host was ejected.
    pub(super) fn put(&self, mut connection: Connection) {
        let host = connection.host();
        if !connection.settles(&mut Context::from_waker(Waker::noop())) {
            return;
        }
        if connection.generation() == self.cluster.hosts()[host].generation() {
            self.idle.borrow_mut()[host].push(connection);
        } else {
            connection.close_locally();
        }
    }

    /// Closes connections to hosts that were ejected (FACTS 6.8), and forgets those that hosts closed.
    pub(super) fn sweep(&self) {
        let mut idle = self.idle.borrow_mut();
        for (host, connections) in self.cluster.hosts().iter().zip(idle.iter_mut()) {
            let stale = connections.extract_if(.., |connection| {
                connection.generation() != host.generation()
            });
            stale.for_each(Connection::close_locally);
            connections.retain_mut(|connection| {
                connection.settles(&mut Context::from_waker(Waker::noop()))
            });
        }
    }
}
