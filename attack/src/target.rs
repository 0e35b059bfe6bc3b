//! What is asked for, and where.

use std::error::Error;
use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::str::FromStr;

use bytes::Bytes;
use http::header::HOST;
use http::uri::PathAndQuery;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Uri};
use http_body_util::Empty;
use service::ConfigError;
use tokio::net::lookup_host;

/// A request that can be sent any number of times: `http://HOST[:PORT][/PATH][?QUERY]`, by default with GET.
#[derive(Clone, Debug)]
pub struct Target {
    host: String,
    port: u16,
    path: Uri,
    method: Method,
    headers: HeaderMap,
}

impl FromStr for Target {
    type Err = ConfigError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let sentence = |sentence: &str| ConfigError::new(sentence);
        let scheme = text.split_once("://").map(|(scheme, _)| scheme);
        match scheme.map(str::to_ascii_lowercase).as_deref() {
            Some("http") => {}
            Some("https") => return Err(sentence("https is not supported, only http:// is")),
            _ => return Err(sentence("must begin with http://")),
        }
        let uri: Uri = text
            .parse()
            .map_err(|cause| ConfigError::new(format!("not a URL: {cause}")))?;
        let authority = uri.authority().ok_or_else(|| sentence("names no host"))?;
        if authority.as_str().contains('@') {
            return Err(sentence(
                "a user name is not supported, but the header Authorization is",
            ));
        }
        if authority.host().is_empty() {
            return Err(sentence("names no host"));
        }
        let port = match authority.as_str().strip_prefix(authority.host()) {
            Some("") => 80,
            _ => authority
                .port_u16()
                .ok_or_else(|| sentence("the port must be a number from 0 to 65535"))?,
        };
        let host = HeaderValue::from_str(authority.as_str())
            .map_err(|_| sentence("the host has characters that no header may have"))?;
        let path = uri
            .path_and_query()
            .cloned()
            .unwrap_or_else(|| PathAndQuery::from_static("/"));
        Ok(Self {
            host: authority.host().trim_matches(['[', ']']).to_owned(),
            port,
            path: path.into(),
            method: Method::GET,
            headers: HeaderMap::from_iter([(HOST, host)]),
        })
    }
}

impl Target {
    /// The same, asked with `method`.
    #[must_use]
    pub fn with_method(mut self, method: Method) -> Self {
        self.method = method;
        self
    }

    /// The same with these headers; the first of a name takes the place of one that is there, so that `Host` can
    /// be another than in the URL.
    #[must_use]
    pub fn with_headers(
        mut self,
        headers: impl IntoIterator<Item = (HeaderName, HeaderValue)>,
    ) -> Self {
        let mut added = HeaderMap::new();
        for (name, value) in headers {
            added.append(name, value);
        }
        self.headers.extend(added);
        self
    }

    /// The addresses of the host, at least one.
    pub(crate) async fn resolve(&self) -> Result<Vec<SocketAddr>, UnknownHost> {
        let unknown = |cause| UnknownHost {
            host: self.host.clone(),
            cause,
        };
        let found = lookup_host((self.host.as_str(), self.port)).await;
        let addresses: Vec<_> = found.map_err(unknown)?.collect();
        if addresses.is_empty() {
            return Err(unknown(io::Error::other("the name has no address")));
        }
        Ok(addresses)
    }

    pub(crate) fn request(&self) -> Request<Empty<Bytes>> {
        let mut request = Request::new(Empty::new());
        *request.method_mut() = self.method.clone();
        *request.uri_mut() = self.path.clone();
        *request.headers_mut() = self.headers.clone();
        request
    }
}

/// A host that has no address.
#[derive(Debug)]
pub struct UnknownHost {
    host: String,
    cause: io::Error,
}

impl fmt::Display for UnknownHost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot find the host {}: {}", self.host, self.cause)
    }
}

impl Error for UnknownHost {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.cause)
    }
}

impl From<UnknownHost> for io::Error {
    fn from(error: UnknownHost) -> Self {
        Self::new(error.cause.kind(), error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(url: &str) -> Target {
        url.parse().unwrap()
    }

    #[test]
    fn a_url_names_host_port_and_path() {
        for (url, host, port, path, header) in [
            ("http://a.b", "a.b", 80, "/", "a.b"),
            ("http://a:8080/c/d?e=f", "a", 8080, "/c/d?e=f", "a:8080"),
            ("http://a?e", "a", 80, "/?e", "a"),
            ("http://[::1]:8080/", "::1", 8080, "/", "[::1]:8080"),
            ("http://[::1]", "::1", 80, "/", "[::1]"),
        ] {
            let target = target(url);
            assert_eq!((target.host.as_str(), target.port), (host, port), "{url}");
            let request = target.request();
            assert_eq!(request.uri(), path, "{url}");
            assert_eq!(request.headers()[HOST], header, "{url}");
        }
    }

    #[test]
    fn what_is_no_http_url_is_told_in_a_sentence() {
        for (url, sentence) in [
            ("https://a/", "https is not supported, only http:// is"),
            ("127.0.0.1:8080", "must begin with http://"),
            ("127.0.0.1:8080/color/get", "must begin with http://"),
            ("/color/get", "must begin with http://"),
            ("ftp://a/", "must begin with http://"),
            (
                "http://me@a/",
                "a user name is not supported, but the header Authorization is",
            ),
            (
                "http://a:65536/",
                "the port must be a number from 0 to 65535",
            ),
        ] {
            assert_eq!(
                url.parse::<Target>().unwrap_err().to_string(),
                sentence,
                "{url}"
            );
        }
        for url in ["", "http://", "http://a b/"] {
            assert!(url.parse::<Target>().is_err(), "{url:?}");
        }
    }

    #[test]
    fn a_header_takes_the_place_of_one_that_is_there_and_may_come_twice() {
        let headers = [("host", "other"), ("x-a", "1"), ("x-a", "2")].map(|(name, value)| {
            (
                HeaderName::from_static(name),
                HeaderValue::from_static(value),
            )
        });
        let request = target("http://a/").with_headers(headers).request();
        let all = |name| request.headers().get_all(name).iter().collect::<Vec<_>>();
        assert_eq!(all("host"), ["other"]);
        assert_eq!(all("x-a"), ["1", "2"]);
    }
}
