//! One connection to a host.

use std::io;
use std::rc::{Rc, Weak};
use std::sync::Arc;
use std::time::Duration;

use rustix::io::Errno;
use tokio::net::TcpStream;
use tokio::time::{self, Instant};

use super::buffers::Buffers;
use super::failure::Failure;
use super::pool::HostPool;
use super::wire::Wire;
use crate::cluster::{Cluster, Host};

/// How long a host may take to accept a connection: Envoy's default `connect_timeout`.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// A connection to a host.
pub(super) struct Connection {
    /// The first to be dropped: when the host sees the end, it is counted.
    open: Open,
    wire: Wire,
    /// The host's when the connection was made.
    generation: u64,
    /// It has brought no answer yet.
    is_new: bool,
    /// Until when it may wait for its next request; set where there is a limit to that.
    idle_until: Option<Instant>,
}

/// Counts a connection as open from its beginning, and its end when it is dropped.
pub(super) struct Open {
    cluster: Arc<Cluster>,
    host: Arc<Host>,
    /// Where it belongs, which hears of its end.
    pool: Weak<HostPool>,
    is_made: bool,
    /// Whether the host ended it. Else we did, by letting go of it.
    by_host: bool,
    /// A request is on it whose answer is not complete.
    with_request: bool,
}

impl Connection {
    /// Connects.
    ///
    /// # Errors
    /// [`Failure::Overflow`] when this process has no file left for it, [`Failure::Unreachable`] and
    /// [`Failure::ConnectTimeout`] as the names say.
    pub(super) async fn make(mut open: Open, buffers: Buffers) -> Result<Self, Failure> {
        let start = Instant::now();
        let generation = open.host.generation();
        let connecting = TcpStream::connect(open.host.address());
        let stream = match time::timeout(CONNECT_TIMEOUT, connecting).await {
            Ok(Ok(stream)) => stream,
            // Nothing was asked of the host, so nothing is held against it.
            Ok(Err(error)) if is_out_of_files(&error) => {
                open.cluster.stats().upstream_cx_overflow.inc();
                return Err(Failure::Overflow);
            }
            Ok(Err(_)) => {
                open.by_host = true;
                return Err(open.failed(Failure::Unreachable));
            }
            Err(_) => {
                open.cluster.stats().upstream_cx_connect_timeout.inc();
                return Err(open.failed(Failure::ConnectTimeout));
            }
        };
        let took = start.elapsed();
        open.cluster.stats().upstream_cx_connect_ms.record(took);
        stream.set_nodelay(true).map_err(|_| Failure::Termination)?;
        open.made();
        Ok(Self {
            open,
            wire: Wire::new(stream, buffers),
            generation,
            is_new: true,
            idle_until: None,
        })
    }

    /// What came and is not understood yet.
    pub(super) fn unread(&self) -> &[u8] {
        self.wire.unread()
    }

    /// What comes and goes on it.
    pub(super) fn wire(&mut self) -> &mut Wire {
        &mut self.wire
    }

    pub(super) fn host(&self) -> &Arc<Host> {
        &self.open.host
    }

    /// Whether the host is there and was not ejected since the connection was made.
    pub(super) fn is_current(&self) -> bool {
        self.open.host.keeps(self.generation)
    }

    /// Whether it has brought no answer yet.
    pub(super) fn is_new(&self) -> bool {
        self.is_new
    }

    /// It waits for its next request from now on, for `limit` at most.
    pub(super) fn idles(&mut self, limit: Option<Duration>) {
        self.idle_until = limit.map(|limit| Instant::now() + limit);
    }

    /// Until when it may wait for its next request.
    pub(super) fn idle_until(&self) -> Option<Instant> {
        self.idle_until
    }

    /// Whether it has waited for its next request for as long as it may.
    pub(super) fn is_idle_since_too_long(&self) -> bool {
        self.idle_until.is_some_and(|until| until <= Instant::now())
    }

    /// A request is on its way.
    pub(super) fn begin(&mut self) {
        self.open.with_request = true;
    }

    /// The head of an answer is here.
    pub(super) fn answered(&mut self) {
        self.is_new = false;
    }

    /// There is no request on it any more.
    pub(super) fn complete(&mut self) {
        self.open.with_request = false;
    }

    /// The host has ended it.
    pub(super) fn close_by_host(mut self) {
        self.open.by_host = true;
    }

    /// Whether it can take a request: it is not over, nothing came on it that nobody asked for, and nothing is left to go.
    pub(super) fn is_idle(&mut self) -> bool {
        let is_over = !self.wire.is_empty() || self.wire.has_news();
        self.open.by_host |= is_over;
        !is_over
    }

    /// Closes it because we want it so.
    pub(super) fn close_locally(self) {
        drop(self);
    }
}

/// Whether there are as many files open, in this process or all over the system, as there may be.
pub(super) fn is_out_of_files(error: &io::Error) -> bool {
    let error = Errno::from_io_error(error);
    matches!(error, Some(Errno::MFILE | Errno::NFILE))
}

impl Open {
    /// A connection of `pool` begins; it is counted already in `upstream_cx_active`, which has a limit.
    pub(super) fn begin(pool: &Rc<HostPool>) -> Self {
        let (cluster, host) = (pool.cluster(), pool.host());
        cluster.stats().upstream_cx_total.inc();
        host.stats().cx_total.inc();
        host.stats().cx_active.inc();
        Self {
            cluster: Arc::clone(cluster),
            host: Arc::clone(host),
            pool: Rc::downgrade(pool),
            is_made: false,
            by_host: false,
            with_request: false,
        }
    }

    fn failed(&self, failure: Failure) -> Failure {
        self.cluster.stats().upstream_cx_connect_fail.inc();
        self.host.stats().cx_connect_fail.inc();
        failure
    }

    fn made(&mut self) {
        self.is_made = true;
        if let Some(pool) = self.pool.upgrade() {
            pool.made();
        }
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        let stats = self.cluster.stats();
        stats.upstream_cx_active.dec();
        self.host.stats().cx_active.dec();
        let (destroyed, with_request) = if self.by_host {
            (
                &stats.upstream_cx_destroy_remote,
                &stats.upstream_cx_destroy_remote_with_active_rq,
            )
        } else {
            (
                &stats.upstream_cx_destroy_local,
                &stats.upstream_cx_destroy_local_with_active_rq,
            )
        };
        destroyed.inc();
        if self.with_request {
            with_request.inc();
        }
        if let Some(pool) = self.pool.upgrade() {
            pool.closed(self.is_made);
        }
    }
}
