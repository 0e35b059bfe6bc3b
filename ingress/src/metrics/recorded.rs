//! The histories behind the pages that Envoy's admin gave (`tests/envoy`), for tests.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use crate::cluster::Cluster;
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

/// `n` answers of `status` from `host`, as the request path counts them.
fn answers(cluster: &Cluster, host: usize, status: u16, n: u64) {
    let (of, hosts) = (cluster.stats(), cluster.hosts());
    let host = hosts[host].stats();
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
fn connections(cluster: &Cluster) {
    for host in 0..5 {
        connect(cluster, host);
    }
}

fn connect(cluster: &Cluster, host: usize) {
    let (of, hosts) = (cluster.stats(), cluster.hosts());
    let host = hosts[host].stats();
    of.upstream_cx_total.inc();
    of.upstream_cx_active.inc();
    of.upstream_rq_pending_total.inc();
    host.cx_total.inc();
    host.cx_active.inc();
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

/// The history of Envoy's recording `three_ejected_panic`: the ejected hosts are used again.
pub(crate) fn three_ejected_panic() -> Arc<Cluster> {
    panicked([14, 14, 5, 30, 31], [17, 17, 7, 0, 0], 3, 10)
}

/// The history of Envoy's recording `five_ejected_panic`.
pub(crate) fn five_ejected_panic() -> Arc<Cluster> {
    panicked([14, 14, 5, 30, 31], [31, 31, 21, 14, 14], 5, 80)
}

/// The history of Envoy's recording `after_uneject`: all are back with the second sweep.
pub(crate) fn after_uneject() -> Arc<Cluster> {
    let cluster = panicked([16, 16, 7, 32, 33], [31, 31, 21, 14, 14], 5, 80);
    for seconds in [10, 20] {
        cluster.membership().advance(Duration::from_secs(seconds));
    }
    cluster
}

/// The first `ejected` hosts were ejected, and got new connections in the panic that followed.
fn panicked(ok: [u64; 5], errors: [u64; 5], ejected: usize, panics: u64) -> Arc<Cluster> {
    let cluster = colorapp();
    connections(&cluster);
    for host in 0..5 {
        answers(&cluster, host, 200, ok[host]);
        answers(&cluster, host, 500, errors[host]);
    }
    for host in 0..ejected {
        eject(&cluster, host);
    }
    for host in 0..ejected {
        connect(&cluster, host);
    }
    cluster.stats().lb_healthy_panic.add(panics);
    cluster
}

/// Five errors in a row, and the idle connection is closed.
fn eject(cluster: &Cluster, host: usize) {
    let trip = cluster
        .membership()
        .tripped(host, Cause::Consecutive5xx, Duration::from_secs(4));
    assert_eq!(trip.events.len(), 1);
    cluster.stats().upstream_cx_destroy_local.inc();
    cluster.stats().upstream_cx_active.dec();
    cluster.hosts()[host].stats().cx_active.dec();
}
