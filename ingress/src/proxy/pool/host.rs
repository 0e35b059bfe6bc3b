//! The connections of one worker to one host, and who waits for one of them.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;

use tokio::task::spawn_local;
use tokio::time::Instant;

use super::queue::{Queue, Waiting};
use crate::cluster::{Cluster, Host};
use crate::proxy::buffers::Buffers;
use crate::proxy::failure::Failure;
use crate::proxy::upstream::{Connection, Open};

/// So many connections are begun at once for those that wait, as in Envoy.
const BEGUN_AT_ONCE: usize = 3;

/// The connections, the last used first, and the queue.
///
/// Connections are made as Envoy makes them (FACTS 15): one for each request that finds none, as long as the
/// cluster has fewer than it may, and the first one in any case. Whoever waits longest gets the next connection
/// that is there, be it new or free again.
///
/// Nobody polls an idle connection. That its host has closed it is noticed when it is put back or taken out, or by
/// [`sweep`](Self::sweep); where the host refuses the request's first bytes it goes on to the next one unharmed.
pub(in crate::proxy) struct HostPool {
    cluster: Arc<Cluster>,
    host: Arc<Host>,
    buffers: Buffers,
    /// Empty while somebody waits.
    idle: RefCell<Vec<Connection>>,
    queue: Queue,
    /// Connections that there are: being made, idle, or in use.
    open: Cell<usize>,
    /// Of these, those that are being made.
    connecting: Cell<usize>,
}

impl HostPool {
    pub(super) fn new(cluster: Arc<Cluster>, host: Arc<Host>, buffers: Buffers) -> Rc<Self> {
        Rc::new(Self {
            cluster,
            host,
            buffers,
            idle: RefCell::default(),
            queue: Queue::default(),
            open: Cell::new(0),
            connecting: Cell::new(0),
        })
    }

    pub(super) fn is_of(&self, host: &Arc<Host>) -> bool {
        Arc::ptr_eq(&self.host, host)
    }

    pub(in crate::proxy) fn cluster(&self) -> &Arc<Cluster> {
        &self.cluster
    }

    pub(in crate::proxy) fn host(&self) -> &Arc<Host> {
        &self.host
    }

    pub(super) fn take(&self) -> Option<Connection> {
        let mut idle = self.idle.borrow_mut();
        while let Some(mut connection) = idle.pop() {
            if !connection.is_current() {
                connection.close_locally();
            } else if connection.is_idle_since_too_long() {
                self.close_idle(connection);
            } else if connection.is_idle() {
                return Some(connection);
            }
        }
        None
    }

    /// A place in the queue.
    ///
    /// # Errors
    /// [`Failure::Overflow`] when as many requests wait as may.
    pub(super) fn wait(self: &Rc<Self>) -> Result<Waiting, Failure> {
        let stats = self.cluster.stats();
        let most = u64::from(self.cluster.spec().max_pending);
        if !stats.upstream_rq_pending_active.inc_below(most) {
            stats.upstream_rq_pending_overflow.inc();
            return Err(Failure::Overflow);
        }
        stats.upstream_rq_pending_total.inc();
        self.host.stats().rq_pending_active.inc();
        let waiting = Waiting::join(Rc::clone(self));
        self.grow();
        Ok(waiting)
    }

    /// Gives a connection that has just finished an exchange to who waits longest, or keeps it, unless it is
    /// over or its host was ejected or is gone.
    pub(super) fn put(self: &Rc<Self>, mut connection: Connection) {
        if !connection.is_idle() {
            return;
        }
        if !connection.is_current() {
            return connection.close_locally();
        }
        self.give(connection);
    }

    /// The same for one that needs no look.
    fn give(self: &Rc<Self>, mut connection: Connection) {
        if self.queue.is_empty() {
            connection.idles(self.cluster.spec().idle_timeout);
            return self.idle.borrow_mut().push(connection);
        }
        self.queue.serve(self, connection);
        self.grow();
    }

    /// Closes what may not be used any more, and returns when the next idle connection will have been idle for
    /// long enough.
    pub(super) fn sweep(&self) -> Option<Instant> {
        let mut idle = self.idle.borrow_mut();
        let stale = idle.extract_if(.., |connection| !connection.is_current());
        stale.for_each(Connection::close_locally);
        let late = idle.extract_if(.., |connection| connection.is_idle_since_too_long());
        late.for_each(|connection| self.close_idle(connection));
        idle.retain_mut(Connection::is_idle);
        idle.iter().filter_map(Connection::idle_until).min()
    }

    fn close_idle(&self, connection: Connection) {
        self.cluster.stats().upstream_cx_idle_timeout.inc();
        connection.close_locally();
    }

    pub(super) fn queue(&self) -> &Queue {
        &self.queue
    }

    /// One who waited has a connection, or does not wait any more.
    pub(super) fn waited(&self) {
        self.cluster.stats().upstream_rq_pending_active.dec();
        self.host.stats().rq_pending_active.dec();
    }

    /// A connection is over, or was never made.
    pub(in crate::proxy) fn closed(self: &Rc<Self>, was_made: bool) {
        self.open.set(self.open.get() - 1);
        if was_made {
            self.grow();
        } else {
            self.connecting.set(self.connecting.get() - 1);
        }
    }

    /// A connection is made.
    pub(in crate::proxy) fn made(&self) {
        self.connecting.set(self.connecting.get() - 1);
    }

    /// Begins connections for those that wait and have none on its way.
    fn grow(self: &Rc<Self>) {
        for _ in 0..BEGUN_AT_ONCE {
            if self.connecting.get() >= self.queue.len() || !self.may_connect() {
                return;
            }
            self.open.set(self.open.get() + 1);
            self.connecting.set(self.connecting.get() + 1);
            let open = Open::begin(self);
            let this = Rc::clone(self);
            spawn_local(async move {
                match Connection::make(open, this.buffers.clone()).await {
                    Ok(connection) => this.give(connection),
                    // Who is served by a connection in use would wait no longer; but so does Envoy.
                    Err(failure) => this.queue.fail(&this, failure),
                }
            });
        }
    }

    /// Takes a place among the connections of the cluster, over the limit if it is the first to the host.
    fn may_connect(&self) -> bool {
        let stats = self.cluster.stats();
        let most = u64::from(self.cluster.spec().max_connections);
        if stats.upstream_cx_active.inc_below(most) {
            return true;
        }
        stats.upstream_cx_overflow.inc();
        let is_first = self.open.get() == 0;
        if is_first {
            stats.upstream_cx_active.inc();
        }
        is_first
    }
}
