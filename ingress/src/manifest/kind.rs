//! Which kinds there are, and where each goes.

use std::collections::HashMap;

use super::document::{Document, MAX_DOCUMENTS};
use super::error::ManifestError;
use super::kubernetes::{Deployment, Service};
use super::object::{self, DEFAULT_NAMESPACE, Kind, Object};
use super::{
    GatewayRouteSpec, Manifests, MeshSpec, VirtualGatewaySpec, VirtualNodeSpec, VirtualRouterSpec,
    VirtualServiceSpec,
};

/// Kubernetes kinds that change nothing here, with the versions in which they may be written.
const PASSED_OVER: &[(&str, &[&str])] = &[
    ("ConfigMap", &["v1"]),
    (
        "HorizontalPodAutoscaler",
        &["autoscaling/v2", "autoscaling/v1"],
    ),
    ("Namespace", &["v1"]),
    ("NetworkPolicy", &["networking.k8s.io/v1"]),
    ("PodDisruptionBudget", &["policy/v1"]),
    ("Role", &["rbac.authorization.k8s.io/v1"]),
    ("RoleBinding", &["rbac.authorization.k8s.io/v1"]),
    ("Secret", &["v1"]),
    ("ServiceAccount", &["v1"]),
];

/// Whether objects of `kind` are in no namespace.
pub(super) fn is_cluster_scoped(kind: &str) -> bool {
    matches!(kind, "Mesh" | "Namespace")
}

/// Types each document and puts it where it belongs.
pub(super) fn sort(documents: Vec<Document>) -> Result<Manifests, ManifestError> {
    if documents.len() > MAX_DOCUMENTS {
        return Err(ManifestError::overall(format!(
            "there must not be more than {MAX_DOCUMENTS} documents, and there are {}",
            documents.len()
        )));
    }
    let mut known = HashMap::new();
    let mut all = Manifests::default();
    for document in documents {
        let (place, origin, identity) = (
            document.place(),
            document.origin.clone(),
            identity(&document),
        );
        match document.kind.as_str() {
            MeshSpec::KIND => all.meshes.push(read(document)?),
            VirtualGatewaySpec::KIND => all.virtual_gateways.push(read(document)?),
            GatewayRouteSpec::KIND => all.gateway_routes.push(read(document)?),
            VirtualNodeSpec::KIND => all.virtual_nodes.push(read(document)?),
            VirtualRouterSpec::KIND => all.virtual_routers.push(read(document)?),
            VirtualServiceSpec::KIND => all.virtual_services.push(read(document)?),
            Deployment::KIND => all.deployments.push(read(document)?),
            Service::KIND => all.services.push(read(document)?),
            kind => match PASSED_OVER.iter().find(|(known, _)| *known == kind) {
                Some((_, versions)) => check_version(&document, versions)?,
                None => return Err(ManifestError::new(place, unknown())),
            },
        }
        if let Some(earlier) = known.insert(identity, origin) {
            return Err(ManifestError::new(
                place,
                format_args!("is there already, in {earlier}"),
            ));
        }
    }
    Ok(all)
}

fn read<S: Kind>(document: Document) -> Result<Object<S>, ManifestError> {
    check_version(&document, &[S::API_VERSION])?;
    object::read(document)
}

fn check_version(document: &Document, versions: &[&str]) -> Result<(), ManifestError> {
    if versions.contains(&document.api_version.as_str()) {
        return Ok(());
    }
    Err(ManifestError::new(
        format_args!("{}: apiVersion", document.place()),
        format_args!(
            "must be {}, not {}",
            versions.join(" or "),
            document.api_version
        ),
    ))
}

fn unknown() -> String {
    let typed = [
        MeshSpec::KIND,
        VirtualGatewaySpec::KIND,
        GatewayRouteSpec::KIND,
        VirtualNodeSpec::KIND,
        VirtualRouterSpec::KIND,
        VirtualServiceSpec::KIND,
        Deployment::KIND,
        Service::KIND,
    ];
    let passed_over = PASSED_OVER.iter().map(|(kind, _)| *kind);
    let kinds: Vec<&str> = typed.into_iter().chain(passed_over).collect();
    format!("kind: not supported here; known are {}", kinds.join(", "))
}

/// Kind, namespace and name: no two objects have all three in common.
fn identity(document: &Document) -> [String; 3] {
    let namespace = match document.metadata("namespace") {
        _ if is_cluster_scoped(&document.kind) => "",
        Some(namespace) => namespace,
        None => DEFAULT_NAMESPACE,
    };
    let name = document.metadata("name").unwrap_or_default();
    [&document.kind, namespace, name].map(str::to_owned)
}
