//! Envoy's `outlier_detection`, as written.

use std::collections::BTreeMap;
use std::time::Duration;

use ingress::mesh::OutlierPolicy;
use serde_json::Value;

/// What is set. A field that would change decisions in a way that App Mesh cannot ask for is refused.
pub(super) fn parse(written: &BTreeMap<String, Value>) -> Result<OutlierPolicy, String> {
    let mut policy = OutlierPolicy::default();
    let mut max_ejection_time = None;
    for (field, value) in written {
        match field.as_str() {
            "consecutive_5xx" => policy.consecutive_5xx = number(field, value, u32::MAX)?,
            "consecutive_gateway_failure" => {
                policy.consecutive_gateway_failure = number(field, value, u32::MAX)?;
            }
            "enforcing_consecutive_5xx" => {
                policy.enforcing_consecutive_5xx = all_or_nothing(field, value)?;
            }
            "enforcing_consecutive_gateway_failure" => {
                policy.enforcing_consecutive_gateway_failure = all_or_nothing(field, value)?;
            }
            "interval" => policy.interval = duration(field, value)?,
            "base_ejection_time" => policy.base_ejection_time = duration(field, value)?,
            "max_ejection_time" => max_ejection_time = Some(duration(field, value)?),
            "max_ejection_percent" => policy.max_ejection_percent = number(field, value, 100)?,
            "always_eject_one_host" => {
                policy.always_eject_one_host = value
                    .as_bool()
                    .ok_or_else(|| wrong(field, value, "true or false"))?;
            }
            "enforcing_success_rate"
            | "enforcing_failure_percentage"
            | "enforcing_failure_percentage_local_origin"
            | "enforcing_local_origin_success_rate"
                if value.as_u64() == Some(0) => {}
            // Without their enforcement these decide nothing.
            "success_rate_minimum_hosts"
            | "success_rate_request_volume"
            | "success_rate_stdev_factor"
            | "failure_percentage_threshold"
            | "failure_percentage_minimum_hosts"
            | "failure_percentage_request_volume" => {}
            "split_external_local_origin_errors" if *value == Value::Bool(false) => {}
            // Without the split these decide nothing either.
            "consecutive_local_origin_failure" | "enforcing_consecutive_local_origin_failure" => {}
            "max_ejection_time_jitter"
                if value.as_str().and_then(seconds) == Some(Duration::ZERO) => {}
            _ => {
                return Err(format!(
                    "outlier_detection.{field}: {value} cannot be replayed"
                ));
            }
        }
    }
    let least = OutlierPolicy::DEFAULT_MAX_EJECTION_TIME.max(policy.base_ejection_time);
    policy.max_ejection_time = max_ejection_time.unwrap_or(least);
    if policy.max_ejection_time < policy.base_ejection_time {
        return Err(
            "outlier_detection.max_ejection_time must be at least base_ejection_time".to_owned(),
        );
    }
    Ok(policy)
}

/// A year: longer than any recording by far, and short enough to be added and multiplied.
const LONGEST: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// Protobuf's JSON form of a duration: decimal seconds and an `s`; a year at most.
pub(super) fn seconds(written: &str) -> Option<Duration> {
    let number: f64 = written.strip_suffix('s')?.parse().ok()?;
    let duration = Duration::try_from_secs_f64(number).ok()?;
    (duration <= LONGEST).then_some(duration)
}

/// At least a millisecond; Envoy refuses zero (FACTS 4.8).
fn duration(field: &str, value: &Value) -> Result<Duration, String> {
    let duration = value.as_str().and_then(seconds);
    duration
        .filter(|duration| *duration >= Duration::from_millis(1))
        .ok_or_else(|| {
            wrong(
                field,
                value,
                "seconds as in \"0.5s\", at least 0.001s and at most a year",
            )
        })
}

fn number(field: &str, value: &Value, max: u32) -> Result<u32, String> {
    let number = value.as_u64().and_then(|number| u32::try_from(number).ok());
    number
        .filter(|number| *number <= max)
        .ok_or_else(|| wrong(field, value, &format!("a number from 0 to {max}")))
}

/// In between it is a matter of chance.
fn all_or_nothing(field: &str, value: &Value) -> Result<u32, String> {
    let percent = number(field, value, 100)?;
    if percent == 0 || percent == 100 {
        Ok(percent)
    } else {
        Err(wrong(
            field,
            value,
            "0 or 100: what is enforced by chance cannot be replayed",
        ))
    }
}

fn wrong(field: &str, value: &Value, bound: &str) -> String {
    format!("outlier_detection.{field} is {value}; it must be {bound}")
}
