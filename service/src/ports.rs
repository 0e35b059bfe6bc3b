//! The two ports of an app: its own, and the one for control, probes and metrics.
//!
//! | variable | default | value |
//! | --- | --- | --- |
//! | `SERVER_HOST` | `0.0.0.0` | the address both ports listen on |
//! | `SERVER_PORT` | the app's | the app's own port; 0 takes a free one |
//! | `CONTROL_PORT` | `8081` | the control port; 0 takes a free one |
//! | `SHARE_PORT` | `false` | whether others of this user may bind the ports too (`SO_REUSEPORT`) |

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use tokio::net::TcpListener;

use crate::{ConfigError, Environment, bind, setting};

const DEFAULT_CONTROL_PORT: u16 = 8081;

/// Where an app listens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ports {
    /// The app's own port, 0 for a free one.
    pub server: SocketAddr,
    /// The control port, 0 for a free one; another than the app's own, on the same host.
    pub control: SocketAddr,
    /// Whether others of this user may bind the ports too.
    pub are_shared: bool,
}

/// The listeners of an app.
#[derive(Debug)]
pub struct Listeners {
    /// Of its own port.
    pub server: TcpListener,
    /// Where that is.
    pub server_addr: SocketAddr,
    /// Of the control port.
    pub control: TcpListener,
    /// Where that is.
    pub control_addr: SocketAddr,
}

impl Ports {
    /// Reads the variables; `server_port` is the app's own where none is set.
    ///
    /// # Errors
    /// When one cannot be used, or both ports are the same.
    pub fn from_env(env: &impl Environment, server_port: u16) -> Result<Self, ConfigError> {
        let host = setting(env, "SERVER_HOST")?.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED));
        let server_port = port(env, "SERVER_PORT")?.unwrap_or(server_port);
        let control_port = port(env, "CONTROL_PORT")?.unwrap_or(DEFAULT_CONTROL_PORT);
        if server_port == control_port && server_port != 0 {
            return Err(ConfigError::new(format!(
                "SERVER_PORT and CONTROL_PORT must differ: both are {server_port}"
            )));
        }
        Ok(Self {
            server: SocketAddr::new(host, server_port),
            control: SocketAddr::new(host, control_port),
            are_shared: setting(env, "SHARE_PORT")?.unwrap_or(false),
        })
    }

    /// Listens on both. Needs a tokio runtime.
    ///
    /// # Errors
    /// When a port is in use or not to be had; the sentence names the variable that changes it.
    pub fn listen(&self) -> Result<Listeners, ConfigError> {
        let (server, server_addr) = self.listen_on(self.server, "SERVER_PORT")?;
        let (control, control_addr) = self.listen_on(self.control, "CONTROL_PORT")?;
        Ok(Listeners {
            server,
            server_addr,
            control,
            control_addr,
        })
    }

    fn listen_on(
        &self,
        address: SocketAddr,
        variable: &str,
    ) -> Result<(TcpListener, SocketAddr), ConfigError> {
        let socket = bind(address, self.are_shared).map_err(|error| {
            ConfigError::new(if error.in_use() {
                format!("{error}: set {variable} to a free port")
            } else {
                format!("SERVER_HOST and {variable}: {error}")
            })
        })?;
        let address = socket
            .local_addr()
            .expect("a listening socket has an address");
        Ok((socket, address))
    }
}

fn port(env: &impl Environment, name: &str) -> Result<Option<u16>, ConfigError> {
    let Some(text) = env.get(name) else {
        return Ok(None);
    };
    text.parse().map(Some).map_err(|_| {
        ConfigError::new(format!(
            "{name}: {text:?}: must be a whole number from 0 to 65535"
        ))
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn read<const N: usize>(variables: [(&str, &str); N]) -> Result<Ports, ConfigError> {
        Ports::from_env(&BTreeMap::from(variables), 9080)
    }

    fn sentence<const N: usize>(variables: [(&str, &str); N]) -> String {
        read(variables).unwrap_err().to_string()
    }

    #[test]
    fn nothing_needs_to_be_set() {
        let expected = Ports {
            server: ([0, 0, 0, 0], 9080).into(),
            control: ([0, 0, 0, 0], 8081).into(),
            are_shared: false,
        };
        assert_eq!(read([]), Ok(expected));
    }

    #[test]
    fn every_variable_is_read() {
        let expected = Ports {
            server: "[::1]:1".parse().unwrap(),
            control: "[::1]:65535".parse().unwrap(),
            are_shared: true,
        };
        let variables = [
            ("SERVER_HOST", "::1"),
            ("SERVER_PORT", "1"),
            ("CONTROL_PORT", "65535"),
            ("SHARE_PORT", "true"),
        ];
        assert_eq!(read(variables), Ok(expected));
    }

    #[test]
    fn the_ports_must_differ_unless_they_may_be_any_free_ones() {
        assert_eq!(
            sentence([("SERVER_PORT", "8081")]),
            "SERVER_PORT and CONTROL_PORT must differ: both are 8081"
        );
        assert!(read([("SERVER_PORT", "0"), ("CONTROL_PORT", "0")]).is_ok());
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
    fn a_wrong_value_names_its_variable() {
        for (name, value) in [("SERVER_HOST", "localhost"), ("SHARE_PORT", "yes")] {
            let sentence = sentence([(name, value)]);
            assert!(
                sentence.starts_with(&format!("{name}: {value:?}: ")),
                "got: {sentence}"
            );
        }
    }
}
