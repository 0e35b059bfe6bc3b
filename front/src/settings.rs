//! The settings of `front`, read from the environment and checked once.

use std::time::Duration;

use service::{ConfigError, Environment, Grace, LogFormat, Ports, Token, duration, setting};

use crate::{Endpoint, Proxy};

const DEFAULT_SERVER_PORT: u16 = 8080;

/// Longer than the 15 s after which the mesh itself gives up (App Mesh's and Envoy's default), so that
/// the mesh's answer wins.
const DEFAULT_COLOR_TIMEOUT: Duration = Duration::from_secs(20);

/// A full room, and far less than one process can serve.
const DEFAULT_EVENTS_LIMIT: usize = 200;

/// What `front` runs with.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where the app listens (`SERVER_HOST`, default 0.0.0.0, and `SERVER_PORT`, default 8080; port 0 is any free one),
    /// where metrics and probes are (`CONTROL_PORT`, default 8081, on the same host), and whether others of the same
    /// user may bind the same ports (`SHARE_PORT`, `true` or `false`).
    pub ports: Ports,
    /// colorapp as the mesh knows it (`COLOR_SERVICE_ENDPOINT`, required).
    pub color: Endpoint,
    /// How long an answer through the mesh may take (`COLOR_TIMEOUT`, default 20 s, more than zero).
    pub color_timeout: Duration,
    /// Where the replicas' control ports are (`COLOR_CONTROL_ENDPOINT`, comma-separated); empty when nobody said.
    pub color_control: Vec<Endpoint>,
    /// The admin interface of the mesh's proxy (`MESH_ADMIN_ENDPOINT`).
    pub mesh_admin: Option<Endpoint>,
    /// The proxy on the way to colorapp (`http_proxy`, unless `no_proxy` lists colorapp). Control ports
    /// and the mesh's admin are never called through it.
    pub proxy: Option<Proxy>,
    /// What the controls ask for (`CONTROL_TOKEN`, see [`Token`]); they are not locked when nobody set it.
    pub control_token: Option<Token>,
    /// How many may watch `/events` at once (`EVENTS_LIMIT`, 1 to 10000, default 200).
    pub events_limit: usize,
    /// How the end goes (`SHUTDOWN_DELAY`, default none, and `SHUTDOWN_DEADLINE`, default 10 s).
    pub grace: Grace,
    /// How log lines look (`LOG_FORMAT`, `text` or `json`).
    pub log_format: LogFormat,
    /// Which log lines are written (`RUST_LOG`, default `info`).
    pub log_filter: Option<String>,
}

impl Settings {
    /// Reads the settings.
    ///
    /// # Errors
    /// When one is missing or cannot be used; the sentence names it.
    pub fn from_env(env: &impl Environment) -> Result<Self, ConfigError> {
        let ports = Ports::from_env(env, DEFAULT_SERVER_PORT)?;
        let color: Endpoint = setting(env, "COLOR_SERVICE_ENDPOINT")?.ok_or_else(|| {
            ConfigError::new("COLOR_SERVICE_ENDPOINT must be set to the host:port of colorapp")
        })?;
        Ok(Self {
            ports,
            color_timeout: color_timeout(env)?,
            color_control: color_control(env)?,
            mesh_admin: setting(env, "MESH_ADMIN_ENDPOINT")?,
            proxy: Proxy::from_env(env, &color)?,
            color,
            control_token: Token::from_env(env)?,
            events_limit: events_limit(env)?,
            grace: Grace::from_env(env)?,
            log_format: setting(env, "LOG_FORMAT")?.unwrap_or_default(),
            log_filter: env.get("RUST_LOG"),
        })
    }
}

fn color_timeout(env: &impl Environment) -> Result<Duration, ConfigError> {
    match duration(env, "COLOR_TIMEOUT")? {
        None => Ok(DEFAULT_COLOR_TIMEOUT),
        Some(Duration::ZERO) => Err(ConfigError::new("COLOR_TIMEOUT must be more than zero")),
        Some(timeout) => Ok(timeout),
    }
}

fn color_control(env: &impl Environment) -> Result<Vec<Endpoint>, ConfigError> {
    const NAME: &str = "COLOR_CONTROL_ENDPOINT";
    let Some(list) = env.get(NAME) else {
        return Ok(Vec::new());
    };
    list.split(',')
        .map(str::trim)
        .map(|item| {
            item.parse()
                .map_err(|cause| ConfigError::new(format!("{NAME}: {item:?}: {cause}")))
        })
        .collect()
}

/// The variable that says how many may watch `/events` at once.
pub const EVENTS_LIMIT: &str = "EVENTS_LIMIT";

/// How many may watch `/events` at once: what [`EVENTS_LIMIT`] says, 1 to 10000, and 200 without it.
///
/// # Errors
/// When it says something else.
pub fn events_limit(env: &impl Environment) -> Result<usize, ConfigError> {
    let Some(text) = env.get(EVENTS_LIMIT) else {
        return Ok(DEFAULT_EVENTS_LIMIT);
    };
    let limit = text
        .parse()
        .ok()
        .filter(|limit| (1..=10_000).contains(limit));
    limit.ok_or_else(|| {
        ConfigError::new(format!(
            "{EVENTS_LIMIT}: {text:?}: must be a whole number from 1 to 10000"
        ))
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn with(more: &[(&'static str, &'static str)]) -> Result<Settings, ConfigError> {
        let mut env = BTreeMap::from([("COLOR_SERVICE_ENDPOINT", "colorapp:8080")]);
        env.extend(more.iter().copied());
        Settings::from_env(&env)
    }

    fn sentence(name: &'static str, value: &'static str) -> String {
        let error = with(&[(name, value)]).expect_err("this value must be refused");
        error.to_string()
    }

    #[test]
    fn the_defaults_are_those_of_the_contract() {
        let settings = with(&[]).unwrap();
        assert_eq!(settings.ports.server, ([0, 0, 0, 0], 8080).into());
        assert_eq!(settings.ports.control, ([0, 0, 0, 0], 8081).into());
        assert_eq!(settings.color_timeout, Duration::from_secs(20));
        assert!(settings.color_control.is_empty());
        assert!(settings.mesh_admin.is_none());
        assert!(settings.proxy.is_none());
        assert_eq!(settings.grace, Grace::default());
        assert_eq!(settings.log_format, LogFormat::Text);
    }

    #[test]
    fn every_setting_is_read() {
        let settings = with(&[
            ("SERVER_PORT", "1"),
            ("COLOR_TIMEOUT", "1500ms"),
            ("COLOR_CONTROL_ENDPOINT", "127.0.0.1:9181, colorapp:8081"),
            ("MESH_ADMIN_ENDPOINT", "localhost:9901"),
            ("http_proxy", "127.0.0.1:3128"),
            ("no_proxy", "127.0.0.1"),
            ("SHUTDOWN_DELAY", "3s"),
            ("SHUTDOWN_DEADLINE", "4s"),
            ("LOG_FORMAT", "json"),
            ("RUST_LOG", "front=trace"),
        ])
        .unwrap();
        assert_eq!(settings.ports.server.port(), 1);
        assert_eq!(settings.color_timeout, Duration::from_millis(1500));
        let control: Vec<_> = settings
            .color_control
            .iter()
            .map(Endpoint::to_string)
            .collect();
        assert_eq!(control, ["127.0.0.1:9181", "colorapp:8081"]);
        assert_eq!(settings.mesh_admin.unwrap().to_string(), "localhost:9901");
        assert!(settings.proxy.is_some());
        assert_eq!(settings.grace.delay, Duration::from_secs(3));
        assert_eq!(settings.grace.deadline, Duration::from_secs(4));
        assert_eq!(settings.log_format, LogFormat::Json);
        assert_eq!(settings.log_filter.as_deref(), Some("front=trace"));
    }

    #[test]
    fn colorapp_must_be_named() {
        let error = Settings::from_env(&BTreeMap::new()).unwrap_err();
        assert_eq!(
            error.to_string(),
            "COLOR_SERVICE_ENDPOINT must be set to the host:port of colorapp"
        );
    }

    #[test]
    fn a_malformed_endpoint_is_named_with_its_variable() {
        let rule = "must be host:port, such as colorapp:8080";
        for name in [
            "COLOR_SERVICE_ENDPOINT",
            "COLOR_CONTROL_ENDPOINT",
            "MESH_ADMIN_ENDPOINT",
        ] {
            assert_eq!(
                sentence(name, "nowhere"),
                format!("{name}: \"nowhere\": {rule}")
            );
        }
        assert_eq!(
            sentence("COLOR_CONTROL_ENDPOINT", "a:1,,b:2"),
            format!("COLOR_CONTROL_ENDPOINT: \"\": {rule}")
        );
    }

    #[test]
    fn somebody_may_watch_and_not_everybody() {
        assert_eq!(with(&[]).unwrap().events_limit, 200);
        assert_eq!(with(&[("EVENTS_LIMIT", "1")]).unwrap().events_limit, 1);
        for value in ["0", "10001", "many"] {
            assert_eq!(
                sentence("EVENTS_LIMIT", value),
                format!("EVENTS_LIMIT: {value:?}: must be a whole number from 1 to 10000")
            );
        }
    }

    #[test]
    fn a_timeout_of_nothing_is_refused() {
        assert_eq!(
            sentence("COLOR_TIMEOUT", "0s"),
            "COLOR_TIMEOUT must be more than zero"
        );
    }

    #[test]
    fn a_wrong_value_is_named_with_its_variable() {
        for (name, value) in [
            ("COLOR_TIMEOUT", "20"),
            ("SHUTDOWN_DELAY", "soon"),
            ("SHUTDOWN_DEADLINE", "-1s"),
            ("LOG_FORMAT", "xml"),
        ] {
            let sentence = sentence(name, value);
            assert!(
                sentence.starts_with(&format!("{name}: {value:?}: ")),
                "got: {sentence}"
            );
        }
    }

    #[test]
    fn a_proxy_of_another_kind_is_refused_without_showing_its_password() {
        for value in [
            "socks5://me:secret@127.0.0.1:1080",
            "https://me:secret@proxy",
            "http://",
            "http://me:secret@",
            "me:secret@proxy :1",
        ] {
            assert_eq!(
                sentence("http_proxy", value),
                "http_proxy must be http://host:port, the only kind of proxy known here"
            );
        }
    }
}
