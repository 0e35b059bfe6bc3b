//! The environment, read through a seam, so that a test passes a map and nobody calls `set_var`.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::str::FromStr;
use std::time::Duration;

use crate::ConfigError;

/// Where settings come from.
pub trait Environment {
    /// The value of `name`; `None` when it is not set or is empty.
    fn get(&self, name: &str) -> Option<String>;
}

/// The environment of this process.
#[derive(Clone, Copy, Debug, Default)]
pub struct ProcessEnvironment;

impl Environment for ProcessEnvironment {
    fn get(&self, name: &str) -> Option<String> {
        std::env::var(name).ok().filter(|value| !value.is_empty())
    }
}

impl Environment for BTreeMap<&str, &str> {
    fn get(&self, name: &str) -> Option<String> {
        BTreeMap::get(self, name)
            .filter(|value| !value.is_empty())
            .map(|value| (*value).to_owned())
    }
}

/// Reads the setting `name`, `None` when it is not set.
///
/// # Errors
/// When the value does not parse; the sentence names the variable, the value and the cause.
pub fn setting<T>(env: &impl Environment, name: &str) -> Result<Option<T>, ConfigError>
where
    T: FromStr<Err: Display>,
{
    let Some(value) = env.get(name) else {
        return Ok(None);
    };
    value
        .parse()
        .map(Some)
        .map_err(|cause| ConfigError::new(format!("{name}: {value:?}: {cause}")))
}

/// Reads the duration `name`, such as `1m 30s`, `None` when it is not set. A day is the longest.
///
/// # Errors
/// When the value is no duration, or longer; the sentence names the variable, the value and the cause.
pub fn duration(env: &impl Environment, name: &str) -> Result<Option<Duration>, ConfigError> {
    const MOST: Duration = Duration::from_secs(24 * 3_600);
    let duration = setting::<humantime::Duration>(env, name)?;
    match duration {
        Some(duration) if *duration > MOST => Err(ConfigError::new(format!(
            "{name}: {:?}: must be at most 24h",
            duration.to_string()
        ))),
        duration => Ok(duration.map(Into::into)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_variable_counts_as_not_set() {
        let env = BTreeMap::from([("SERVER_PORT", "")]);
        assert_eq!(setting::<u16>(&env, "SERVER_PORT").unwrap(), None);
    }

    #[test]
    fn a_wrong_value_names_the_variable_and_the_value() {
        let env = BTreeMap::from([("SERVER_PORT", "70000")]);
        let error = setting::<u16>(&env, "SERVER_PORT").unwrap_err().to_string();
        assert!(
            error.starts_with("SERVER_PORT: \"70000\": "),
            "got: {error}"
        );
    }

    #[test]
    fn a_duration_has_a_day_at_most() {
        let read = |value| duration(&BTreeMap::from([("A", value)]), "A");
        assert_eq!(read("1m 30s").unwrap(), Some(Duration::from_secs(90)));
        assert!(read("24h").is_ok());
        let error = read("25h").unwrap_err().to_string();
        assert_eq!(error, "A: \"1day 1h\": must be at most 24h");
    }
}
