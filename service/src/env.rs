//! The environment, read through a seam, so that a test passes a map and nobody calls `set_var`.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::str::FromStr;

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
}
