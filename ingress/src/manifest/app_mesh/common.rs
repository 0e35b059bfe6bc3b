//! What several kinds share.

use std::time;

use serde::Deserialize;

use crate::manifest::bounds::{Int, Items, MOST, Text};

/// A reference to another object, by default in the namespace of the object that refers.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Reference {
    pub(crate) name: String,
    pub(crate) namespace: Option<String>,
}

/// The one way to name a virtual service here.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct VirtualServiceTarget {
    pub(crate) virtual_service_ref: Option<Reference>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PortMapping {
    pub(crate) port: Int<1, 65535>,
    pub(crate) protocol: Protocol,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Protocol {
    Http,
    Http2,
    Grpc,
    Tcp,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Duration {
    value: Int<0, MOST>,
    unit: Unit,
}

#[derive(Clone, Copy, Debug, Deserialize)]
enum Unit {
    #[serde(rename = "s")]
    Seconds,
    #[serde(rename = "ms")]
    Milliseconds,
}

impl Duration {
    pub(crate) fn get(self) -> time::Duration {
        let value = u64::from(self.value.get());
        match self.unit {
            Unit::Seconds => time::Duration::from_secs(value),
            Unit::Milliseconds => time::Duration::from_millis(value),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum Switch {
    Enabled,
    Disabled,
}

/// The match of a GatewayRoute and of a VirtualRouter's route. The former has no scheme, the latter no
/// hostname; each kind refuses the other's.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct HttpMatch {
    pub(crate) headers: Option<Items<HeaderMatch, 1, 10>>,
    pub(crate) hostname: Option<HostnameMatch>,
    pub(crate) method: Option<Method>,
    pub(crate) path: Option<PathMatch>,
    pub(crate) port: Option<Int<0, 65535>>,
    pub(crate) prefix: Option<String>,
    pub(crate) scheme: Option<Scheme>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct HostnameMatch {
    pub(crate) exact: Option<Text<1, 253>>,
    pub(crate) suffix: Option<Text<1, 253>>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PathMatch {
    pub(crate) exact: Option<Text<1, 255>>,
    pub(crate) regex: Option<Text<1, 255>>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct HeaderMatch {
    pub(crate) name: Text<1, 50>,
    pub(crate) invert: Option<bool>,
    #[serde(rename = "match")]
    pub(crate) rule: Option<HeaderRule>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct HeaderRule {
    pub(crate) exact: Option<Text<1, 255>>,
    pub(crate) prefix: Option<Text<1, 255>>,
    pub(crate) range: Option<Range>,
    pub(crate) regex: Option<Text<1, 255>>,
    pub(crate) suffix: Option<Text<1, 255>>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Range {
    pub(crate) start: i64,
    pub(crate) end: i64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Scheme {
    Http,
    Https,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum Method {
    Connect,
    Delete,
    Get,
    Head,
    Options,
    Patch,
    Post,
    Put,
    Trace,
}

impl From<Method> for http::Method {
    fn from(method: Method) -> Self {
        match method {
            Method::Connect => Self::CONNECT,
            Method::Delete => Self::DELETE,
            Method::Get => Self::GET,
            Method::Head => Self::HEAD,
            Method::Options => Self::OPTIONS,
            Method::Patch => Self::PATCH,
            Method::Post => Self::POST,
            Method::Put => Self::PUT,
            Method::Trace => Self::TRACE,
        }
    }
}
