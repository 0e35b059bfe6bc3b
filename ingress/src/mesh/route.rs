//! Routes as used. A gateway route leads to a virtual service, a virtual service's routes lead to clusters.

use std::time::Duration;

use http::{HeaderName, HeaderValue, Method};
use http1::Fields;

use super::{ClusterId, Pattern, RetryPolicy, VirtualServiceId};

/// From the outside to a virtual service.
#[derive(Clone, Debug)]
pub struct GatewayRoute {
    /// The GatewayRoute's Kubernetes name.
    pub name: String,
    /// Which requests take it.
    pub when: RequestMatch,
    /// What is changed in them.
    pub rewrite: Rewrite,
    /// Where it leads.
    pub target: VirtualServiceId,
}

/// A DNS name inside the mesh, and how its requests are spread.
#[derive(Clone, Debug)]
pub struct VirtualService {
    /// The AWS name: the DNS name that clients call, lower case.
    pub name: String,
    /// The VirtualRouter's routes in the order in which they are tried, or the one route to a VirtualNode.
    pub routes: Vec<Route>,
}

/// From a virtual service to clusters.
#[derive(Clone, Debug)]
pub struct Route {
    /// The route's name in the VirtualRouter; the VirtualNode's where there is no router.
    pub name: String,
    /// Which requests take it.
    pub when: RequestMatch,
    /// At least one; the weights add up to more than zero.
    pub targets: Vec<WeightedTarget>,
    /// How long a request may take, retries included; `None` is without end.
    pub timeout: Option<Duration>,
    /// What is tried again.
    pub retry: RetryPolicy,
}

/// One of several clusters and its share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WeightedTarget {
    /// The cluster.
    pub cluster: ClusterId,
    /// Its share of the sum of all weights, 0 to 100.
    pub weight: u32,
}

/// What a request must be like. All parts must hold; an absent part holds always.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RequestMatch {
    /// The host it asks for.
    pub host: Option<HostMatch>,
    /// Its path, without the query.
    pub path: Option<PathMatch>,
    /// Its method.
    pub method: Option<Method>,
    /// Its headers, all of them.
    pub headers: Vec<HeaderMatch>,
}

/// The host a request asks for, without its port, whatever the case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HostMatch {
    /// This name (lower case).
    Exact(String),
    /// Any name that ends so (lower case).
    Suffix(String),
}

/// A condition on the path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PathMatch {
    /// It begins so. Envoy's prefix: `/color` matches `/colors`, too.
    Prefix(String),
    /// It is this.
    Exact(String),
    /// All of it matches this.
    Regex(Pattern),
}

/// A condition on one header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeaderMatch {
    /// Its name.
    pub name: HeaderName,
    /// Whether the rule must not hold.
    pub invert: bool,
    /// The rule.
    pub rule: HeaderRule,
}

/// What a header must be like. Only a header that is there can fulfil one of these.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HeaderRule {
    /// It is there.
    Present,
    /// It is this.
    Exact(String),
    /// It begins so.
    Prefix(String),
    /// It ends so.
    Suffix(String),
    /// All of it matches this.
    Regex(Pattern),
    /// It is a whole number from `start` up to, but not including, `end`.
    Range {
        /// The first number that fits.
        start: i64,
        /// The first number after it that does not.
        end: i64,
    },
}

/// What of a request routes look at.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// Its method.
    pub method: &'a str,
    /// Its path, without the query.
    pub path: &'a str,
    /// The host it asks for, without a port.
    pub host: &'a str,
    /// Its headers.
    pub fields: Fields<'a>,
}

/// What a gateway route changes. App Mesh rewrites by default: the host to the virtual service's
/// name, and the matched prefix to `/`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rewrite {
    /// The new `host` header.
    pub host: Option<HeaderValue>,
    /// What takes the matched prefix's (or the whole matched path's) place.
    pub path: Option<String>,
}

impl RequestMatch {
    /// Whether what is asked fulfils every part.
    pub fn matches(&self, asked: Asked<'_>) -> bool {
        let method = self.method.as_ref();
        method.is_none_or(|wanted| wanted.as_str() == asked.method)
            && self
                .path
                .as_ref()
                .is_none_or(|path| path.matches(asked.path))
            && self
                .host
                .as_ref()
                .is_none_or(|wanted| wanted.matches(asked.host))
            && self
                .headers
                .iter()
                .all(|header| header.matches(asked.fields))
    }
}

impl HostMatch {
    fn matches(&self, host: &str) -> bool {
        match self {
            Self::Exact(name) => host.eq_ignore_ascii_case(name),
            Self::Suffix(suffix) => host
                .len()
                .checked_sub(suffix.len())
                .and_then(|start| host.get(start..))
                .is_some_and(|end| end.eq_ignore_ascii_case(suffix)),
        }
    }
}

impl PathMatch {
    fn matches(&self, path: &str) -> bool {
        match self {
            Self::Prefix(prefix) => path.starts_with(prefix.as_str()),
            Self::Exact(exact) => path == exact,
            Self::Regex(pattern) => pattern.matches(path),
        }
    }
}

/// The headers of which Envoy makes one line with commas before any route is looked at (FACTS 16.3), but for some
/// of its own.
const JOINED: [&str; 26] = [
    "accept",
    "accept-encoding",
    "access-control-request-headers",
    "access-control-request-method",
    "authorization",
    "cache-control",
    "content-encoding",
    "content-type",
    "expect",
    "grpc-timeout",
    "if-match",
    "if-modified-since",
    "if-none-match",
    "if-range",
    "if-unmodified-since",
    "origin",
    "pragma",
    "referer",
    "user-agent",
    "via",
    "x-client-trace-id",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-port",
    "x-forwarded-proto",
    "x-request-id",
];

impl HeaderMatch {
    /// Whether the rule holds for one of the header's lines (FACTS 16.2).
    fn matches(&self, fields: Fields<'_>) -> bool {
        let name = self.name.as_str();
        let mut lines = fields.all(name);
        let holds = match (lines.next(), lines.next()) {
            (None, _) => false,
            (Some(only), None) => self.rule.holds(only),
            (Some(_), Some(_)) if JOINED.contains(&name) => {
                let lines: Vec<&[u8]> = fields.all(name).collect();
                self.rule.holds(&lines.join(&b","[..]))
            }
            (Some(_), Some(_)) => fields.all(name).any(|line| self.rule.holds(line)),
        };
        holds != self.invert
    }
}

impl HeaderRule {
    /// Values are bytes (FACTS 16.1).
    fn holds(&self, value: &[u8]) -> bool {
        match self {
            Self::Present => true,
            Self::Exact(exact) => value == exact.as_bytes(),
            Self::Prefix(prefix) => value.starts_with(prefix.as_bytes()),
            Self::Suffix(suffix) => value.ends_with(suffix.as_bytes()),
            Self::Regex(pattern) => pattern.matches(value),
            Self::Range { start, end } => str::from_utf8(value)
                .ok()
                .and_then(|value| value.parse::<i64>().ok())
                .is_some_and(|number| (*start..*end).contains(&number)),
        }
    }
}

#[cfg(test)]
mod tests;
