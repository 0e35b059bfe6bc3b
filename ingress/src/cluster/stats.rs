//! What a cluster counts. Every field is one of Envoy's `cluster.<name>.*` statistics.

use std::time::Duration;

use crate::sync::atomic::{AtomicU64, Ordering};

/// A number that only grows. `Relaxed`: it is read for display only.
#[derive(Debug, Default)]
pub struct Counter(AtomicU64);

/// A number that goes up and down.
#[derive(Debug, Default)]
pub struct Gauge(AtomicU64);

/// The upper bounds of Envoy's histogram buckets, in milliseconds.
pub const BUCKETS_MS: [f64; 19] = [
    0.5,
    1.0,
    5.0,
    10.0,
    25.0,
    50.0,
    100.0,
    250.0,
    500.0,
    1_000.0,
    2_500.0,
    5_000.0,
    10_000.0,
    30_000.0,
    60_000.0,
    300_000.0,
    600_000.0,
    1_800_000.0,
    3_600_000.0,
];

/// Durations by bucket.
#[derive(Debug, Default)]
pub struct Histogram {
    buckets: [Counter; BUCKETS_MS.len()],
    over: Counter,
    sum_micros: Counter,
}

/// Answers by status code, 100 to 599.
#[derive(Debug)]
pub struct Statuses(Box<[Counter]>);

/// The statistics of one cluster.
#[derive(Debug, Default)]
pub struct ClusterStats {
    /// Connections opened.
    pub upstream_cx_total: Counter,
    /// Connections open now.
    pub upstream_cx_active: Gauge,
    /// Connections that could not be made.
    pub upstream_cx_connect_fail: Counter,
    /// Of these, those that took too long.
    pub upstream_cx_connect_timeout: Counter,
    /// Connections closed by us.
    pub upstream_cx_destroy_local: Counter,
    /// Connections closed by the host.
    pub upstream_cx_destroy_remote: Counter,
    /// Connections closed by us with a request on them.
    pub upstream_cx_destroy_local_with_active_rq: Counter,
    /// Connections closed by the host with a request on them.
    pub upstream_cx_destroy_remote_with_active_rq: Counter,
    /// Requests refused because nobody is healthy and panic is off.
    pub upstream_cx_none_healthy: Counter,
    /// Answers that are not HTTP.
    pub upstream_cx_protocol_error: Counter,
    /// Connections that had waited for a request for as long as they may.
    pub upstream_cx_idle_timeout: Counter,
    /// Looks for a new connection that found `max_connections` open.
    pub upstream_cx_overflow: Counter,
    /// Requests sent.
    pub upstream_rq_total: Counter,
    /// Requests waiting for their answer now.
    pub upstream_rq_active: Gauge,
    /// Requests that had to wait for a connection.
    pub upstream_rq_pending_total: Counter,
    /// Of these, those that wait now.
    pub upstream_rq_pending_active: Gauge,
    /// Requests refused because as many waited as may.
    pub upstream_rq_pending_overflow: Counter,
    /// Requests that waited for a connection that could not be made.
    pub upstream_rq_pending_failure_eject: Counter,
    /// Requests that ended, by their client or by the route's timeout, before there was a connection for them.
    pub upstream_rq_cancelled: Counter,
    /// Requests that exceeded the route's timeout.
    pub upstream_rq_timeout: Counter,
    /// Attempts that exceeded their own timeout.
    pub upstream_rq_per_try_timeout: Counter,
    /// Requests whose connection was reset by the host.
    pub upstream_rq_rx_reset: Counter,
    /// Requests reset by us.
    pub upstream_rq_tx_reset: Counter,
    /// Retries.
    pub upstream_rq_retry: Counter,
    /// Retries that brought an answer that needs no further retry.
    pub upstream_rq_retry_success: Counter,
    /// Requests that used up their retries.
    pub upstream_rq_retry_limit_exceeded: Counter,
    /// Requests that cannot be retried because their body is too large to keep, or others keep too much.
    pub retry_or_shadow_abandoned: Counter,
    /// Lookups of the hosts' DNS name.
    pub update_attempt: Counter,
    /// Of these, those with an answer, be it without hosts.
    pub update_success: Counter,
    /// Those without.
    pub update_failure: Counter,
    /// Answers that changed nothing.
    pub update_no_rebuild: Counter,
    /// Sets of hosts, the first included unless it is empty.
    pub membership_change: Counter,
    /// Hosts in all answers together.
    pub total_match_count: Counter,
    /// Picks made in panic.
    pub lb_healthy_panic: Counter,
    /// Answers given to clients, by status.
    pub statuses: Statuses,
    /// Answers that were retried in place of being given to the client, by status.
    pub retried_statuses: Statuses,
    /// From the request to the complete answer.
    pub upstream_rq_time: Histogram,
    /// From the attempt to the connection.
    pub upstream_cx_connect_ms: Histogram,
}

impl Counter {
    /// Adds one.
    #[inline]
    pub fn inc(&self) {
        self.add(1);
    }

    /// Adds `n`.
    #[inline]
    pub fn add(&self, n: u64) {
        self.0.fetch_add(n, Ordering::Relaxed);
    }

    /// The sum so far.
    pub fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

impl Gauge {
    /// One more.
    #[inline]
    pub fn inc(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    /// One more if there are fewer than `limit`; whether there were.
    pub fn inc_below(&self, limit: u64) -> bool {
        let one_more = |n| (n < limit).then_some(n + 1);
        let updated = self
            .0
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_more);
        updated.is_ok()
    }

    /// One less; there must have been an [`inc`](Self::inc) before.
    #[inline]
    pub fn dec(&self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }

    /// How many there are.
    pub fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

impl Histogram {
    /// Adds a duration.
    #[inline]
    pub fn record(&self, duration: Duration) {
        let ms = duration.as_secs_f64() * 1_000.0;
        let bucket = BUCKETS_MS.partition_point(|&bound| bound < ms);
        self.buckets.get(bucket).unwrap_or(&self.over).inc();
        self.sum_micros
            .add(u64::try_from(duration.as_micros()).unwrap_or(u64::MAX));
    }

    /// How many lie at or below each bound of [`BUCKETS_MS`].
    pub fn cumulative(&self) -> impl Iterator<Item = (f64, u64)> {
        BUCKETS_MS
            .iter()
            .zip(&self.buckets)
            .scan(0, |below, (&bound, bucket)| {
                *below += bucket.get();
                Some((bound, *below))
            })
    }

    /// How many there are.
    pub fn count(&self) -> u64 {
        self.buckets
            .iter()
            .chain([&self.over])
            .map(Counter::get)
            .sum()
    }

    /// Their sum in milliseconds.
    pub fn sum_ms(&self) -> f64 {
        self.sum_micros.get() as f64 / 1_000.0
    }
}

impl Statuses {
    const FIRST: u16 = 100;

    /// Counts an answer; a status outside of 100 to 599 is not counted by code.
    #[inline]
    pub fn count(&self, status: u16) {
        if let Some(counter) = status
            .checked_sub(Self::FIRST)
            .and_then(|at| self.0.get(usize::from(at)))
        {
            counter.inc();
        }
    }

    /// The statuses seen at least once, in order, and how often.
    pub fn seen(&self) -> impl Iterator<Item = (u16, u64)> {
        (Self::FIRST..)
            .zip(&self.0)
            .map(|(status, counter)| (status, counter.get()))
            .filter(|&(_, n)| n > 0)
    }
}

impl Default for Statuses {
    fn default() -> Self {
        Self((Self::FIRST..600).map(|_| Counter::default()).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_on_a_bound_belongs_below_it() {
        let histogram = Histogram::default();
        histogram.record(Duration::from_millis(1));
        histogram.record(Duration::from_micros(1_001));
        histogram.record(Duration::from_secs(4_000));
        let below: Vec<u64> = histogram.cumulative().map(|(_, n)| n).take(3).collect();
        assert_eq!(below, [0, 1, 2]);
        assert_eq!(
            histogram.count(),
            3,
            "the one beyond the last bound counts too"
        );
    }

    #[test]
    fn statuses_outside_of_http_are_left_out() {
        let statuses = Statuses::default();
        for status in [0, 99, 600, 999] {
            statuses.count(status);
        }
        statuses.count(599);
        statuses.count(200);
        assert_eq!(statuses.seen().collect::<Vec<_>>(), [(200, 1), (599, 1)]);
    }
}
