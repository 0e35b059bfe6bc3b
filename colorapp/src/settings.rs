//! What the environment says, checked:
//!
//! | variable | default | value |
//! | --- | --- | --- |
//! | `SERVER_HOST` | `0.0.0.0` | the address both ports listen on |
//! | `SERVER_PORT` | `9080` | the main port; 0 takes a free one |
//! | `CONTROL_PORT` | `8081` | the control port; 0 takes a free one |
//! | `HOST_UID` | a random v4 UUID | the replica's name |
//! | `SHUTDOWN_DELAY` | `0s` | how long to serve on after the request to stop, a day at most |
//! | `SHUTDOWN_DEADLINE` | `10s` | how long running requests then have, a day at most |
//! | `SHARE_PORT` | `false` | whether others of this user may bind the ports too (`SO_REUSEPORT`) |
//! | `LOG_FORMAT` | `text` | `text` or `json` |
//! | `RUST_LOG` | `info` | what is logged, in the syntax of `tracing_subscriber::EnvFilter` |

use service::{ConfigError, Environment, Grace, LogFormat, Ports, setting};

use crate::HostUid;

const DEFAULT_SERVER_PORT: u16 = 9080;

/// The settings of one replica.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The main port and the control port.
    pub ports: Ports,
    /// The replica's name.
    pub uid: HostUid,
    /// How the main server ends.
    pub grace: Grace,
    /// How a log line looks.
    pub log_format: LogFormat,
    /// What is logged, not parsed yet.
    pub log_filter: Option<String>,
}

impl Settings {
    /// Reads the settings.
    ///
    /// # Errors
    /// The sentence for the first variable whose value cannot be used.
    pub fn from_env(env: &impl Environment) -> Result<Self, ConfigError> {
        Ok(Self {
            ports: Ports::from_env(env, DEFAULT_SERVER_PORT)?,
            uid: setting(env, "HOST_UID")?.unwrap_or_else(HostUid::random),
            grace: Grace::from_env(env)?,
            log_format: setting(env, "LOG_FORMAT")?.unwrap_or_default(),
            log_filter: env.get("RUST_LOG"),
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::time::Duration;

    use super::*;

    fn settings<const N: usize>(variables: [(&str, &str); N]) -> Settings {
        Settings::from_env(&BTreeMap::from(variables)).unwrap()
    }

    fn sentence<const N: usize>(variables: [(&str, &str); N]) -> String {
        Settings::from_env(&BTreeMap::from(variables))
            .unwrap_err()
            .to_string()
    }

    #[test]
    fn nothing_needs_to_be_set() {
        let settings = settings([]);
        assert_eq!(settings.ports.server, ([0, 0, 0, 0], 9080).into());
        assert_eq!(settings.ports.control, ([0, 0, 0, 0], 8081).into());
        assert_eq!(settings.uid.as_str().len(), 36, "a UUID");
        assert_eq!(settings.grace.delay, Duration::ZERO);
        assert_eq!(settings.grace.deadline, Duration::from_secs(10));
        assert_eq!(settings.log_format, LogFormat::Text);
        assert_eq!(settings.log_filter, None);
    }

    #[test]
    fn every_variable_is_read() {
        let settings = settings([
            ("SERVER_PORT", "1"),
            ("HOST_UID", "colorapp-1"),
            ("SHUTDOWN_DELAY", "5s"),
            ("SHUTDOWN_DEADLINE", "1m 30s"),
            ("LOG_FORMAT", "json"),
            ("RUST_LOG", "colorapp=trace"),
        ]);
        assert_eq!(settings.ports.server.port(), 1);
        assert_eq!(settings.uid.as_str(), "colorapp-1");
        assert_eq!(settings.grace.delay, Duration::from_secs(5));
        assert_eq!(settings.grace.deadline, Duration::from_secs(90));
        assert_eq!(settings.log_format, LogFormat::Json);
        assert_eq!(settings.log_filter.as_deref(), Some("colorapp=trace"));
    }

    #[test]
    fn a_name_that_needs_escaping_is_refused() {
        assert_eq!(
            sentence([("HOST_UID", "a b")]),
            "HOST_UID: \"a b\": must be 1 to 64 characters of A-Z, a-z, 0-9, '.', '_' and '-'"
        );
    }

    #[test]
    fn a_wrong_value_names_its_variable() {
        for (name, value) in [
            ("SHUTDOWN_DELAY", "5"),
            ("SHUTDOWN_DEADLINE", "soon"),
            ("LOG_FORMAT", "xml"),
        ] {
            let sentence = sentence([(name, value)]);
            assert!(
                sentence.starts_with(&format!("{name}: {value:?}: ")),
                "got: {sentence}"
            );
        }
    }
}
