//! Outlier detection and retries as used.

use std::time::Duration;

/// When a host is ejected, and for how long. Envoy's names, Envoy's meaning.
///
/// From App Mesh: `maxServerErrors` is [`consecutive_5xx`](Self::consecutive_5xx) (FACTS 1.1), and the
/// promise to eject at least one host is [`always_eject_one_host`](Self::always_eject_one_host) (FACTS 1.2).
#[derive(Clone, Debug, PartialEq)]
pub struct OutlierPolicy {
    /// 5xx answers in a row that eject a host; 0 switches the check off (FACTS 3.8).
    pub consecutive_5xx: u32,
    /// Percent of detected [`consecutive_5xx`](Self::consecutive_5xx) that are enforced, 0 or 100.
    pub enforcing_consecutive_5xx: u32,
    /// 502, 503, 504 in a row that are detected as gateway failure; 0 switches the check off.
    pub consecutive_gateway_failure: u32,
    /// Percent of detected gateway failures that are enforced; Envoy's default is 0 (FACTS 3.9).
    pub enforcing_consecutive_gateway_failure: u32,
    /// Time between two sweeps, the only times at which hosts return; more than zero (FACTS 4.8).
    pub interval: Duration,
    /// The first ejection's least length; more than zero (FACTS 4.8).
    pub base_ejection_time: Duration,
    /// The cap on multiplier x base; at least the base (FACTS 4.3).
    pub max_ejection_time: Duration,
    /// Percent of the hosts that may be ejected at once, 0 to 100 (FACTS 5).
    pub max_ejection_percent: u32,
    /// Whether the first ejection is allowed whatever the percentage (FACTS 5.1).
    pub always_eject_one_host: bool,
    /// Below this percentage of healthy hosts all hosts are used, 0 to 100; 0 never (FACTS 7).
    pub healthy_panic_threshold: u32,
    /// How long changes after the first one wait until the balancers hear of them; zero: not at all (FACTS 6).
    pub update_merge_window: Duration,
}

impl OutlierPolicy {
    /// Envoy's default for [`max_ejection_time`](Self::max_ejection_time), unless the base is longer (FACTS 4.3).
    pub const DEFAULT_MAX_EJECTION_TIME: Duration = Duration::from_secs(300);
    /// Envoy's default for [`healthy_panic_threshold`](Self::healthy_panic_threshold); App Mesh has no field for it (FACTS 1.3).
    pub const DEFAULT_PANIC_THRESHOLD: u32 = 50;
    /// Envoy's default for [`update_merge_window`](Self::update_merge_window) (FACTS 6.1).
    pub const DEFAULT_MERGE_WINDOW: Duration = Duration::from_secs(1);

    /// The same policy on a clock that runs `factor` times as fast, merge window included, so that a
    /// sped-up run decides as the slow one does.
    #[must_use]
    pub fn sped_up(&self, factor: f64) -> Self {
        // A time too long to be told is as good as the longest.
        let sped_up = |time: Duration| {
            Duration::try_from_secs_f64(time.as_secs_f64() / factor).unwrap_or(Duration::MAX)
        };
        Self {
            interval: sped_up(self.interval),
            base_ejection_time: sped_up(self.base_ejection_time),
            max_ejection_time: sped_up(self.max_ejection_time),
            update_merge_window: sped_up(self.update_merge_window),
            ..self.clone()
        }
    }
}

impl Default for OutlierPolicy {
    /// Envoy's defaults. With its 10 % fewer than ten hosts means no ejection at all (FACTS 5.1).
    fn default() -> Self {
        Self {
            consecutive_5xx: 5,
            enforcing_consecutive_5xx: 100,
            consecutive_gateway_failure: 5,
            enforcing_consecutive_gateway_failure: 0,
            interval: Duration::from_secs(10),
            base_ejection_time: Duration::from_secs(30),
            max_ejection_time: Self::DEFAULT_MAX_EJECTION_TIME,
            max_ejection_percent: 10,
            always_eject_one_host: false,
            healthy_panic_threshold: Self::DEFAULT_PANIC_THRESHOLD,
            update_merge_window: Self::DEFAULT_MERGE_WINDOW,
        }
    }
}

/// Which failures are tried again, and how often.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RetryPolicy {
    /// Attempts after the first.
    pub max_retries: u32,
    /// How long each attempt may take; `None`: only the route's timeout counts.
    pub per_try_timeout: Option<Duration>,
    /// What is retried.
    pub on: RetryOn,
}

/// Conditions of a retry, as in Envoy's `retry_on`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RetryOn {
    /// The connection could not be made (`connect-failure`).
    pub connect_failure: bool,
    /// Any 5xx answer, and no answer at all (`5xx`; App Mesh `server-error`).
    pub server_error: bool,
    /// 502, 503 or 504, and no answer at all (`gateway-error`).
    pub gateway_error: bool,
    /// No answer: the connection ended or broke before one (`reset`).
    pub reset: bool,
    /// 409 (`retriable-4xx`; App Mesh `client-error`).
    pub conflict: bool,
    /// These statuses (`retriable-status-codes`).
    pub statuses: Vec<u16>,
}

impl RetryPolicy {
    /// Whether there is anything that is tried again.
    pub fn retries(&self) -> bool {
        self.max_retries > 0 && self.on != RetryOn::default()
    }

    /// What App Mesh adds to a route that has no policy of its own (FACTS 1.4): two retries on connect
    /// failures and on 503. A refused stream is HTTP/2's business and cannot happen here.
    pub fn app_mesh_default() -> Self {
        Self {
            max_retries: 2,
            per_try_timeout: None,
            on: RetryOn {
                connect_failure: true,
                statuses: vec![503],
                ..RetryOn::default()
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slowed_policy_has_no_time_that_overflows() {
        let policy = OutlierPolicy {
            max_ejection_time: Duration::MAX,
            ..OutlierPolicy::default()
        };
        let slow = policy.sped_up(0.01);
        assert_eq!(slow.max_ejection_time, Duration::MAX);
        assert_eq!(slow.interval, Duration::from_secs(1_000));
    }
}
