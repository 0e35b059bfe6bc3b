//! One cluster at run time: the hosts, what the balancers know of them, what was counted, and the one
//! place that decides about ejections.
//!
//! The request path touches atomics and a snapshot only. A streak that reaches its threshold (and
//! nothing else) goes through a channel to [`Cluster::watch_over`], which owns the decisions, as Envoy's
//! main thread does (FACTS 3.7).

mod host;
mod membership;
mod replace;
mod snapshot;
mod stats;
mod watch;

pub use host::{Host, HostId, HostStats};
pub use membership::{Change, Membership};
pub use replace::Replaced;
pub use snapshot::{Hosts, Snapshot};
pub use stats::{BUCKETS_MS, ClusterStats, Counter, Gauge, Histogram, Statuses};
pub use watch::{EventSink, Trip, Trips};

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::{Duration, SystemTime};

use arc_swap::{ArcSwap, Guard};
use parking_lot::{Mutex, MutexGuard};
use tokio::sync::{mpsc, watch as signal};
use tokio::time::Instant;

use crate::mesh;
use crate::outlier::{Elapsed, Thresholds};

/// A cluster with its hosts. Shared by all workers, the watch and the admin pages.
#[derive(Debug)]
pub struct Cluster {
    spec: mesh::Cluster,
    /// Stored by whoever holds the lock of the membership, so the two belong together for as long as
    /// that is held.
    snapshot: ArcSwap<Snapshot>,
    hosts_made: AtomicU64,
    stats: ClusterStats,
    thresholds: Option<Thresholds>,
    /// A sync lock: the watch and the admin pages hold it for microseconds, never across an await, and
    /// no request takes it.
    membership: Mutex<Membership>,
    trips: mpsc::UnboundedSender<Trip>,
    /// Wakes the workers to close idle connections of hosts that were just ejected or went away.
    drained: signal::Sender<()>,
    born: Instant,
    born_at: SystemTime,
}

impl Cluster {
    /// The cluster of `spec` with replicas at `addresses`, and the receiving end of its trips, which
    /// must be given to [`watch_over`](Self::watch_over). The clock of the detector starts now.
    pub fn new(spec: mesh::Cluster, addresses: &[SocketAddr]) -> (Arc<Self>, Trips) {
        let host = |(n, at): (usize, &SocketAddr)| Arc::new(Host::new(HostId(n as u64), n, *at));
        let hosts: Hosts = addresses.iter().enumerate().map(host).collect();
        let streaks = hosts.iter().map(|host| Arc::clone(host.streak()));
        let membership = Membership::new(spec.outlier.as_ref(), streaks);
        let (trips, receiver) = mpsc::unbounded_channel();
        let stats = ClusterStats::default();
        if !hosts.is_empty() {
            stats.membership_change.inc();
            stats.total_match_count.add(hosts.len() as u64);
        }
        let cluster = Self {
            hosts_made: AtomicU64::new(hosts.len() as u64),
            snapshot: ArcSwap::from_pointee(Snapshot::new(hosts, membership.view())),
            thresholds: spec.outlier.as_ref().map(Thresholds::from),
            membership: Mutex::new(membership),
            stats,
            drained: signal::Sender::new(()),
            born: Instant::now(),
            born_at: SystemTime::now(),
            spec,
            trips,
        };
        (Arc::new(cluster), receiver)
    }

    /// What the manifests say of it.
    pub fn spec(&self) -> &mesh::Cluster {
        &self.spec
    }

    /// All hosts that there are now, in configuration order or, of a DNS name, in that of the answer that
    /// last brought a change.
    pub fn hosts(&self) -> Hosts {
        Arc::clone(self.snapshot().hosts())
    }

    /// What the balancers know.
    #[inline]
    pub fn snapshot(&self) -> Guard<Arc<Snapshot>> {
        self.snapshot.load()
    }

    /// What was counted.
    pub fn stats(&self) -> &ClusterStats {
        &self.stats
    }

    /// Counts an answer of `host`, or the status that stands for its failure to answer.
    #[inline]
    pub fn record(&self, host: &Arc<Host>, status: u16) {
        let Some(thresholds) = self.thresholds else {
            return;
        };
        for cause in host.streak().record(status, thresholds).causes() {
            let host = Arc::clone(host);
            // The watch ends with the process only; a trip after that has nobody left to decide.
            let _ended = self.trips.send(Trip { host, cause });
        }
    }

    /// The decisions so far, for the admin pages. As long as the guard is kept, which must be for a moment
    /// only, the places are those of [`hosts`](Self::hosts).
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
