//! GatewayRoute.

use serde::Deserialize;

use super::{
    API_VERSION, HttpMatch, NO_ARN, NOT_SUPPORTED, ONLY_HTTP, READ_ONLY, Switch,
    VirtualServiceTarget,
};
use crate::manifest::bounds::{Int, Text};
use crate::manifest::object::Kind;
use crate::manifest::rules::Rules;

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct GatewayRouteSpec {
    pub(crate) http_route: Option<HttpGatewayRoute>,
    pub(crate) priority: Option<Int<0, 1000>>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct HttpGatewayRoute {
    pub(crate) action: Action,
    #[serde(rename = "match")]
    pub(crate) when: HttpMatch,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Action {
    pub(crate) rewrite: Option<Rewrite>,
    pub(crate) target: Target,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct Target {
    pub(crate) port: Option<Int<0, 65535>>,
    pub(crate) virtual_service: VirtualServiceTarget,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rewrite {
    pub(crate) hostname: Option<HostnameRewrite>,
    pub(crate) path: Option<PathRewrite>,
    pub(crate) prefix: Option<PrefixRewrite>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct HostnameRewrite {
    pub(crate) default_target_hostname: Option<Switch>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PathRewrite {
    pub(crate) exact: Option<Text<1, 255>>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct PrefixRewrite {
    pub(crate) default_prefix: Option<Switch>,
    pub(crate) value: Option<Text<1, 255>>,
}

impl Kind for GatewayRouteSpec {
    const KIND: &str = "GatewayRoute";
    const API_VERSION: &str = API_VERSION;
    const RULES: Rules = Rules {
        passed_over: &["spec.awsName"],
        refused: &[
            ("spec.meshRef", READ_ONLY),
            ("spec.virtualGatewayRef", READ_ONLY),
            ("spec.grpcRoute", ONLY_HTTP),
            ("spec.http2Route", ONLY_HTTP),
            ("spec.httpRoute.match.queryParameters", NOT_SUPPORTED),
            (
                "spec.httpRoute.match.scheme",
                "not a field of a GatewayRoute",
            ),
            (
                "spec.httpRoute.action.target.virtualService.virtualServiceARN",
                NO_ARN,
            ),
        ],
    };
}
