//! What the environment says, checked:
//!
//! | variable | default | value |
//! | --- | --- | --- |
//! | `SERVER_HOST` | `0.0.0.0` | the address both ports listen on |
//! | `SERVER_PORT` | `9080` | the main port; 0 takes a free one |
//! | `CONTROL_PORT` | `8081` | the control port; 0 takes a free one |
//! | `HOST_UID` | a random v4 UUID | the replica's name |
//! | `SHUTDOWN_DELAY` | `0s` | how long to serve on after the request to stop |
//! | `SHUTDOWN_DEADLINE` | `10s` | how long running requests then have |
//! | `SHARE_PORT` | `false` | whether others of this user may bind the ports too (`SO_REUSEPORT`) |
//! | `LOG_FORMAT` | `text` | `text` or `json` |
//! | `RUST_LOG` | `info` | what is logged, in the syntax of `tracing_subscriber::EnvFilter` |

use std::fmt;
use std::net::{IpAddr, Ipv4Addr};
use std::str::FromStr;
use std::time::Duration;

use service::{ConfigError, Environment, Grace, LogFormat, setting};

use crate::HostUid;

const DEFAULT_SERVER_PORT: u16 = 9080;
const DEFAULT_CONTROL_PORT: u16 = 8081;

/// The settings of one replica.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The address both ports listen on.
    pub host: IpAddr,
    /// The main port, 0 for a free one.
    pub server_port: u16,
    /// The control port, 0 for a free one; another than the main port.
    pub control_port: u16,
    /// The replica's name.
    pub uid: HostUid,
    /// How the main server ends.
    pub grace: Grace,
    /// Whether others of this user may bind the ports too.
    pub share_port: bool,
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
        let port = |name, default| {
            let port = setting(env, name)?;
            Ok(port.map_or(default, |Port(port)| port))
        };
        let duration = |name, default| {
            let duration = setting::<humantime::Duration>(env, name)?;
            Ok(duration.map_or(default, Duration::from))
        };
        let grace = Grace::default();
        let settings = Self {
            host: setting(env, "SERVER_HOST")?.unwrap_or(Ipv4Addr::UNSPECIFIED.into()),
            server_port: port("SERVER_PORT", DEFAULT_SERVER_PORT)?,
            control_port: port("CONTROL_PORT", DEFAULT_CONTROL_PORT)?,
            uid: setting(env, "HOST_UID")?.unwrap_or_else(HostUid::random),
            grace: Grace {
                delay: duration("SHUTDOWN_DELAY", grace.delay)?,
                deadline: duration("SHUTDOWN_DEADLINE", grace.deadline)?,
            },
            share_port: setting(env, "SHARE_PORT")?.unwrap_or(false),
            log_format: setting(env, "LOG_FORMAT")?.unwrap_or_default(),
            log_filter: env.get("RUST_LOG"),
        };
        if settings.server_port == settings.control_port && settings.server_port != 0 {
            return Err(ConfigError::new(format!(
                "SERVER_PORT and CONTROL_PORT must differ: both are {}",
                settings.server_port
            )));
        }
        Ok(settings)
    }
}

/// A port number, whose error says the bound.
struct Port(u16);

impl FromStr for Port {
    type Err = InvalidPort;

    fn from_str(text: &str) -> Result<Self, InvalidPort> {
        text.parse().map(Self).map_err(|_| InvalidPort)
    }
}

struct InvalidPort;

impl fmt::Display for InvalidPort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("must be a whole number from 0 to 65535")
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

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
        assert_eq!(settings.host, Ipv4Addr::UNSPECIFIED);
        assert_eq!(settings.server_port, 9080);
        assert_eq!(settings.control_port, 8081);
        assert_eq!(settings.uid.as_str().len(), 36, "a UUID");
        assert_eq!(settings.grace.delay, Duration::ZERO);
        assert_eq!(settings.grace.deadline, Duration::from_secs(10));
        assert!(!settings.share_port);
        assert_eq!(settings.log_format, LogFormat::Text);
        assert_eq!(settings.log_filter, None);
    }

    #[test]
    fn every_variable_is_read() {
        let settings = settings([
            ("SERVER_HOST", "::1"),
            ("SERVER_PORT", "1"),
            ("CONTROL_PORT", "65535"),
            ("HOST_UID", "colorapp-1"),
            ("SHUTDOWN_DELAY", "5s"),
            ("SHUTDOWN_DEADLINE", "1m 30s"),
            ("SHARE_PORT", "true"),
            ("LOG_FORMAT", "json"),
            ("RUST_LOG", "colorapp=trace"),
        ]);
        assert_eq!(settings.host.to_string(), "::1");
        assert_eq!(settings.server_port, 1);
        assert_eq!(settings.control_port, 65_535);
        assert_eq!(settings.uid.as_str(), "colorapp-1");
        assert_eq!(settings.grace.delay, Duration::from_secs(5));
        assert_eq!(settings.grace.deadline, Duration::from_secs(90));
        assert!(settings.share_port);
        assert_eq!(settings.log_format, LogFormat::Json);
        assert_eq!(settings.log_filter.as_deref(), Some("colorapp=trace"));
    }

    #[test]
    fn both_ports_may_be_any_free_one() {
        let settings = settings([("SERVER_PORT", "0"), ("CONTROL_PORT", "0")]);
        assert_eq!((settings.server_port, settings.control_port), (0, 0));
    }

    #[test]
    fn the_ports_must_differ() {
        assert_eq!(
            sentence([("SERVER_PORT", "8081")]),
            "SERVER_PORT and CONTROL_PORT must differ: both are 8081"
        );
    }

    #[test]
    fn a_port_is_a_number_up_to_65535() {
        for name in ["SERVER_PORT", "CONTROL_PORT"] {
            for value in ["65536", "-1", "http"] {
                assert_eq!(
                    sentence([(name, value)]),
                    format!("{name}: {value:?}: must be a whole number from 0 to 65535")
                );
            }
        }
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
            ("SERVER_HOST", "localhost"),
            ("SHUTDOWN_DELAY", "5"),
            ("SHUTDOWN_DEADLINE", "soon"),
            ("SHARE_PORT", "yes"),
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
