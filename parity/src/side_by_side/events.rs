//! Lines of the outlier event log, times apart.

use std::io::{self, Error};
use std::net::SocketAddr;

use ingress::outlier::HostIndex;
use serde_json::{Map, Value};

use super::clock::Clock;
use crate::trace::Ms;

/// A line of the log.
#[derive(Clone, Debug)]
pub(super) struct Logged {
    pub(super) at: Ms,
    pub(super) host: HostIndex,
    /// Everything else, in its order; the times are left out.
    pub(super) line: Map<String, Value>,
}

/// The lines of `log`.
pub(super) fn parse(log: &str, addresses: &[SocketAddr], clock: &Clock) -> io::Result<Vec<Logged>> {
    log.lines()
        .map(|line| one(line, addresses, clock))
        .collect()
}

fn one(text: &str, addresses: &[SocketAddr], clock: &Clock) -> io::Result<Logged> {
    let broken = || Error::other(format!("not a line of the event log: {text}"));
    let mut line: Map<String, Value> = serde_json::from_str(text)?;
    let time = line
        .get("timestamp")
        .and_then(Value::as_str)
        .ok_or_else(broken)?;
    let at = clock.of(humantime::parse_rfc3339(time).map_err(|_| broken())?);
    let url = line
        .get("upstream_url")
        .and_then(Value::as_str)
        .ok_or_else(broken)?;
    let host = addresses
        .iter()
        .position(|address| address.to_string() == url)
        .ok_or_else(broken)?;
    line.insert("upstream_url".to_owned(), host.into());
    for time in ["timestamp", "secs_since_last_action"] {
        if let Some(value) = line.get_mut(time) {
            *value = "any".into();
        }
    }
    Ok(Logged { at, host, line })
}
