//! App Mesh's kinds, `appmesh.k8s.aws/v1beta2`, field by field as their CustomResourceDefinitions have them.
//!
//! What can be said of one field (its type, its bounds, whether it is supported) is said here; what takes
//! two fields or two objects is said where the mesh is made of them. Each kind has a list of the fields that
//! change no decision here and are passed over, and of those that are refused, each with its reason.

mod common;
mod gateway_route;
mod mesh;
mod virtual_gateway;
mod virtual_node;
mod virtual_router;
mod virtual_service;

pub(crate) use common::{
    Duration, HeaderMatch, HttpMatch, PortMapping, Protocol, Reference, Scheme, Switch,
    VirtualServiceTarget,
};
pub(crate) use gateway_route::{GatewayRouteSpec, Rewrite};
pub(crate) use mesh::{EgressFilterType, MeshSpec};
pub(crate) use virtual_gateway::VirtualGatewaySpec;
pub(crate) use virtual_node::{
    Listener, OutlierDetection, ResponseType, ServiceDiscovery, VirtualNodeSpec,
};
pub(crate) use virtual_router::{
    HttpRetryEvent, HttpRoute, RetryPolicy, Route as RouterRoute, VirtualRouterSpec,
};
pub(crate) use virtual_service::VirtualServiceSpec;

/// The one version.
pub(crate) const API_VERSION: &str = "appmesh.k8s.aws/v1beta2";

const READ_ONLY: &str = "must not be set: App Mesh's webhook sets it";
const NOT_SUPPORTED: &str = "not supported here";
const ONLY_HTTP: &str = "not supported here: only http is";
const NO_ARN: &str = "not supported here: name an object among the manifests";
const NO_TLS: &str = "not supported here: traffic is plain HTTP/1.1";
