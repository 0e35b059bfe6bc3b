//! One replica at run time.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::{Counter, Gauge};
use crate::outlier::Streak;

/// One replica: where it is, its errors in a row, its counters.
#[derive(Debug)]
pub struct Host {
    address: SocketAddr,
    streak: Arc<Streak>,
    stats: HostStats,
    generation: AtomicU64,
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
}

impl Host {
    pub(super) fn new(address: SocketAddr) -> Self {
        Self {
            address,
            streak: Arc::default(),
            stats: HostStats::default(),
            generation: AtomicU64::new(0),
        }
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

    /// Grows with each ejection. A connection of an older generation is not used again (FACTS 6.8).
    pub fn generation(&self) -> u64 {
        self.generation.load(Ordering::Relaxed)
    }

    pub(super) fn retire_connections(&self) {
        self.generation.fetch_add(1, Ordering::Relaxed);
    }
}
