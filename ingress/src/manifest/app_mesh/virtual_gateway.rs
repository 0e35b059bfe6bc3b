//! VirtualGateway.

use serde::Deserialize;

use super::{API_VERSION, NO_TLS, NOT_SUPPORTED, PortMapping, READ_ONLY};
use crate::manifest::bounds::null_is_default;
use crate::manifest::object::Kind;
use crate::manifest::rules::Rules;
use crate::manifest::selector::LabelSelector;

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct VirtualGatewaySpec {
    #[serde(default, deserialize_with = "null_is_default")]
    pub(crate) listeners: Vec<GatewayListener>,
    pub(crate) pod_selector: Option<LabelSelector>,
    pub(crate) gateway_route_selector: Option<LabelSelector>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct GatewayListener {
    pub(crate) port_mapping: PortMapping,
}

impl Kind for VirtualGatewaySpec {
    const KIND: &str = "VirtualGateway";
    const API_VERSION: &str = API_VERSION;
    const RULES: Rules = Rules {
        passed_over: &["spec.awsName", "spec.logging", "spec.namespaceSelector"],
        refused: &[
            ("spec.meshRef", READ_ONLY),
            ("spec.backendDefaults.clientPolicy.tls", NO_TLS),
            ("spec.backendDefaults", NOT_SUPPORTED),
            ("spec.listeners[].tls", NO_TLS),
            ("spec.listeners[].healthCheck", NOT_SUPPORTED),
            ("spec.listeners[].connectionPool", NOT_SUPPORTED),
        ],
    };
}
