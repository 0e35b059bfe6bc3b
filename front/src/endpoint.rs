//! `host:port`, checked once.

use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use axum::http::uri::{Authority, PathAndQuery, Scheme};
use axum::http::{HeaderValue, Uri};

/// What a malformed endpoint gets to hear.
const MALFORMED: &str = "must be host:port, such as colorapp:8080";

/// Somebody to call over HTTP: a name, an IPv4 address or an IPv6 address in brackets, and a port
/// between 1 and 65535.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    text: String,
    host: String,
    port: u16,
    authority: Authority,
}

impl Endpoint {
    /// The URI of `target` at this endpoint.
    pub fn uri(&self, target: PathAndQuery) -> Uri {
        Uri::builder()
            .scheme(Scheme::HTTP)
            .authority(self.authority.clone())
            .path_and_query(target)
            .build()
            .expect("all three parts are there")
    }

    /// The header `host` of requests to it. Port 80 is left out, as in a URL.
    pub fn host_header(&self) -> HeaderValue {
        HeaderValue::from_str(self.authority.as_str()).expect("an authority is visible ASCII")
    }

    /// `host:port` as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The name or the address, without brackets.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The port, which is not 0.
    pub fn port(&self) -> u16 {
        self.port
    }
}

impl FromStr for Endpoint {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (host, port) = text.rsplit_once(':').ok_or(MALFORMED)?;
        if !(is_name(host) || is_ipv6(host)) {
            return Err(MALFORMED);
        }
        let port = port_of(port).ok_or(MALFORMED)?;
        let authority = text.strip_suffix(":80").unwrap_or(text);
        Ok(Self {
            text: text.to_owned(),
            host: host.trim_matches(['[', ']']).to_owned(),
            port,
            authority: authority.parse().map_err(|_| MALFORMED)?,
        })
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// A name, or an IPv4 address: what ends in a number can be nothing else.
fn is_name(host: &str) -> bool {
    let ends_in_number = || {
        let end = host.rsplit('.').find(|part| !part.is_empty());
        end.is_some_and(|end| end.bytes().all(|byte| byte.is_ascii_digit()))
    };
    !host.is_empty()
        && host
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte))
        && (!ends_in_number() || host.parse::<Ipv4Addr>().is_ok())
}

fn is_ipv6(host: &str) -> bool {
    host.strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'))
        .is_some_and(|host| host.parse::<Ipv6Addr>().is_ok())
}

fn port_of(text: &str) -> Option<u16> {
    // The digits are looked at because a number may be written `+80` elsewhere, but not in a URL.
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
    let port = text.parse().ok().filter(|&port| port > 0);
    port.filter(|_| is_number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_and_both_kinds_of_address_are_endpoints() {
        for text in [
            "colorapp.demo.svc.cluster.local:8080",
            "127.0.0.1:9080",
            "[::1]:9080",
            "color_app:1",
        ] {
            let endpoint: Endpoint = text.parse().unwrap();
            let get = PathAndQuery::from_static("/get");
            assert_eq!(endpoint.uri(get), *format!("http://{text}/get"));
            assert_eq!(endpoint.host_header(), text);
        }
    }

    #[test]
    fn its_parts_are_what_a_lookup_takes() {
        for (text, host, port) in [("colorapp:80", "colorapp", 80), ("[::1]:9080", "::1", 9080)] {
            let endpoint: Endpoint = text.parse().unwrap();
            assert_eq!((endpoint.host(), endpoint.port()), (host, port));
        }
    }

    #[test]
    fn port_80_is_not_told() {
        let endpoint: Endpoint = "colorapp:80".parse().unwrap();
        assert_eq!(endpoint.as_str(), "colorapp:80");
        assert_eq!(endpoint.host_header(), "colorapp");
        let get = PathAndQuery::from_static("/get");
        assert_eq!(endpoint.uri(get), "http://colorapp/get");
    }

    #[test]
    fn anything_else_is_refused() {
        for text in [
            "",
            "colorapp",
            "colorapp:",
            ":8080",
            "colorapp:0",
            "colorapp:+80",
            "colorapp:65536",
            "http://colorapp:8080",
            "colorapp:8080/get",
            "user@colorapp:8080",
            "::1:8080",
            "[::1:8080",
            "256.1.1.1:8080",
            "127.1:8080",
            "1.2.3.4.:8080",
            "color app:8080",
        ] {
            assert_eq!(text.parse::<Endpoint>(), Err(MALFORMED), "{text:?}");
        }
    }
}
