//! How many requests in how much time.

use std::str::FromStr;
use std::time::Duration;

use service::ConfigError;

/// The most requests per second that can be asked for; no machine sends them.
const MAX_PER_SECOND: u64 = 1_000_000;

/// A number of requests, at least one, per unit of time: at most 1,000,000 per second.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    count: u64,
    per: Duration,
}

impl Rate {
    /// `count` requests per `per`.
    ///
    /// # Errors
    /// When that is no request, no time, or more than 1,000,000 per second.
    pub fn new(count: u64, per: Duration) -> Result<Self, ConfigError> {
        let most = u128::from(MAX_PER_SECOND) * per.as_nanos() / 1_000_000_000;
        if count == 0 || u128::from(count) > most {
            return Err(ConfigError::new(format!(
                "a rate must be at least one request and at most {MAX_PER_SECOND} per second"
            )));
        }
        Ok(Self { count, per })
    }

    /// When request `index` is due, from the start on.
    pub(crate) fn due(self, index: u64) -> Duration {
        let nanos = u128::from(index) * self.per.as_nanos() / u128::from(self.count);
        // Out of reach: at one request per hour this is request number five million.
        Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
    }

    /// How many requests are due before `end`.
    pub(crate) fn requests_within(self, end: Duration) -> u64 {
        let requests = (end.as_nanos() * u128::from(self.count)).div_ceil(self.per.as_nanos());
        u64::try_from(requests).unwrap_or(u64::MAX)
    }
}

impl FromStr for Rate {
    type Err = ConfigError;

    /// `50` and `50/s` are per second, `6000/m` per minute, `7200/h` per hour.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (count, unit) = text.split_once('/').unwrap_or((text, "s"));
        let seconds = match unit {
            "s" | "1s" => Some(1),
            "m" | "1m" => Some(60),
            "h" | "1h" => Some(3_600),
            _ => None,
        };
        seconds
            .zip(count.parse().ok())
            .and_then(|(seconds, count)| Self::new(count, Duration::from_secs(seconds)).ok())
            .ok_or_else(|| {
                ConfigError::new(format!(
                    "must be a whole number of requests per second, or like 100/s, 6000/m or 7200/h, \
                     at most {MAX_PER_SECOND} per second"
                ))
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn rate(text: &str) -> Rate {
        text.parse().unwrap()
    }

    #[test]
    fn fifty_per_second_for_four_seconds_are_two_hundred_requests() {
        assert_eq!(rate("50").requests_within(4 * SECOND), 200);
        assert_eq!(rate("50").due(199), Duration::from_millis(3_980));
        assert_eq!(rate("50").due(200), 4 * SECOND);
    }

    #[test]
    fn a_request_that_is_due_before_the_end_belongs_to_the_attack() {
        let end = Duration::from_millis(41);
        assert_eq!(rate("50").requests_within(end), 3);
        assert_eq!(rate("50").requests_within(Duration::ZERO), 0);
    }

    #[test]
    fn an_uneven_rate_does_not_drift() {
        assert_eq!(rate("3").due(1), Duration::from_nanos(333_333_333));
        assert_eq!(rate("3").due(3_000_000_000), 1_000_000_000 * SECOND);
        assert_eq!(rate("3").requests_within(10 * SECOND), 30);
    }

    #[test]
    fn the_unit_is_a_second_unless_it_is_named() {
        assert_eq!(rate("100/s"), rate("100"));
        assert_eq!(rate("6000/m").due(100), SECOND);
        assert_eq!(rate("7200/h").due(2), SECOND);
    }

    #[test]
    fn a_rate_beyond_its_bounds_is_refused() {
        rate("1000000");
        rate("60000000/m");
        for text in ["0", "1000001", "60000001/m", "-1", "1.5", "", "50/d", "50/"] {
            assert!(text.parse::<Rate>().is_err(), "{text:?}");
        }
    }
}
