//! VirtualService.

use serde::Deserialize;

use super::{API_VERSION, NO_ARN, READ_ONLY, Reference};
use crate::manifest::object::Kind;
use crate::manifest::rules::Rules;

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct VirtualServiceSpec {
    pub(crate) aws_name: Option<String>,
    pub(crate) provider: Option<Provider>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct Provider {
    pub(crate) virtual_node: Option<NodeProvider>,
    pub(crate) virtual_router: Option<RouterProvider>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct NodeProvider {
    pub(crate) virtual_node_ref: Option<Reference>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct RouterProvider {
    pub(crate) virtual_router_ref: Option<Reference>,
}

impl Kind for VirtualServiceSpec {
    const KIND: &str = "VirtualService";
    const API_VERSION: &str = API_VERSION;
    const RULES: Rules = Rules {
        passed_over: &[],
        refused: &[
            ("spec.meshRef", READ_ONLY),
            ("spec.provider.virtualNode.virtualNodeARN", NO_ARN),
            ("spec.provider.virtualRouter.virtualRouterARN", NO_ARN),
        ],
    };
}
