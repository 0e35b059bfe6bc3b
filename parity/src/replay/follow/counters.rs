//! The counters at the end.

use ingress::cluster::Membership;

use super::Follower;
use crate::replay::mismatch::What;
use crate::replay::turns::Turns;

impl<T: Turns> Follower<'_, T> {
    /// The counters that both sides have: the name, Envoy's, ours.
    pub(super) fn known_counters(&self) -> impl Iterator<Item = (&'static str, u64, u64)> {
        let envoy = &self.trace.header.final_stats;
        counters(&self.membership, self.panic_picks)
            .into_iter()
            .filter_map(|(name, ours)| Some((name, *envoy.get(name)?, ours)))
    }

    /// The counters that differ as it stands.
    pub(super) fn counter_differences(&self) -> Vec<What> {
        self.known_counters()
            .filter(|(_, envoy, ours)| envoy != ours)
            .map(|(name, envoy, ours)| What::Counter {
                name: name.to_owned(),
                envoy,
                ours,
            })
            .collect()
    }
}

/// Our counters at the end by Envoy's names.
fn counters(membership: &Membership, panic_picks: u64) -> Vec<(&'static str, u64)> {
    let mut all = vec![("lb_healthy_panic", panic_picks)];
    if let Some(detector) = membership.detector() {
        let counters = detector.counters();
        let (hosts, ejected) = (detector.hosts() as u64, detector.ejected() as u64);
        all.extend([
            ("membership_total", hosts),
            ("membership_healthy", hosts - ejected),
            ("outlier_detection.ejections_active", ejected),
            ("outlier_detection.ejections_total", counters.total),
            ("outlier_detection.ejections_overflow", counters.overflow),
            (
                "outlier_detection.ejections_consecutive_5xx",
                counters.detected_consecutive_5xx,
            ),
            (
                "outlier_detection.ejections_detected_consecutive_5xx",
                counters.detected_consecutive_5xx,
            ),
            (
                "outlier_detection.ejections_enforced_consecutive_5xx",
                counters.enforced_consecutive_5xx,
            ),
            (
                "outlier_detection.ejections_detected_consecutive_gateway_failure",
                counters.detected_consecutive_gateway_failure,
            ),
            (
                "outlier_detection.ejections_enforced_consecutive_gateway_failure",
                counters.enforced_consecutive_gateway_failure,
            ),
            (
                "outlier_detection.ejections_enforced_total",
                counters.enforced_total,
            ),
        ]);
    }
    all
}
