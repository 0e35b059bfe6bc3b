//! Mesh.

use serde::Deserialize;

use super::{API_VERSION, NOT_SUPPORTED};
use crate::manifest::object::Kind;
use crate::manifest::rules::Rules;

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct MeshSpec {
    pub(crate) aws_name: Option<String>,
    pub(crate) egress_filter: Option<EgressFilter>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct EgressFilter {
    #[serde(rename = "type")]
    pub(crate) kind: EgressFilterType,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum EgressFilterType {
    AllowAll,
    DropAll,
}

impl Kind for MeshSpec {
    const KIND: &str = "Mesh";
    const API_VERSION: &str = API_VERSION;
    const RULES: Rules = Rules {
        passed_over: &["spec.namespaceSelector"],
        refused: &[
            ("spec.meshOwner", NOT_SUPPORTED),
            ("spec.meshServiceDiscovery", NOT_SUPPORTED),
        ],
    };
}
