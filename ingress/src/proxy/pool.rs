//! The upstream connections of one worker.

mod host;
mod queue;

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use tokio::time::Instant;

use super::buffers::Buffers;
use super::failure::Failure;
use super::upstream::Connection;
use crate::cluster::{Cluster, Host};

pub(super) use host::HostPool;
use queue::Waiting;

/// The connections to the hosts of one cluster, and the requests that wait for one.
///
/// They are kept by the slot of their host. Once a host is gone its slot may be another's.
pub(super) struct Pool {
    cluster: Arc<Cluster>,
    buffers: Buffers,
    hosts: RefCell<Vec<Option<Rc<HostPool>>>>,
}

impl Pool {
    pub(super) fn new(cluster: Arc<Cluster>, buffers: Buffers) -> Self {
        Self {
            cluster,
            buffers,
            hosts: RefCell::default(),
        }
    }

    pub(super) fn cluster(&self) -> &Arc<Cluster> {
        &self.cluster
    }

    /// An idle connection to `host` that was not there before its last ejection.
    pub(super) fn take(&self, host: &Arc<Host>) -> Option<Connection> {
        let hosts = self.hosts.borrow();
        let pool = hosts.get(host.slot())?.as_ref()?;
        pool.is_of(host).then(|| pool.take())?
    }

    /// Waits for a connection to `host` where none is idle: for a new one, or for one that gets free.
    ///
    /// # Errors
    /// [`Failure::Overflow`] when as many requests wait as may, or when this process has no file left,
    /// [`Failure::Unreachable`] and [`Failure::ConnectTimeout`] as the names say.
    pub(super) async fn wait(&self, host: &Arc<Host>) -> Result<Connection, Failure> {
        let waiting: Waiting = self.of(host).wait()?;
        waiting.await
    }

    /// Takes back a connection that has just finished an exchange.
    pub(super) fn put(&self, connection: Connection) {
        let hosts = self.hosts.borrow();
        let pool = hosts.get(connection.host().slot()).and_then(Option::as_ref);
        match pool {
            Some(pool) if pool.is_of(connection.host()) => pool.put(connection),
            // Its host is gone.
            _ => connection.close_locally(),
        }
    }

    /// Closes connections to hosts that were ejected (FACTS 6.8) or are gone (14.6), those that have been idle
    /// for as long as they may (15.9), and forgets those that hosts closed. Returns when the next one will have.
    pub(super) fn sweep(&self) -> Option<Instant> {
        let hosts = self.hosts.borrow();
        hosts.iter().flatten().filter_map(|pool| pool.sweep()).min()
    }

    fn of(&self, host: &Arc<Host>) -> Rc<HostPool> {
        let mut hosts = self.hosts.borrow_mut();
        let slot = host.slot();
        if hosts.len() <= slot {
            hosts.resize_with(slot + 1, || None);
        }
        match &hosts[slot] {
            Some(pool) if pool.is_of(host) => Rc::clone(pool),
            _ => {
                let pool = HostPool::new(
                    Arc::clone(&self.cluster),
                    Arc::clone(host),
                    self.buffers.clone(),
                );
                let before = hosts[slot].replace(Rc::clone(&pool));
                drop(hosts);
                // The connections of whoever had the slot go with it.
                drop(before);
                pool
            }
        }
    }
}

#[cfg(test)]
mod tests;
