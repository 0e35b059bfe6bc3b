//! The policy that a mesh promises, and what follows from it for a number of replicas.

use std::time::Duration;

use serde::Serialize;

/// The outlier policy that is to be verified, in App Mesh's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Policy {
    /// Errors in a row that eject a host, at least 1.
    pub max_server_errors: u32,
    /// Time between two sweeps, in which hosts return.
    #[serde(rename = "interval_ms", serialize_with = "millis")]
    pub interval: Duration,
    /// How long the first ejection lasts at least; the n-th lasts n times as long.
    #[serde(rename = "base_ejection_duration_ms", serialize_with = "millis")]
    pub base_ejection_duration: Duration,
    /// No ejection is longer than this, unless the first one already is (FACTS 4.3).
    #[serde(rename = "max_ejection_time_ms", serialize_with = "millis")]
    pub max_ejection_time: Duration,
    /// Of all hosts, how many may be out at a time, 0 to 100.
    pub max_ejection_percent: u32,
}

impl Policy {
    /// How long the `nth` ejection in a row lasts at least; the first is 1.
    pub fn time_out(&self, nth: u32) -> Duration {
        let base = self.base_ejection_duration;
        base.saturating_mul(nth)
            .min(base.max(self.max_ejection_time))
    }

    /// Whether `out` of `hosts` may be out at a time (FACTS 5.1).
    pub(crate) fn allows(&self, out: usize, hosts: usize) -> bool {
        100 * out <= hosts.saturating_mul(self.max_ejection_percent as usize)
    }
}

pub(crate) fn millis<S: serde::Serializer>(time: &Duration, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_u64(u64::try_from(time.as_millis()).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    const POLICY: Policy = Policy {
        max_server_errors: 5,
        interval: Duration::from_secs(10),
        base_ejection_duration: Duration::from_secs(10),
        max_ejection_time: Duration::from_secs(300),
        max_ejection_percent: 100,
    };

    #[test]
    fn each_ejection_is_longer_up_to_five_minutes() {
        let seconds = |nth| POLICY.time_out(nth).as_secs();
        assert_eq!([1, 2, 3, 30, 31].map(seconds), [10, 20, 30, 300, 300]);
        let long = Policy {
            base_ejection_duration: Duration::from_secs(400),
            ..POLICY
        };
        assert_eq!(long.time_out(7).as_secs(), 400);
    }

    #[test]
    fn the_percentage_counts_the_new_host_too() {
        let most = |percent| {
            let policy = Policy {
                max_ejection_percent: percent,
                ..POLICY
            };
            (0..=5).rfind(|out| policy.allows(*out, 5))
        };
        let outs = [10, 19, 20, 39, 40, 79, 99, 100].map(most);
        assert_eq!(outs, [0, 0, 1, 1, 2, 3, 4, 5].map(Some));
    }
}
