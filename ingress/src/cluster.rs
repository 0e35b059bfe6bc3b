//! One cluster at run time: the hosts, what the balancers know of them, what was counted, and the one
//! place that decides about ejections.
//!
//! The request path touches atomics and a snapshot only. A streak that reaches its threshold (and
//! nothing else) goes through a channel to [`Cluster::watch_over`], which owns the decisions, as Envoy's
//! main thread does (FACTS 3.7).

mod host;
mod membership;
mod stats;
mod watch;

pub use host::{Host, HostStats};
pub use membership::{Change, Membership};
pub use stats::{BUCKETS_MS, ClusterStats, Counter, Gauge, Histogram, Statuses};
pub use watch::{EventSink, Trip, Trips};

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use arc_swap::{ArcSwap, Guard};
use parking_lot::{Mutex, MutexGuard};
use tokio::sync::{mpsc, watch as signal};
use tokio::time::Instant;

use crate::balance::View;
use crate::mesh;
use crate::outlier::{Elapsed, HostIndex, Thresholds};

/// A cluster with its hosts. Shared by all workers, the watch and the admin pages.
#[derive(Debug)]
pub struct Cluster {
    spec: mesh::Cluster,
    hosts: Vec<Host>,
    view: ArcSwap<View>,
    stats: ClusterStats,
    thresholds: Option<Thresholds>,
    /// A sync lock: the watch and the admin pages hold it for microseconds, never across an await, and
    /// no request takes it.
    membership: Mutex<Membership>,
    trips: mpsc::UnboundedSender<Trip>,
    /// Wakes the workers to close idle connections of hosts that were just ejected.
    drained: signal::Sender<()>,
    born: Instant,
    born_at: SystemTime,
}

impl Cluster {
    /// The cluster of `spec` with replicas at `addresses`, and the receiving end of its trips, which
    /// must be given to [`watch_over`](Self::watch_over). The clock of the detector starts now.
    pub fn new(spec: mesh::Cluster, addresses: &[SocketAddr]) -> (Arc<Self>, Trips) {
        let hosts: Vec<Host> = addresses.iter().copied().map(Host::new).collect();
        let streaks = hosts.iter().map(|host| Arc::clone(host.streak()));
        let membership = Membership::new(spec.outlier.as_ref(), streaks);
        let (trips, receiver) = mpsc::unbounded_channel();
        let cluster = Self {
            view: ArcSwap::from_pointee(membership.view()),
            thresholds: spec.outlier.as_ref().map(Thresholds::from),
            membership: Mutex::new(membership),
            stats: ClusterStats::default(),
            drained: signal::Sender::new(()),
            born: Instant::now(),
            born_at: SystemTime::now(),
            spec,
            hosts,
            trips,
        };
        (Arc::new(cluster), receiver)
    }

    /// What the manifests say of it.
    pub fn spec(&self) -> &mesh::Cluster {
        &self.spec
    }

    /// All hosts in configuration order.
    pub fn hosts(&self) -> &[Host] {
        &self.hosts
    }

    /// Who may serve, as the balancers know it.
    #[inline]
    pub fn view(&self) -> Guard<Arc<View>> {
        self.view.load()
    }

    /// What was counted.
    pub fn stats(&self) -> &ClusterStats {
        &self.stats
    }

    /// Counts an answer of `host`, or the status that stands for its failure to answer.
    #[inline]
    pub fn record(&self, host: HostIndex, status: u16) {
        let Some(thresholds) = self.thresholds else {
            return;
        };
        for cause in self.hosts[host]
            .streak()
            .record(status, thresholds)
            .causes()
        {
            // The watch ends with the process only; a trip after that has nobody left to decide.
            let _ended = self.trips.send(Trip { host, cause });
        }
    }

    /// The decisions so far, for the admin pages. Keep the guard for a moment only.
    pub fn membership(&self) -> MutexGuard<'_, Membership> {
        self.membership.lock()
    }

    /// A receiver that is woken when idle connections may have to be closed.
    pub fn drains(&self) -> signal::Receiver<()> {
        self.drained.subscribe()
    }

    /// Time on the detector's clock.
    pub fn now(&self) -> Elapsed {
        self.born.elapsed()
    }

    /// The wall-clock time of a moment on the detector's clock, at most the end of the year 9999, the
    /// last that RFC 3339 can write.
    pub fn wall_clock(&self, at: Elapsed) -> SystemTime {
        let last = SystemTime::UNIX_EPOCH + Duration::from_secs(253_402_300_799);
        self.born_at
            .checked_add(at)
            .map_or(last, |time| time.min(last))
    }
}
