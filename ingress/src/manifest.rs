//! Manifests as written: App Mesh's kinds and what a local run needs of Kubernetes' own.
//!
//! A source is read into documents (one YAML document, or one item of a `List`), a document by its
//! `apiVersion` and `kind` into one typed object. Rules:
//!
//! - An unknown kind, version or field is an error, never passed over; so is a field that would change
//!   what is decided but is not supported here. The sentence names file, document, object and field.
//! - What can be said of one field alone is checked here, with the bounds of App Mesh's
//!   CustomResourceDefinitions. What takes two is checked where [`Mesh`](crate::mesh::Mesh) is made.
//! - Documents are numbered from 1 in each file; empty ones are skipped and not counted.
//! - Limits: [`MAX_FILE_BYTES`] a file, [`MAX_DOCUMENTS`] in all.

mod app_mesh;
mod bounds;
mod collect;
mod document;
mod error;
mod kind;
mod kubernetes;
mod kustomization;
mod object;
mod rules;
mod selector;
mod source;
mod tree;
mod workloads;

pub use document::{MAX_DOCUMENTS, MAX_FILE_BYTES, Origin};
pub use error::ManifestError;
pub use kubernetes::{
    Container, ContainerPort, Deployment, EnvVar, FieldRef, KeyRef, PodMetadata, PodSpec,
    PodTemplate, Service, ServicePort, TargetPort, ValueFrom,
};
pub use object::Object;
pub use selector::LabelSelector;
pub use source::Source;
pub use workloads::Workloads;

pub(crate) use app_mesh::{
    Duration, EgressFilterType, GatewayRouteSpec, HeaderMatch, HttpMatch, HttpRetryEvent,
    HttpRoute, Listener, MeshSpec, OutlierDetection, PortMapping, Protocol, Reference,
    ResponseType, RetryPolicy, Rewrite, RouterRoute, Scheme, ServiceDiscovery, Switch,
    VirtualGatewaySpec, VirtualNodeSpec, VirtualRouterSpec, VirtualServiceSpec,
};
pub(crate) use object::Kind;

/// Everything a source holds, by kind, in the order in which it was read. No two objects of one kind
/// have the same name and namespace.
#[derive(Clone, Debug, Default)]
pub struct Manifests {
    pub(crate) meshes: Vec<Object<MeshSpec>>,
    pub(crate) virtual_gateways: Vec<Object<VirtualGatewaySpec>>,
    pub(crate) gateway_routes: Vec<Object<GatewayRouteSpec>>,
    pub(crate) virtual_nodes: Vec<Object<VirtualNodeSpec>>,
    pub(crate) virtual_routers: Vec<Object<VirtualRouterSpec>>,
    pub(crate) virtual_services: Vec<Object<VirtualServiceSpec>>,
    /// What runs.
    pub deployments: Vec<Object<Deployment>>,
    /// Names and ports under which it is found.
    pub services: Vec<Object<Service>>,
}

/// Reads everything that `source` holds.
///
/// # Errors
/// When it cannot be read, is no YAML, or breaks one of the rules above.
pub fn load(source: &Source) -> Result<Manifests, ManifestError> {
    kind::sort(source.documents()?)
}

#[cfg(test)]
mod tests;
