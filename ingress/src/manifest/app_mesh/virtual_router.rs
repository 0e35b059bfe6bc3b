//! VirtualRouter.

use serde::Deserialize;

use super::{
    API_VERSION, Duration, HttpMatch, NO_ARN, NOT_SUPPORTED, ONLY_HTTP, PortMapping, READ_ONLY,
    Reference,
};
use crate::manifest::bounds::{Int, Items, MOST, null_is_default};
use crate::manifest::object::Kind;
use crate::manifest::rules::Rules;

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct VirtualRouterSpec {
    #[serde(default, deserialize_with = "null_is_default")]
    pub(crate) listeners: Vec<RouterListener>,
    #[serde(default, deserialize_with = "null_is_default")]
    pub(crate) routes: Vec<Route>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct RouterListener {
    pub(crate) port_mapping: PortMapping,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct Route {
    pub(crate) name: String,
    pub(crate) priority: Option<Int<0, 1000>>,
    pub(crate) http_route: Option<HttpRoute>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct HttpRoute {
    pub(crate) action: Action,
    #[serde(rename = "match")]
    pub(crate) when: HttpMatch,
    pub(crate) retry_policy: Option<RetryPolicy>,
    pub(crate) timeout: Option<Timeout>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct Action {
    pub(crate) weighted_targets: Items<WeightedTarget, 1, 10>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct WeightedTarget {
    pub(crate) port: Option<Int<0, 65535>>,
    pub(crate) virtual_node_ref: Option<Reference>,
    pub(crate) weight: Int<0, 100>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct RetryPolicy {
    pub(crate) http_retry_events: Option<Items<HttpRetryEvent, 1, 25>>,
    pub(crate) tcp_retry_events: Option<Items<TcpRetryEvent, 1, 1>>,
    pub(crate) max_retries: Int<0, MOST>,
    pub(crate) per_retry_timeout: Duration,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub(crate) enum HttpRetryEvent {
    #[serde(rename = "server-error")]
    Server,
    #[serde(rename = "gateway-error")]
    Gateway,
    #[serde(rename = "client-error")]
    Client,
    #[serde(rename = "stream-error")]
    Stream,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub(crate) enum TcpRetryEvent {
    #[serde(rename = "connection-error")]
    Connection,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct Timeout {
    pub(crate) per_request: Option<Duration>,
}

impl Kind for VirtualRouterSpec {
    const KIND: &str = "VirtualRouter";
    const API_VERSION: &str = API_VERSION;
    const RULES: Rules = Rules {
        passed_over: &["spec.awsName"],
        refused: &[
            ("spec.meshRef", READ_ONLY),
            ("spec.routes[].grpcRoute", ONLY_HTTP),
            ("spec.routes[].http2Route", ONLY_HTTP),
            ("spec.routes[].tcpRoute", ONLY_HTTP),
            (
                "spec.routes[].httpRoute.match.queryParameters",
                NOT_SUPPORTED,
            ),
            (
                "spec.routes[].httpRoute.match.hostname",
                "not a field of a VirtualRouter's route",
            ),
            ("spec.routes[].httpRoute.timeout.idle", NOT_SUPPORTED),
            (
                "spec.routes[].httpRoute.action.weightedTargets[].virtualNodeARN",
                NO_ARN,
            ),
        ],
    };
}
