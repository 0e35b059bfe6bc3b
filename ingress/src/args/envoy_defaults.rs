//! Settings of outlier detection that Envoy has and App Mesh does not.

use std::time::Duration;

use clap::ArgAction::Set;
use clap::value_parser;
use service::ConfigError;

use crate::mesh::OutlierPolicy;

/// What App Mesh leaves at Envoy's default, for whoever runs another mesh: Istio, for one, has no panic
/// unless it is told. Applied to every cluster with outlier detection.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct EnvoyDefaults {
    /// Percent of healthy hosts below which all are used; 0: never (default 50)
    #[arg(long, value_name = "PERCENT", value_parser = value_parser!(u32).range(0..=100))]
    pub healthy_panic_threshold: Option<u32>,

    /// How long changes after a first one wait for the balancers; 0s: not at all (default 1s)
    #[arg(long, value_name = "TIME", value_parser = humantime::parse_duration)]
    pub update_merge_window: Option<Duration>,

    /// The longest ejection, at least the base (default 300s)
    #[arg(long, value_name = "TIME", value_parser = humantime::parse_duration)]
    pub max_ejection_time: Option<Duration>,

    /// Whether one host may go whatever the percentage (App Mesh's promise: true)
    #[arg(long, value_name = "BOOL", action = Set)]
    pub always_eject_one_host: Option<bool>,

    /// 502, 503 and 504 in a row that are a gateway failure; 0: no such check (default 5)
    #[arg(long, value_name = "N")]
    pub consecutive_gateway_failure: Option<u32>,

    /// Percent of gateway failures that are enforced, 0 or 100 (default 0)
    #[arg(long, value_name = "PERCENT", value_parser = all_or_nothing)]
    pub enforcing_consecutive_gateway_failure: Option<u32>,

    /// Percent of the 5xx in a row that are enforced, 0 or 100 (default 100)
    #[arg(long, value_name = "PERCENT", value_parser = all_or_nothing)]
    pub enforcing_consecutive_5xx: Option<u32>,
}

impl EnvoyDefaults {
    /// Sets in `policy` what is given here.
    ///
    /// # Errors
    /// When the longest ejection would be shorter than the base (FACTS 4.3).
    pub fn apply(&self, policy: &mut OutlierPolicy) -> Result<(), ConfigError> {
        fn set<T: Copy>(field: &mut T, given: Option<T>) {
            *field = given.unwrap_or(*field);
        }
        set(
            &mut policy.healthy_panic_threshold,
            self.healthy_panic_threshold,
        );
        set(&mut policy.update_merge_window, self.update_merge_window);
        set(&mut policy.max_ejection_time, self.max_ejection_time);
        set(
            &mut policy.always_eject_one_host,
            self.always_eject_one_host,
        );
        set(
            &mut policy.consecutive_gateway_failure,
            self.consecutive_gateway_failure,
        );
        set(
            &mut policy.enforcing_consecutive_gateway_failure,
            self.enforcing_consecutive_gateway_failure,
        );
        set(
            &mut policy.enforcing_consecutive_5xx,
            self.enforcing_consecutive_5xx,
        );
        let (max, base) = (policy.max_ejection_time, policy.base_ejection_time);
        if max < base {
            return Err(ConfigError::new(format!(
                "--max-ejection-time is {}; it must be at least baseEjectionDuration, {}",
                humantime::format_duration(max),
                humantime::format_duration(base),
            )));
        }
        Ok(())
    }
}

/// A share between is a matter of chance in Envoy; a demo decides.
fn all_or_nothing(text: &str) -> Result<u32, String> {
    match text {
        "0" => Ok(0),
        "100" => Ok(100),
        _ => Err("must be 0 or 100".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_given_is_set_and_the_rest_is_left() {
        let given = EnvoyDefaults {
            healthy_panic_threshold: Some(0),
            always_eject_one_host: Some(true),
            ..EnvoyDefaults::default()
        };
        let mut policy = OutlierPolicy::default();
        given.apply(&mut policy).unwrap();
        let expected = OutlierPolicy {
            healthy_panic_threshold: 0,
            always_eject_one_host: true,
            ..OutlierPolicy::default()
        };
        assert_eq!(policy, expected);
    }

    #[test]
    fn the_longest_ejection_is_no_shorter_than_the_base() {
        let given = EnvoyDefaults {
            max_ejection_time: Some(Duration::from_secs(29)),
            ..EnvoyDefaults::default()
        };
        let refused = given.apply(&mut OutlierPolicy::default()).unwrap_err();
        assert_eq!(
            refused.to_string(),
            "--max-ejection-time is 29s; it must be at least baseEjectionDuration, 30s"
        );
    }
}
