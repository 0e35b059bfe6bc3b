use std::collections::BTreeSet;

use super::*;
use crate::mesh;
use crate::metrics::recorded::{
    after_uneject, all_healthy, colorapp, five_ejected_panic, one_ejected, three_ejected_panic,
};
use crate::metrics::{Filter, prometheus, text};

/// Statistics whose value cannot be compared: bytes are not counted here.
const BYTES: &str = "_bytes_";

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

/// FACTS 7.2, 12.5: gauges and counters in panic.
#[test]
fn the_stats_page_in_panic_is_envoys() {
    let page = text(&cluster_stats(&three_ejected_panic()));
    let envoys = include_str!("../../../tests/envoy/three_ejected_panic_stats_colorapp.txt");
    assert_eq!(lines(&page), lines(envoys));
    let page = text(&cluster_stats(&five_ejected_panic()));
    let envoys = include_str!("../../../tests/envoy/five_ejected_panic_stats_colorapp.txt");
    assert_eq!(lines(&page), lines(envoys));
}

/// The gauges go down again, the counters stay. (By then Envoy's histograms had values.)
#[test]
fn the_stats_page_after_the_return_is_envoys() {
    let page = text(&cluster_stats(&after_uneject()));
    let envoys = include_str!("../../../tests/envoy/after_uneject_stats_colorapp.txt");
    let numbers = |page| -> Vec<String> {
        let lines = lines(page).into_iter();
        let numbers = lines.filter(|line| line.ends_with(|last: char| last.is_ascii_digit()));
        numbers.map(str::to_owned).collect()
    };
    assert_eq!(numbers(&page), numbers(envoys));
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
