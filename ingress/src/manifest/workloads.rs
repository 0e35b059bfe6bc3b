//! Which Deployments stand behind which VirtualNode and VirtualGateway.

use std::collections::HashMap;

use super::Manifests;
use super::error::ManifestError;
use super::kubernetes::Deployment;
use super::object::Object;
use super::selector::LabelSelector;

/// The pods of the mesh.
#[derive(Clone, Debug)]
pub struct Workloads<'a> {
    /// Each VirtualNode's name and its Deployments, at least one.
    pub nodes: Vec<(&'a str, Vec<&'a Object<Deployment>>)>,
    /// Each VirtualGateway's name and its Deployments, at least one.
    pub gateways: Vec<(&'a str, Vec<&'a Object<Deployment>>)>,
}

impl Manifests {
    /// Finds the Deployments that each VirtualNode and VirtualGateway selects, in its own namespace.
    ///
    /// # Errors
    /// When one selects none, or when two select the same: App Mesh would refuse its pods.
    pub fn workloads(&self) -> Result<Workloads<'_>, ManifestError> {
        let mut takers = HashMap::new();
        let mut nodes = Vec::new();
        for node in &self.virtual_nodes {
            let selector = node.spec.pod_selector.as_ref();
            nodes.push((
                node.name.as_str(),
                self.selected(node, selector, &mut takers)?,
            ));
        }
        let mut gateways = Vec::new();
        for gateway in &self.virtual_gateways {
            let selector = gateway.spec.pod_selector.as_ref();
            gateways.push((
                gateway.name.as_str(),
                self.selected(gateway, selector, &mut takers)?,
            ));
        }
        Ok(Workloads { nodes, gateways })
    }

    /// The Deployments that `member` selects. `takers` says of each Deployment selected so far by whom.
    fn selected<'a, S>(
        &'a self,
        member: &'a Object<S>,
        selector: Option<&LabelSelector>,
        takers: &mut HashMap<Identity<'a>, Identity<'a>>,
    ) -> Result<Vec<&'a Object<Deployment>>, ManifestError> {
        let error = |what: String| Err(member.error("spec.podSelector", what));
        let Some(selector) = selector else {
            return error("must be there: without one it selects no Deployment".to_owned());
        };
        let namespace = &member.namespace;
        let (own, others): (Vec<_>, Vec<_>) = self
            .deployments
            .iter()
            .filter(|deployment| deployment.namespace == *namespace)
            .partition(|deployment| selector.selects(&deployment.spec.template.metadata.labels));
        if own.is_empty() {
            let others: Vec<String> = others.into_iter().map(described).collect();
            let there_is = if others.is_empty() {
                "none".to_owned()
            } else {
                others.join(", ")
            };
            return error(format!(
                "{selector} matches no Deployment; in namespace {namespace} there is {there_is}"
            ));
        }
        for deployment in &own {
            let name = &deployment.name;
            let taker = takers.insert((namespace, name), (member.kind, &member.name));
            if let Some((kind, other)) = taker {
                return error(format!(
                    "selects Deployment {name}, and so does {kind} {other}"
                ));
            }
        }
        Ok(own)
    }
}

/// Two of kind, namespace and name: as many as it takes to tell.
type Identity<'a> = (&'a str, &'a str);

/// A Deployment and its pods' labels.
fn described(deployment: &Object<Deployment>) -> String {
    let labels = &deployment.spec.template.metadata.labels;
    let labels: Vec<String> = labels
        .iter()
        .map(|(key, value)| format!("{key}={value}"))
        .collect();
    format!("{} ({})", deployment.name, labels.join(","))
}
