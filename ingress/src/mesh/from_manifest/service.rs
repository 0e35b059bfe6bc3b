//! From VirtualServices to names and where they lead.

use super::cluster::{Clusters, DEFAULT_TIMEOUT};
use super::place::{At, aws_name, resolve};
use super::router::{Router, listening};
use crate::manifest::{ManifestError, Manifests, Object, VirtualServiceSpec};
use crate::mesh::{RequestMatch, RetryPolicy, Route, VirtualService, WeightedTarget};

/// The virtual services, in the order of the manifests.
pub(super) struct Services {
    pub(super) all: Vec<VirtualService>,
    /// The port of each one's provider, if that has a listener.
    pub(super) ports: Vec<Option<u16>>,
}

impl Services {
    pub(super) fn new(manifests: &Manifests, clusters: &Clusters) -> Result<Self, ManifestError> {
        // Also those that no VirtualService leads to: what is wrong in them is wrong.
        let routers = manifests
            .virtual_routers
            .iter()
            .map(|router| Router::new(router, manifests, clusters))
            .collect::<Result<Vec<_>, _>>()?;
        let mut this = Self {
            all: Vec::new(),
            ports: Vec::new(),
        };
        for service in &manifests.virtual_services {
            let name = aws_name(service, service.spec.aws_name.as_deref(), || {
                format!("{}.{}", service.name, service.namespace)
            })?
            .to_ascii_lowercase();
            if this.all.iter().any(|other| other.name == name) {
                let what = format!("another VirtualService is called {name}, too");
                return Err(service.error("spec.awsName", what));
            }
            let Router { routes, port } = provider(service, manifests, clusters, &routers)?;
            this.all.push(VirtualService { name, routes });
            this.ports.push(port);
        }
        Ok(this)
    }
}

/// Where `service` leads.
fn provider(
    service: &Object<VirtualServiceSpec>,
    manifests: &Manifests,
    clusters: &Clusters,
    routers: &[Router],
) -> Result<Router, ManifestError> {
    let at = At::new(service, "spec.provider");
    let provider = service.spec.provider.as_ref();
    let node = provider.and_then(|provider| provider.virtual_node.as_ref());
    let router = provider.and_then(|provider| provider.virtual_router.as_ref());
    match (node, router) {
        (Some(node), None) => {
            let at = at.field("virtualNode.virtualNodeRef");
            let index = resolve(
                &at,
                node.virtual_node_ref.as_ref(),
                &manifests.virtual_nodes,
            )?;
            let name = &manifests.virtual_nodes[index].name;
            let cluster = listening(&at, name, clusters.of_node(index))?;
            Ok(Router {
                routes: vec![Route {
                    name: name.clone(),
                    when: RequestMatch::default(),
                    targets: vec![WeightedTarget { cluster, weight: 1 }],
                    timeout: Some(DEFAULT_TIMEOUT),
                    retry: RetryPolicy::app_mesh_default(),
                }],
                port: Some(clusters.all[cluster.0].port),
            })
        }
        (None, Some(router)) => {
            let at = at.field("virtualRouter.virtualRouterRef");
            let reference = router.virtual_router_ref.as_ref();
            let Router { routes, port } =
                &routers[resolve(&at, reference, &manifests.virtual_routers)?];
            Ok(Router {
                routes: routes.clone(),
                port: *port,
            })
        }
        _ => Err(at.error("must have exactly one of virtualNode and virtualRouter")),
    }
}
