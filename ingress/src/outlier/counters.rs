//! Envoy's outlier counters.

use super::Cause;

/// The `outlier_detection.*` counters that can move here; the others of Envoy's 21 stay 0 because
/// success-rate, failure-percentage and split local-origin detection are off under App Mesh (FACTS 12.4).
/// The gauge `ejections_active` is [`super::Detector::ejected`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// `ejections_total` (deprecated): 5xx ejections that the percentage allowed, enforced or not (FACTS 12.6).
    pub total: u64,
    /// `ejections_enforced_total`: hosts really ejected, for any cause.
    pub enforced_total: u64,
    /// `ejections_overflow`: refused for `max_ejection_percent`.
    pub overflow: u64,
    /// `ejections_detected_consecutive_5xx`, and the deprecated `ejections_consecutive_5xx` that equals it.
    pub detected_consecutive_5xx: u64,
    /// `ejections_enforced_consecutive_5xx`.
    pub enforced_consecutive_5xx: u64,
    /// `ejections_detected_consecutive_gateway_failure`.
    pub detected_consecutive_gateway_failure: u64,
    /// `ejections_enforced_consecutive_gateway_failure`.
    pub enforced_consecutive_gateway_failure: u64,
}

impl Counters {
    pub(super) fn detected(&mut self, cause: Cause) {
        match cause {
            Cause::Consecutive5xx => self.detected_consecutive_5xx += 1,
            Cause::ConsecutiveGatewayFailure => self.detected_consecutive_gateway_failure += 1,
        }
    }

    pub(super) fn allowed(&mut self, cause: Cause) {
        if cause == Cause::Consecutive5xx {
            self.total += 1;
        }
    }

    pub(super) fn enforced(&mut self, cause: Cause) {
        self.enforced_total += 1;
        match cause {
            Cause::Consecutive5xx => self.enforced_consecutive_5xx += 1,
            Cause::ConsecutiveGatewayFailure => self.enforced_consecutive_gateway_failure += 1,
        }
    }
}
