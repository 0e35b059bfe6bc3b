//! `cluster.<name>.*`.

mod constant;

use super::Stat;
use super::stat::Scope;
use crate::cluster::{Cluster, ClusterStats, Statuses};
use crate::outlier::Detector;

use constant::{ALWAYS_ZERO_COUNTERS, ALWAYS_ZERO_GAUGES, ALWAYS_ZERO_OUTLIER, SET_WITH_A_REQUEST};

/// All statistics of a cluster, in no particular order.
pub fn cluster_stats(cluster: &Cluster) -> Vec<Stat<'_>> {
    let scope = Scope {
        family: "cluster",
        label: Some(("envoy_cluster_name", &cluster.spec().name)),
    };
    let of = cluster.stats();
    let used = of.upstream_rq_total.get() > 0;
    let looked_up = of.update_success.get() > 0;
    let mut stats = Vec::with_capacity(180);
    stats.extend(counters(scope, of));
    statuses(
        &mut stats,
        scope,
        "upstream_rq",
        "upstream_rq_completed",
        &of.statuses,
    );
    // Envoy counts requests from other machines apart; none here is "internal".
    statuses(
        &mut stats,
        scope,
        "external.upstream_rq",
        "external.upstream_rq_completed",
        &of.statuses,
    );
    if of.retried_statuses.seen().next().is_some() {
        statuses(
            &mut stats,
            scope,
            "retry.upstream_rq",
            "retry.upstream_rq_completed",
            &of.retried_statuses,
        );
    }
    {
        let membership = cluster.membership();
        let hosts = cluster.snapshot().hosts().len() as u64;
        let ejected = membership.detector().map_or(0, Detector::ejected) as u64;
        stats.push(scope.gauge("membership_healthy", hosts - ejected, true));
        stats.push(scope.gauge("membership_total", hosts, true));
        if let Some(detector) = membership.detector() {
            stats.extend(outlier(scope, detector));
        }
    }
    stats.extend([
        scope.gauge("membership_degraded", 0, true),
        scope.gauge("membership_excluded", 0, true),
        scope.gauge("upstream_cx_active", of.upstream_cx_active.get(), used),
        scope.gauge("upstream_rq_active", of.upstream_rq_active.get(), used),
        scope.gauge(
            "upstream_rq_pending_active",
            of.upstream_rq_pending_active.get(),
            used,
        ),
        // Envoy weighs hosts where it looks them up; each weighs 1, also when there is none (FACTS 14.10).
        scope.gauge("max_host_weight", u64::from(looked_up), looked_up),
        scope.gauge("warming_state", 0, true),
        scope.histogram("upstream_rq_time", Some(&of.upstream_rq_time)),
        scope.histogram("external.upstream_rq_time", Some(&of.upstream_rq_time)),
        scope.histogram("upstream_cx_connect_ms", Some(&of.upstream_cx_connect_ms)),
        scope.histogram("upstream_cx_length_ms", None),
        scope.histogram("upstream_rq_per_cx", None),
    ]);
    let breakers = breakers(cluster).into_iter();
    stats.extend(breakers.map(|(name, open)| scope.gauge(name, open.into(), used)));
    stats.extend(
        ALWAYS_ZERO_COUNTERS
            .iter()
            .map(|name| scope.counter(name, 0)),
    );
    stats.extend(
        ALWAYS_ZERO_GAUGES
            .iter()
            .map(|name| scope.gauge(name, 0, false)),
    );
    stats.extend(
        SET_WITH_A_REQUEST
            .iter()
            .map(|name| scope.gauge(name, 0, used)),
    );
    stats
}

fn counters<'a>(scope: Scope<'a>, of: &ClusterStats) -> impl Iterator<Item = Stat<'a>> {
    let cx_total = of.upstream_cx_total.get();
    let local = of.upstream_cx_destroy_local.get();
    let remote = of.upstream_cx_destroy_remote.get();
    let local_active = of.upstream_cx_destroy_local_with_active_rq.get();
    let remote_active = of.upstream_cx_destroy_remote_with_active_rq.get();
    [
        // Ejections are no change of the list (FACTS 12.5).
        ("membership_change", of.membership_change.get()),
        ("default.total_match_count", of.total_match_count.get()),
        ("update_attempt", of.update_attempt.get()),
        ("update_failure", of.update_failure.get()),
        ("update_no_rebuild", of.update_no_rebuild.get()),
        ("update_success", of.update_success.get()),
        ("lb_healthy_panic", of.lb_healthy_panic.get()),
        (
            "retry_or_shadow_abandoned",
            of.retry_or_shadow_abandoned.get(),
        ),
        (
            "upstream_cx_connect_fail",
            of.upstream_cx_connect_fail.get(),
        ),
        (
            "upstream_cx_connect_timeout",
            of.upstream_cx_connect_timeout.get(),
        ),
        ("upstream_cx_destroy", local + remote),
        ("upstream_cx_destroy_local", local),
        ("upstream_cx_destroy_local_with_active_rq", local_active),
        ("upstream_cx_destroy_remote", remote),
        ("upstream_cx_destroy_remote_with_active_rq", remote_active),
        (
            "upstream_cx_destroy_with_active_rq",
            local_active + remote_active,
        ),
        ("upstream_cx_http1_total", cx_total),
        (
            "upstream_cx_none_healthy",
            of.upstream_cx_none_healthy.get(),
        ),
        (
            "upstream_cx_idle_timeout",
            of.upstream_cx_idle_timeout.get(),
        ),
        ("upstream_cx_overflow", of.upstream_cx_overflow.get()),
        (
            "upstream_cx_protocol_error",
            of.upstream_cx_protocol_error.get(),
        ),
        ("upstream_cx_total", cx_total),
        ("upstream_rq_cancelled", of.upstream_rq_cancelled.get()),
        (
            "upstream_rq_pending_failure_eject",
            of.upstream_rq_pending_failure_eject.get(),
        ),
        (
            "upstream_rq_pending_overflow",
            of.upstream_rq_pending_overflow.get(),
        ),
        (
            "upstream_rq_pending_total",
            of.upstream_rq_pending_total.get(),
        ),
        (
            "upstream_rq_per_try_timeout",
            of.upstream_rq_per_try_timeout.get(),
        ),
        ("upstream_rq_retry", of.upstream_rq_retry.get()),
        // No pause is set by a host here, so each is one that doubles.
        (
            "upstream_rq_retry_backoff_exponential",
            of.upstream_rq_retry.get(),
        ),
        (
            "upstream_rq_retry_limit_exceeded",
            of.upstream_rq_retry_limit_exceeded.get(),
        ),
        (
            "upstream_rq_retry_success",
            of.upstream_rq_retry_success.get(),
        ),
        ("upstream_rq_rx_reset", of.upstream_rq_rx_reset.get()),
        ("upstream_rq_timeout", of.upstream_rq_timeout.get()),
        ("upstream_rq_total", of.upstream_rq_total.get()),
        ("upstream_rq_tx_reset", of.upstream_rq_tx_reset.get()),
    ]
    .into_iter()
    .map(move |(name, n)| scope.counter(name, n))
}

/// Which limits are reached; "open" as of an electrical circuit, which means that no more is let through.
fn breakers(cluster: &Cluster) -> [(&'static str, bool); 2] {
    let (spec, of) = (cluster.spec(), cluster.stats());
    let connections = of.upstream_cx_active.get();
    let pending = of.upstream_rq_pending_active.get();
    [
        (
            "circuit_breakers.default.cx_open",
            connections >= spec.max_connections.into(),
        ),
        (
            "circuit_breakers.default.rq_pending_open",
            pending >= spec.max_pending.into(),
        ),
    ]
}

/// Codes and classes appear with the first such answer (FACTS 12.3), their sum is there from the start.
fn statuses<'a>(
    stats: &mut Vec<Stat<'a>>,
    scope: Scope<'a>,
    name: &'static str,
    completed: &'static str,
    statuses: &Statuses,
) {
    let mut classes = [0; 6];
    for (code, n) in statuses.seen() {
        stats.push(scope.code(name, code, n));
        classes[usize::from(code / 100)] += n;
    }
    stats.push(scope.counter(completed, classes.iter().sum()));
    stats.extend(
        (0..)
            .zip(classes)
            .filter(|&(_, n)| n > 0)
            .map(|(class, n)| scope.class(name, class, n)),
    );
}

/// All 21 from the start (FACTS 12.4); those of kinds of detection that do not exist here stay 0.
fn outlier<'a>(scope: Scope<'a>, detector: &Detector) -> impl Iterator<Item = Stat<'a>> {
    let of = detector.counters();
    let ejected = detector.ejected() as u64;
    [
        // An overflow is detected, too, and so counts in the first two (FACTS 12.6).
        (
            "outlier_detection.ejections_consecutive_5xx",
            of.detected_consecutive_5xx,
        ),
        (
            "outlier_detection.ejections_detected_consecutive_5xx",
            of.detected_consecutive_5xx,
        ),
        (
            "outlier_detection.ejections_detected_consecutive_gateway_failure",
            of.detected_consecutive_gateway_failure,
        ),
        (
            "outlier_detection.ejections_enforced_consecutive_5xx",
            of.enforced_consecutive_5xx,
        ),
        (
            "outlier_detection.ejections_enforced_consecutive_gateway_failure",
            of.enforced_consecutive_gateway_failure,
        ),
        (
            "outlier_detection.ejections_enforced_total",
            of.enforced_total,
        ),
        ("outlier_detection.ejections_overflow", of.overflow),
        ("outlier_detection.ejections_total", of.total),
    ]
    .into_iter()
    .map(move |(name, n)| scope.counter(name, n))
    .chain(
        ALWAYS_ZERO_OUTLIER
            .iter()
            .map(move |name| scope.counter(name, 0)),
    )
    .chain([scope.gauge(
        "outlier_detection.ejections_active",
        ejected,
        of.enforced_total > 0,
    )])
}

#[cfg(test)]
mod tests;
