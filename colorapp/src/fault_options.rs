//! The options of `/fault`, as they stand in its query:
//!
//! - `status`: 500 to 599, 500 when not given;
//! - `percent`: 1 to 100 of each 100 requests, 100 when not given;
//! - `delay`: `200ms`, `1s`; more than 0, at most 60 s. Alone it makes a slow replica that answers 200;
//! - `abort`, or `abort=true`: close the connection without an answer; never together with `status`;
//! - `for`: `30s`, `5m`; more than 0, at most 24 h; then the fault ends by itself.
//!
//! Each at most once, and no other: a misspelt option must not become the plain fault.

use std::error;
use std::fmt;
use std::ops::RangeInclusive;
use std::str::FromStr;
use std::time::Duration;

use axum::http::StatusCode;
use humantime::parse_duration;

use crate::{Fault, Outcome};

/// The longest delay, and how it is written: longer than any timeout that somebody wants to provoke.
const MAX_DELAY: (Duration, &str) = (Duration::from_secs(60), "60s");

/// The longest life of a fault that ends by itself, and how it is written.
const MAX_LASTS: (Duration, &str) = (Duration::from_secs(24 * 60 * 60), "24h");

/// Options that describe no fault. Displays as one sentence that names the option and its bound.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidFault(String);

impl fmt::Display for InvalidFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl error::Error for InvalidFault {}

/// Reads a fault from a query such as `status=503&percent=30`.
impl FromStr for Fault {
    type Err = InvalidFault;

    fn from_str(query: &str) -> Result<Self, InvalidFault> {
        Options::from_query(query)?.try_into()
    }
}

/// The options as given, each within its own bound.
#[derive(Default)]
struct Options {
    status: Option<StatusCode>,
    percent: Option<u8>,
    delay: Option<Duration>,
    abort: Option<bool>,
    lasts: Option<Duration>,
}

impl Options {
    fn from_query(query: &str) -> Result<Self, InvalidFault> {
        let mut options = Self::default();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            match &*name {
                "status" => set(&mut options.status, &name, status(&value))?,
                "percent" => set(&mut options.percent, &name, within(1..=100, &value))?,
                "delay" => set(&mut options.delay, &name, duration(MAX_DELAY, &value))?,
                "abort" => set(&mut options.abort, &name, flag(&value))?,
                "for" => set(&mut options.lasts, &name, duration(MAX_LASTS, &value))?,
                _ => {
                    return Err(InvalidFault(format!(
                        "{name:?} is unknown: a fault has status, percent, delay, abort and for"
                    )));
                }
            }
        }
        Ok(options)
    }
}

impl TryFrom<Options> for Fault {
    type Error = InvalidFault;

    fn try_from(options: Options) -> Result<Self, InvalidFault> {
        let plain = Self::default();
        let outcome = match (options.status, options.abort.unwrap_or(false)) {
            (Some(_), true) => {
                let sentence =
                    "status and abort exclude each other: an aborted request has no status";
                return Err(InvalidFault(sentence.to_owned()));
            }
            (Some(status), false) => Outcome::Answer(status),
            (None, true) => Outcome::Abort,
            (None, false) if options.delay.is_some() => Outcome::Answer(StatusCode::OK),
            (None, false) => plain.outcome,
        };
        Ok(Self {
            outcome,
            percent: options.percent.unwrap_or(plain.percent),
            delay: options.delay,
            lasts: options.lasts,
        })
    }
}

/// Fills `option`, unless it was given before or `value` is the sentence that says its bound.
fn set<T>(
    option: &mut Option<T>,
    name: &str,
    value: Result<T, String>,
) -> Result<(), InvalidFault> {
    if option.is_some() {
        return Err(InvalidFault(format!("{name} must be given only once")));
    }
    let value = value.map_err(|bound| InvalidFault(format!("{name} must be {bound}")))?;
    *option = Some(value);
    Ok(())
}

fn status(value: &str) -> Result<StatusCode, String> {
    let code = within(500..=599, value)?;
    Ok(StatusCode::from_u16(code).expect("500 to 599 are statuses"))
}

fn within<T>(bounds: RangeInclusive<T>, value: &str) -> Result<T, String>
where
    T: FromStr + PartialOrd + fmt::Display,
{
    let number = value.parse().ok().filter(|number| bounds.contains(number));
    number.ok_or_else(|| {
        let (least, most) = bounds.into_inner();
        format!("a whole number from {least} to {most}, not {value:?}")
    })
}

fn duration((most, written): (Duration, &str), value: &str) -> Result<Duration, String> {
    let duration = parse_duration(value).ok();
    let duration = duration.filter(|duration| !duration.is_zero() && *duration <= most);
    duration.ok_or_else(|| {
        format!("a duration such as 200ms or 30s, more than 0 and at most {written}, not {value:?}")
    })
}

fn flag(value: &str) -> Result<bool, String> {
    match value {
        "" | "true" => Ok(true),
        "false" => Ok(false),
        _ => Err(format!("true or false, not {value:?}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(query: &str) -> Fault {
        query.parse().unwrap()
    }

    fn sentence(query: &str) -> String {
        query.parse::<Fault>().unwrap_err().to_string()
    }

    fn answer(status: u16) -> Outcome {
        Outcome::Answer(StatusCode::from_u16(status).unwrap())
    }

    #[test]
    fn no_option_is_500_to_every_request_for_good() {
        let plain = Fault {
            outcome: answer(500),
            percent: 100,
            delay: None,
            lasts: None,
        };
        assert_eq!(fault(""), plain);
    }

    #[test]
    fn every_server_error_can_be_the_status() {
        for status in 500..=599 {
            assert_eq!(fault(&format!("status={status}")).outcome, answer(status));
        }
    }

    #[test]
    fn a_delay_alone_makes_a_slow_replica() {
        let slow = fault("delay=1s%20500ms");
        assert_eq!(slow.outcome, answer(200));
        assert_eq!(slow.delay, Some(Duration::from_millis(1_500)));
    }

    #[test]
    fn a_delay_and_a_status_make_a_slow_error() {
        let slow = fault("delay=200ms&status=503");
        assert_eq!(slow.outcome, answer(503));
        assert_eq!(slow.delay, Some(Duration::from_millis(200)));
    }

    #[test]
    fn abort_needs_no_value() {
        assert_eq!(fault("abort").outcome, Outcome::Abort);
        assert_eq!(fault("abort=true&delay=1s").outcome, Outcome::Abort);
    }

    #[test]
    fn abort_false_is_as_if_not_given() {
        assert_eq!(fault("abort=false"), Fault::default());
        assert_eq!(fault("abort=false&status=504").outcome, answer(504));
        assert_eq!(fault("abort=false&delay=1s").outcome, answer(200));
    }

    #[test]
    fn the_bounds_belong_to_what_is_allowed() {
        assert_eq!(fault("percent=1").percent, 1);
        assert_eq!(fault("percent=100").percent, 100);
        assert_eq!(fault("delay=60s").delay, Some(MAX_DELAY.0));
        assert_eq!(fault("for=24h").lasts, Some(MAX_LASTS.0));
    }

    #[test]
    fn a_status_out_of_bounds_is_refused() {
        for value in ["499", "600", "-500", "", "five", "500.0", "99999999"] {
            assert_eq!(
                sentence(&format!("status={value}")),
                format!("status must be a whole number from 500 to 599, not {value:?}")
            );
        }
    }

    #[test]
    fn a_percentage_out_of_bounds_is_refused() {
        for value in ["0", "101", "256", "-1", "", "50.5", "half"] {
            assert_eq!(
                sentence(&format!("percent={value}")),
                format!("percent must be a whole number from 1 to 100, not {value:?}")
            );
        }
    }

    #[test]
    fn a_delay_out_of_bounds_is_refused() {
        for value in ["0s", "60001ms", "61s", "200", "", "-1s", "soon", "1e9s"] {
            assert_eq!(
                sentence(&format!("delay={value}")),
                format!(
                    "delay must be a duration such as 200ms or 30s, more than 0 and at most 60s, not {value:?}"
                )
            );
        }
    }

    #[test]
    fn a_life_out_of_bounds_is_refused() {
        for value in ["0ms", "24h1ms", "2days", "30", "", "99999999999999999999y"] {
            assert_eq!(
                sentence(&format!("for={value}")),
                format!(
                    "for must be a duration such as 200ms or 30s, more than 0 and at most 24h, not {value:?}"
                )
            );
        }
    }

    #[test]
    fn abort_is_true_or_false() {
        assert_eq!(
            sentence("abort=yes"),
            "abort must be true or false, not \"yes\""
        );
    }

    #[test]
    fn status_and_abort_exclude_each_other() {
        for query in ["status=503&abort", "abort=true&status=500"] {
            assert!(
                sentence(query).starts_with("status and abort exclude each other"),
                "{query}"
            );
        }
    }

    #[test]
    fn an_unknown_option_is_refused() {
        for name in ["percentage", "Status", "host", "lasts"] {
            assert_eq!(
                sentence(&format!("status=500&{name}=1")),
                format!("{name:?} is unknown: a fault has status, percent, delay, abort and for")
            );
        }
    }

    #[test]
    fn an_option_given_twice_is_refused() {
        for (name, value) in [
            ("status", "500"),
            ("percent", "10"),
            ("delay", "1s"),
            ("abort", "true"),
            ("for", "1s"),
        ] {
            assert_eq!(
                sentence(&format!("{name}={value}&{name}={value}")),
                format!("{name} must be given only once")
            );
        }
    }

    #[test]
    fn a_fault_says_what_it_does() {
        for (query, text) in [
            ("", "respond with 500 on /get"),
            ("status=503", "respond with 503 on /get"),
            ("percent=30", "respond with 500 to 30 % of requests on /get"),
            ("for=90s", "respond with 500 on /get for 1m 30s"),
            ("delay=200ms", "respond with 200 after 200ms on /get"),
            ("abort", "close the connection without an answer on /get"),
            (
                "abort&delay=1s&percent=5&for=1h",
                "close the connection without an answer after 1s to 5 % of requests on /get for 1h",
            ),
        ] {
            assert_eq!(fault(query).to_string(), text, "{query}");
        }
    }
}
