//! The histories behind the pages that Envoy's admin gave (`tests/envoy`), for tests.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use crate::cluster::{Cluster, Gauge};
use crate::mesh::{self, OutlierPolicy};
use crate::outlier::Cause;

/// The cluster of Envoy's recordings: five hosts, 5 errors, 10 s, 10 s, 100 %.
pub(crate) fn colorapp() -> Arc<Cluster> {
    let policy = OutlierPolicy {
        base_ejection_time: Duration::from_secs(10),
        max_ejection_percent: 100,
        ..OutlierPolicy::default()
    };
    let spec = mesh::Cluster {
        name: "colorapp".to_owned(),
        node: "colorapp".to_owned(),
        hostname: None,
        port: 9080,
        outlier: Some(policy),
        max_connections: 1024,
        max_pending: 1024,
        timeout: None,
        idle_timeout: None,
    };
    let hosts: Vec<SocketAddr> = (9081..=9085)
        .map(|port| ([127, 0, 0, 1], port).into())
        .collect();
    Cluster::new(spec, &hosts).0
}

/// Sets the gauge of connections or requests.
fn set(gauge: &Gauge, to: u64) {
    for _ in 0..to {
        gauge.inc();
    }
}

/// `n` answers of `status` from `host`, as the request path counts them.
pub(crate) fn answers(cluster: &Cluster, host: usize, status: u16, n: u64) {
    let (of, host) = (cluster.stats(), cluster.hosts()[host].stats());
    for _ in 0..n {
        of.upstream_rq_total.inc();
        of.statuses.count(status);
        host.rq_total.inc();
        if status < 500 {
            host.rq_success.inc();
        } else {
            host.rq_error.inc();
        }
    }
}

/// One connection to each host, as after the first five requests.
pub(crate) fn connections(cluster: &Cluster) {
    for host in cluster.hosts() {
        cluster.stats().upstream_cx_total.inc();
        cluster.stats().upstream_rq_pending_total.inc();
        host.stats().cx_total.inc();
        host.stats().cx_active.inc();
    }
    set(&cluster.stats().upstream_cx_active, 5);
}

/// The history of Envoy's recording `all_healthy`.
pub(crate) fn all_healthy() -> Arc<Cluster> {
    let cluster = colorapp();
    connections(&cluster);
    for host in 0..5 {
        answers(&cluster, host, 200, 5);
    }
    cluster
}

/// The history of Envoy's recording `one_ejected`.
pub(crate) fn one_ejected() -> Arc<Cluster> {
    let cluster = colorapp();
    connections(&cluster);
    for (host, n) in [(0, 14), (1, 14), (2, 5), (3, 13), (4, 14)] {
        answers(&cluster, host, 200, n);
    }
    answers(&cluster, 2, 500, 5);
    eject(&cluster, 2);
    cluster
}

/// Five errors in a row, and the idle connection is closed.
pub(crate) fn eject(cluster: &Cluster, host: usize) {
    let trip = cluster
        .membership()
        .tripped(host, Cause::Consecutive5xx, Duration::from_secs(4));
    assert_eq!(trip.events.len(), 1);
    cluster.stats().upstream_cx_destroy_local.inc();
    cluster.stats().upstream_cx_active.dec();
    cluster.hosts()[host].stats().cx_active.dec();
}
