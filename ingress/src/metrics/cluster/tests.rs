use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use super::*;
use crate::cluster::Gauge;
use crate::mesh::{self, OutlierPolicy};
use crate::metrics::{Filter, prometheus, text};
use crate::outlier::Cause;

/// Statistics whose value cannot be compared: bytes are not counted here.
const BYTES: &str = "_bytes_";

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

fn lines(page: &str) -> Vec<&str> {
    page.lines().filter(|line| !line.contains(BYTES)).collect()
}

/// FACTS 12.1: every statistic of Envoy, in its order, with its value.
#[test]
fn the_stats_page_of_a_healthy_cluster_is_envoys() {
    let cluster = all_healthy();
    let page = text(&cluster_stats(&cluster));
    let envoys = include_str!("../../../tests/envoy/all_healthy_stats_colorapp.txt");
    assert_eq!(lines(&page), lines(envoys));
}

#[test]
fn the_stats_page_with_one_host_ejected_is_envoys() {
    let cluster = one_ejected();
    let page = text(&cluster_stats(&cluster));
    let envoys = include_str!("../../../tests/envoy/one_ejected_stats_colorapp.txt");
    assert_eq!(lines(&page), lines(envoys));
}

/// FACTS 12.3: names, types, labels, order and buckets.
#[test]
fn the_prometheus_page_of_a_healthy_cluster_is_envoys() {
    let cluster = all_healthy();
    let page = prometheus(&cluster_stats(&cluster));
    let envoys = include_str!("../../../tests/envoy/all_healthy_prometheus_colorapp.txt");
    assert_eq!(lines(&page), lines(envoys));
}

/// FACTS 12.3: by code and by class, each with the first such answer.
#[test]
fn the_prometheus_page_with_one_host_ejected_is_envoys() {
    let cluster = one_ejected();
    let page = prometheus(&cluster_stats(&cluster));
    let envoys = include_str!("../../../tests/envoy/one_ejected_prometheus_colorapp_nobuckets.txt");
    let without_buckets: Vec<&str> = lines(&page)
        .into_iter()
        .filter(|line| !line.contains("_bucket{"))
        .collect();
    assert_eq!(without_buckets, lines(envoys));
}

#[test]
fn used_only_shows_what_envoy_shows() {
    let cluster = all_healthy();
    let filter = Filter::new(None, true).unwrap();
    let mut stats = cluster_stats(&cluster);
    stats.retain(|stat| filter.takes(stat));
    let ours: BTreeSet<String> = stats.iter().map(Stat::name).collect();
    let envoys: BTreeSet<String> =
        include_str!("../../../tests/envoy/all_healthy_stats_usedonly.txt")
            .lines()
            .filter(|line| line.starts_with("cluster.") && !line.contains(BYTES))
            .filter_map(|line| line.split_once(": "))
            .map(|(name, _)| name.to_owned())
            .collect();
    assert_eq!(ours, envoys);
}

/// Envoy has no `outlier_detection.*` for a cluster that does not ask for it.
#[test]
fn without_detection_there_are_no_outlier_statistics() {
    let spec = mesh::Cluster {
        outlier: None,
        ..colorapp().spec().clone()
    };
    let (cluster, _trips) = Cluster::new(spec, &[([127, 0, 0, 1], 1).into()]);
    let page = text(&cluster_stats(&cluster));
    assert!(!page.contains("outlier_detection"));
    assert!(page.contains("cluster.colorapp.membership_healthy: 1\n"));
}

/// FACTS 9.1.
#[test]
fn retried_answers_are_counted_apart() {
    let cluster = colorapp();
    cluster.stats().retried_statuses.count(503);
    let page = text(&cluster_stats(&cluster));
    for line in [
        "cluster.colorapp.retry.upstream_rq_503: 1\n",
        "cluster.colorapp.retry.upstream_rq_5xx: 1\n",
        "cluster.colorapp.upstream_rq_completed: 0\n",
    ] {
        assert!(page.contains(line), "{line}");
    }
    assert!(!page.contains("cluster.colorapp.upstream_rq_503"));
}
