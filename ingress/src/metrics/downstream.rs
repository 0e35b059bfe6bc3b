//! What one HTTP listener counts.

use std::net::SocketAddr;
use std::sync::Arc;

use super::Stat;
use super::stat::Scope;
use crate::cluster::{Counter, Gauge};

/// The statistics of one HTTP listener: Envoy's `http.<stat_prefix>.*`, and what it counts as `listener.<address>.*`.
#[derive(Debug)]
pub struct Downstream {
    stat_prefix: String,
    /// The listener's address as Envoy has it in names: `127.0.0.1_8080`.
    listener: String,
    /// Connections accepted.
    pub downstream_cx_total: Counter,
    /// Connections open now.
    pub downstream_cx_active: Gauge,
    /// Connections closed, by whom ever.
    pub downstream_cx_destroy: Counter,
    /// Connections closed because no request came in time, or had not come when room was needed for others.
    pub downstream_cx_idle_timeout: Counter,
    /// Connections closed at once because there were as many as there may be.
    pub downstream_cx_overflow: Counter,
    /// Connections closed because what came was not HTTP.
    pub downstream_cx_protocol_error: Counter,
    /// Requests read.
    pub downstream_rq_total: Counter,
    /// Requests that wait for their answer now.
    pub downstream_rq_active: Gauge,
    /// Requests that stopped in the middle of their bodies.
    pub downstream_rq_idle_timeout: Counter,
    /// Requests that did not arrive in time, their heads or all of them.
    pub downstream_rq_timeout: Counter,
    /// Requests that no route takes.
    pub no_route: Counter,
    classes: [Counter; 5],
}

impl Downstream {
    /// The statistics of the listener at `address` that is called `prefix` in their names.
    pub fn new(prefix: &str, address: SocketAddr) -> Arc<Self> {
        Arc::new(Self {
            stat_prefix: prefix.to_owned(),
            listener: address.to_string().replace(':', "_"),
            downstream_cx_total: Counter::default(),
            downstream_cx_active: Gauge::default(),
            downstream_cx_destroy: Counter::default(),
            downstream_cx_idle_timeout: Counter::default(),
            downstream_cx_overflow: Counter::default(),
            downstream_cx_protocol_error: Counter::default(),
            downstream_rq_total: Counter::default(),
            downstream_rq_active: Gauge::default(),
            downstream_rq_idle_timeout: Counter::default(),
            downstream_rq_timeout: Counter::default(),
            no_route: Counter::default(),
            classes: Default::default(),
        })
    }

    /// What the listener is called.
    pub fn stat_prefix(&self) -> &str {
        &self.stat_prefix
    }

    /// Counts an answer by its class; a status outside of 100 to 599 belongs to none.
    #[inline]
    pub fn completed(&self, status: u16) {
        if let Some(class) = usize::from(status / 100)
            .checked_sub(1)
            .and_then(|class| self.classes.get(class))
        {
            class.inc();
        }
    }

    /// Answers by class, `(1, n)` for 1xx to `(5, n)` for 5xx.
    pub fn classes(&self) -> impl Iterator<Item = (u16, u64)> {
        (1..).zip(self.classes.iter().map(Counter::get))
    }

    /// Answers given.
    pub fn downstream_rq_completed(&self) -> u64 {
        self.classes().map(|(_, n)| n).sum()
    }
}

/// `http.<stat_prefix>.*` and `listener.<address>.*`, as far as they are counted here. All of it is HTTP/1.
pub(crate) fn downstream_stats(of: &Downstream) -> Vec<Stat<'_>> {
    let scope = Scope {
        family: "http",
        label: Some(("envoy_http_conn_manager_prefix", &of.stat_prefix)),
    };
    let listener = Scope {
        family: "listener",
        label: Some(("envoy_listener_address", &of.listener)),
    };
    let (cx_total, rq_total) = (of.downstream_cx_total.get(), of.downstream_rq_total.get());
    let (cx_active, rq_active) = (of.downstream_cx_active.get(), of.downstream_rq_active.get());
    let mut stats = vec![
        scope.gauge("downstream_cx_active", cx_active, cx_total > 0),
        scope.counter("downstream_cx_destroy", of.downstream_cx_destroy.get()),
        scope.gauge("downstream_cx_http1_active", cx_active, cx_total > 0),
        scope.counter("downstream_cx_http1_total", cx_total),
        scope.counter(
            "downstream_cx_idle_timeout",
            of.downstream_cx_idle_timeout.get(),
        ),
        listener.counter("downstream_cx_overflow", of.downstream_cx_overflow.get()),
        scope.counter(
            "downstream_cx_protocol_error",
            of.downstream_cx_protocol_error.get(),
        ),
        scope.counter("downstream_cx_total", cx_total),
        scope.gauge("downstream_rq_active", rq_active, rq_total > 0),
        scope.counter("downstream_rq_completed", of.downstream_rq_completed()),
        scope.counter("downstream_rq_http1_total", rq_total),
        scope.counter(
            "downstream_rq_idle_timeout",
            of.downstream_rq_idle_timeout.get(),
        ),
        scope.counter("downstream_rq_timeout", of.downstream_rq_timeout.get()),
        scope.counter("downstream_rq_total", rq_total),
        scope.counter("no_route", of.no_route.get()),
    ];
    let classes = of.classes();
    stats.extend(classes.map(|(class, n)| scope.class("downstream_rq", class, n)));
    stats
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_counted_by_class() {
        let downstream = Downstream::new("egress", ([127, 0, 0, 1], 15001).into());
        for status in [200, 204, 404, 503, 0, 99, 600, u16::MAX] {
            downstream.completed(status);
        }
        let classes: Vec<_> = downstream.classes().collect();
        assert_eq!(classes, [(1, 0), (2, 2), (3, 0), (4, 1), (5, 1)]);
        assert_eq!(downstream.downstream_rq_completed(), 4);
    }
}
