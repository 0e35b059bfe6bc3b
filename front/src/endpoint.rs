//! `host:port`, checked once.

use std::fmt;
use std::net::Ipv6Addr;
use std::str::FromStr;

use reqwest::Url;

/// What a malformed endpoint gets to hear.
const MALFORMED: &str = "must be host:port, such as colorapp:8080";

/// Somebody to call over HTTP: a name, an IPv4 address or an IPv6 address in brackets, and a port
/// between 1 and 65535.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    text: String,
    host: String,
    port: u16,
    url: Url,
}

impl Endpoint {
    /// The URL of `path` at this endpoint. `query` is taken as it is, without the question mark.
    pub fn url(&self, path: &str, query: Option<&str>) -> Url {
        let mut url = self.url.clone();
        url.set_path(path);
        url.set_query(query);
        url
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
        let url = Url::parse(&format!("http://{text}/")).map_err(|_| MALFORMED)?;
        Ok(Self {
            text: text.to_owned(),
            host: host.trim_matches(['[', ']']).to_owned(),
            port,
            url,
        })
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

fn is_name(host: &str) -> bool {
    !host.is_empty()
        && host
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte))
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
            assert_eq!(
                endpoint.url("/get", None).as_str(),
                format!("http://{text}/get")
            );
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
    fn the_query_is_passed_as_it_is() {
        let endpoint: Endpoint = "colorapp:8080".parse().unwrap();
        assert_eq!(
            endpoint.url("/fault", Some("delay=1s&x=%20")).as_str(),
            "http://colorapp:8080/fault?delay=1s&x=%20"
        );
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
            "color app:8080",
        ] {
            assert_eq!(text.parse::<Endpoint>(), Err(MALFORMED), "{text:?}");
        }
    }
}
