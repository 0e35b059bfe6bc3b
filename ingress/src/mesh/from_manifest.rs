//! From the manifests as written to the mesh as used: what takes more than one field or object to check.
//!
//! - References lead to an object among the manifests, in the referring object's namespace unless they
//!   name another one.
//! - Routes are tried by `priority` (0 first; none is 1000), then the most specific first, as App Mesh has
//!   Envoy do it: an exact host before the longest suffix before any host; then an exact path before a
//!   regular expression before the longest prefix before any path; then with a method before without, and
//!   with more headers before fewer. What is still equal keeps the order of the manifests.
//! - What App Mesh adds is added: names, the retry policy, the timeout, the circuit breakers' limits.

mod cluster;
mod gateway;
mod place;
mod request;
mod router;
mod service;

use super::{Mesh, Sidecar, VirtualServiceId};
use crate::manifest::{
    EgressFilterType, ManifestError, Manifests, MeshSpec, Object, VirtualNodeSpec,
};
use cluster::Clusters;
use place::{At, aws_name, only_one, resolve};
use service::Services;

impl Mesh {
    /// What `manifests` mean, from the view of the sidecar beside the VirtualNode `sidecar`; without one
    /// named, beside the only VirtualNode that has backends, if there is one.
    ///
    /// # Errors
    /// When a rule above is broken, when there is not exactly one Mesh or more than one VirtualGateway, and
    /// when it takes `sidecar` to tell which of several VirtualNodes is meant.
    pub fn from_manifests(
        manifests: &Manifests,
        sidecar: Option<&str>,
    ) -> Result<Self, ManifestError> {
        let mesh = only_one(&manifests.meshes)?
            .ok_or_else(|| ManifestError::overall("there is no Mesh among the manifests"))?;
        let name = mesh_name(mesh)?;
        let clusters = Clusters::new(&name, &manifests.virtual_nodes)?;
        let services = Services::new(manifests, &clusters)?;
        let gateway = gateway::gateway(manifests, &services)?;
        let sidecar = match calling_node(&manifests.virtual_nodes, sidecar)? {
            Some(node) => Some(Sidecar {
                node: node.name.clone(),
                backends: backends(node, manifests, &services)?,
            }),
            None => None,
        };
        Ok(Self {
            name,
            gateway,
            sidecar,
            services: services.all,
            clusters: clusters.all,
        })
    }
}

fn mesh_name(mesh: &Object<MeshSpec>) -> Result<String, ManifestError> {
    if let Some(filter) = mesh.spec.egress_filter
        && filter.kind == EgressFilterType::AllowAll
    {
        return Err(mesh.error(
            "spec.egressFilter.type",
            "ALLOW_ALL is not supported here: a sidecar reaches its backends only",
        ));
    }
    aws_name(mesh, mesh.spec.aws_name.as_deref(), || mesh.name.clone())
}

/// The VirtualNode whose sidecar is meant.
fn calling_node<'a>(
    nodes: &'a [Object<VirtualNodeSpec>],
    sidecar: Option<&str>,
) -> Result<Option<&'a Object<VirtualNodeSpec>>, ManifestError> {
    let names = |nodes: &[&Object<VirtualNodeSpec>]| {
        nodes
            .iter()
            .map(|node| node.name.as_str())
            .collect::<Vec<_>>()
            .join(", ")
    };
    if let Some(wanted) = sidecar {
        let found = nodes.iter().find(|node| node.name == wanted);
        return found.map(Some).ok_or_else(|| {
            let there_are = names(&nodes.iter().collect::<Vec<_>>());
            ManifestError::overall(format!(
                "--sidecar {wanted}: there is no such VirtualNode; there are: {there_are}"
            ))
        });
    }
    let callers: Vec<_> = nodes
        .iter()
        .filter(|node| !node.spec.backends.is_empty())
        .collect();
    match callers[..] {
        [] => Ok(None),
        [caller] => Ok(Some(caller)),
        _ => Err(ManifestError::overall(format!(
            "these VirtualNodes have backends: {}; choose the one whose sidecar is meant with --sidecar NODE",
            names(&callers)
        ))),
    }
}

/// The virtual services that `node` may call, by their DNS names.
fn backends(
    node: &Object<VirtualNodeSpec>,
    manifests: &Manifests,
    services: &Services,
) -> Result<Vec<(String, VirtualServiceId)>, ManifestError> {
    let mut backends: Vec<(String, VirtualServiceId)> = Vec::new();
    for (i, backend) in node.spec.backends.iter().enumerate() {
        let at = At::new(
            node,
            format!("spec.backends[{i}].virtualService.virtualServiceRef"),
        );
        let reference = backend.virtual_service.virtual_service_ref.as_ref();
        let id = VirtualServiceId(resolve(&at, reference, &manifests.virtual_services)?);
        if backends.iter().any(|(_, known)| *known == id) {
            return Err(at.error("is a backend already"));
        }
        backends.push((services.all[id.0].name.clone(), id));
    }
    Ok(backends)
}

#[cfg(test)]
mod tests;
