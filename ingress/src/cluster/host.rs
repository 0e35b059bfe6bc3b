//! One replica at run time.

use std::net::SocketAddr;
use std::sync::Arc;

use super::{Counter, Gauge};
use crate::outlier::Streak;
use crate::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// Tells a host from all others that its cluster ever had, also from one at the same address that was
/// there before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HostId(pub(super) u64);

/// One replica: where it is, its errors in a row, its counters.
#[derive(Debug)]
pub struct Host {
    id: HostId,
    slot: usize,
    address: SocketAddr,
    streak: Arc<Streak>,
    stats: HostStats,
    generation: AtomicU64,
    gone: AtomicBool,
}

/// The per-host numbers of `/clusters`, by Envoy's names.
#[derive(Debug, Default)]
pub struct HostStats {
    /// Connections opened.
    pub cx_total: Counter,
    /// Connections that could not be made.
    pub cx_connect_fail: Counter,
    /// Connections open now.
    pub cx_active: Gauge,
    /// Requests sent.
    pub rq_total: Counter,
    /// Answers below 500.
    pub rq_success: Counter,
    /// Answers of 500 and more, and failures to answer.
    pub rq_error: Counter,
    /// Requests that took too long.
    pub rq_timeout: Counter,
    /// Requests waiting for their answer now.
    pub rq_active: Gauge,
    /// Requests waiting for a connection now.
    pub rq_pending_active: Gauge,
}

impl Host {
    pub(super) fn new(id: HostId, slot: usize, address: SocketAddr) -> Self {
        Self {
            id,
            slot,
            address,
            streak: Arc::default(),
            stats: HostStats::default(),
            generation: AtomicU64::new(0),
            gone: AtomicBool::new(false),
        }
    }

    /// Who it is.
    pub fn id(&self) -> HostId {
        self.id
    }

    /// A small number that no other host of the cluster has as long as this one is there: where workers
    /// keep what is theirs of it.
    pub fn slot(&self) -> usize {
        self.slot
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its errors in a row.
    pub fn streak(&self) -> &Arc<Streak> {
        &self.streak
    }

    /// What was counted for it.
    pub fn stats(&self) -> &HostStats {
        &self.stats
    }

    /// Grows with each ejection; a connection belongs to the generation in which it was made.
    pub fn generation(&self) -> u64 {
        self.generation.load(Ordering::Relaxed)
    }

    /// Whether a connection of this generation may take another request: not once the host was ejected
    /// (FACTS 6.8) or has left the cluster (14.6).
    pub fn keeps(&self, generation: u64) -> bool {
        generation == self.generation() && !self.gone.load(Ordering::Relaxed)
    }

    pub(super) fn retire_connections(&self) {
        self.generation.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn leave(&self) {
        self.gone.store(true, Ordering::Relaxed);
    }
}
