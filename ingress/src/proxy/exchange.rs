//! One attempt at one host, from the pick to the last byte of the answer, and what is counted for it.

use std::sync::Arc;

use http::StatusCode;
use tokio::time::Instant;

use super::drip::Drip;
use super::failure::Failure;
use super::pool::Pool;
use super::upstream::Connection;
use super::wire::Wire;
use crate::cluster::{Cluster, Host};

/// The attempt. Dropped before its end it counts for nobody: the client went away (FACTS 3.5). If it had no connection
/// yet, it counts as cancelled (15.6, 15.14).
pub(super) struct Exchange<'a> {
    pool: &'a Pool,
    host: Arc<Host>,
    /// Whether it counts as a request to the host.
    is_active: bool,
    /// The connection while there is more to come on it.
    connection: Option<Connection>,
    /// The connection takes another request behind this one.
    keeps: bool,
    is_over: bool,
    /// How much of the answer's head was looked at.
    drip: Drip,
}

/// How an answer broke off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Truncated {
    /// What came is no part of it.
    Malformed,
    /// With the end of the connection, in the middle of it.
    Ended,
    /// With a reset, which says nothing about what was sent.
    Reset,
}

impl<'a> Exchange<'a> {
    /// `host` was picked.
    pub(super) fn begin(pool: &'a Pool, host: Arc<Host>) -> Self {
        Self {
            pool,
            host,
            is_active: false,
            connection: None,
            keeps: true,
            is_over: false,
            drip: Drip::default(),
        }
    }

    pub(super) fn host(&self) -> &Arc<Host> {
        &self.host
    }

    /// There is a connection for the request. One that finds none is not counted as a request to the host.
    pub(super) fn connected(&mut self, mut connection: Connection) {
        connection.begin();
        self.connection = Some(connection);
        self.drip = Drip::default();
        if std::mem::replace(&mut self.is_active, true) {
            return;
        }
        let stats = self.cluster().stats();
        let host = self.host.stats();
        stats.upstream_rq_total.inc();
        stats.upstream_rq_active.inc();
        host.rq_total.inc();
        host.rq_active.inc();
    }

    /// What comes and goes between connection and end.
    pub(super) fn wire(&mut self) -> Option<&mut Wire> {
        self.connection.as_mut().map(Connection::wire)
    }

    /// What came and is not understood yet.
    pub(super) fn unread(&self) -> &[u8] {
        self.connection.as_ref().map_or(&[], Connection::unread)
    }

    /// Whether it may be the head of an answer, as far as one can tell without a look.
    pub(super) fn may_be_a_head(&mut self) -> bool {
        let (unread, mut drip) = (self.unread(), self.drip);
        let is_worth_a_look = drip.has_more(unread) && drip.is_worth_a_look(unread);
        drip.saw(unread);
        self.drip = drip;
        is_worth_a_look
    }

    /// The first `n` bytes of it are understood.
    pub(super) fn consume(&mut self, n: usize) {
        self.drip = Drip::default();
        if let Some(wire) = self.wire() {
            wire.consume(n);
        }
    }

    /// The head of the answer is here; it counts for the host at once. `keeps`: the connection goes on behind it.
    pub(super) fn answered(&mut self, status: StatusCode, keeps: bool) {
        self.keeps = keeps;
        if let Some(connection) = &mut self.connection {
            connection.answered();
        }
        self.count(status);
    }

    /// The host has ended the connection, before it was asked anything (`is_refused`) or with the request on it.
    pub(super) fn closed_by_host(&mut self, is_refused: bool) {
        if let Some(mut connection) = self.connection.take() {
            if is_refused {
                connection.complete();
            }
            connection.close_by_host();
        }
    }

    /// There is no answer, and the host is to blame, unless the time was over before there was a connection to
    /// it (FACTS 15.7).
    pub(super) fn failed(mut self, failure: Failure) {
        let stats = self.cluster().stats();
        if failure == Failure::Timeout && !self.is_active {
            return stats.upstream_rq_timeout.inc();
        }
        if failure.is_connect_failure() {
            stats.upstream_rq_pending_failure_eject.inc();
        }
        match failure {
            Failure::Timeout => stats.upstream_rq_timeout.inc(),
            Failure::PerTryTimeout => stats.upstream_rq_per_try_timeout.inc(),
            Failure::Protocol => stats.upstream_cx_protocol_error.inc(),
            _ => {}
        }
        if matches!(failure, Failure::Timeout | Failure::PerTryTimeout) {
            self.host.stats().rq_timeout.inc();
        }
        if failure != Failure::Overflow {
            self.count(failure.status());
        }
        self.is_over = true;
    }

    /// The answer is given up for another attempt.
    pub(super) fn discard(mut self) {
        self.is_over = true;
    }

    /// The answer to a request that began at `start` is complete. The connection may take the next one, unless the
    /// host does not want it, or has not got all of this one (`has_all`).
    pub(super) fn finish(&mut self, start: Instant, has_all: bool) {
        self.is_over = true;
        self.release();
        let time = &self.cluster().stats().upstream_rq_time;
        time.record(start.elapsed());
        let Some(mut connection) = self.connection.take() else {
            return;
        };
        connection.complete();
        if !has_all {
            connection.close_locally();
        } else if self.keeps {
            self.pool.put(connection);
        } else {
            connection.close_by_host();
        }
    }

    /// Whether nothing more comes.
    pub(super) fn is_over(&self) -> bool {
        self.is_over
    }

    /// The time is over in the middle of the answer. The host's answer has counted already, and who of the two is
    /// slow cannot be told, so nobody is blamed.
    pub(super) fn timed_out(mut self) {
        self.cluster().stats().upstream_rq_timeout.inc();
        self.host.stats().rq_timeout.inc();
        self.is_over = true;
    }

    /// The answer broke off: one more error for the host (FACTS 3.4).
    pub(super) fn truncated(mut self, how: Truncated) {
        self.is_over = true;
        match (self.connection.take(), how) {
            (Some(connection), Truncated::Malformed) => connection.close_locally(),
            (Some(connection), _) => connection.close_by_host(),
            (None, _) => {}
        }
        let cluster = self.cluster();
        if how == Truncated::Reset {
            cluster.stats().upstream_rq_rx_reset.inc();
        } else {
            cluster.stats().upstream_cx_protocol_error.inc();
        }
        cluster.record(&self.host, StatusCode::SERVICE_UNAVAILABLE.as_u16());
    }

    /// It is no request of the host any more.
    fn release(&mut self) {
        if std::mem::take(&mut self.is_active) {
            self.cluster().stats().upstream_rq_active.dec();
            self.host.stats().rq_active.dec();
        }
    }

    fn cluster(&self) -> &'a Cluster {
        self.pool.cluster()
    }

    fn count(&self, status: StatusCode) {
        let host = self.host.stats();
        if status.is_server_error() {
            &host.rq_error
        } else {
            &host.rq_success
        }
        .inc();
        self.cluster().record(&self.host, status.as_u16());
    }
}

impl Drop for Exchange<'_> {
    fn drop(&mut self) {
        let has_waited_only = !self.is_active && !self.is_over;
        self.release();
        if has_waited_only {
            self.cluster().stats().upstream_rq_cancelled.inc();
        }
        if let Some(connection) = self.connection.take() {
            connection.close_locally();
        }
    }
}
