//! The mesh as one of its two proxies knows it. In a cluster gateway and sidecar are in pods of their own,
//! and each has the clusters that its own requests can end at, as each Envoy of App Mesh has: a gateway
//! that shows colorapp's replicas, none of which it ever calls, would only mislead.

use clap::ValueEnum;

use super::{ClusterId, Mesh, VirtualServiceId};

/// One of the two proxies of a mesh.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Part {
    /// The way in
    Gateway,
    /// The one beside the application that calls others
    Sidecar,
}

impl Mesh {
    /// This mesh as `part` knows it: without the other proxy, and without the services and clusters that
    /// only that one reaches. `None` when the mesh has no such part.
    pub fn only(mut self, part: Part) -> Option<Self> {
        match part {
            Part::Gateway => self.sidecar = None,
            Part::Sidecar => self.gateway = None,
        }
        if self.gateway.is_none() && self.sidecar.is_none() {
            return None;
        }
        let mut services = Kept::default();
        for target in self.service_targets() {
            *target = VirtualServiceId(services.keep(target.0));
        }
        self.services = services.of(&self.services);
        let mut clusters = Kept::default();
        let routes = self.services.iter_mut().flat_map(|of| &mut of.routes);
        for target in routes.flat_map(|route| &mut route.targets) {
            target.cluster = ClusterId(clusters.keep(target.cluster.0));
        }
        self.clusters = clusters.of(&self.clusters);
        Some(self)
    }

    fn service_targets(&mut self) -> impl Iterator<Item = &mut VirtualServiceId> {
        let routes = self.gateway.iter_mut().flat_map(|of| &mut of.routes);
        let backends = self.sidecar.iter_mut().flat_map(|of| &mut of.backends);
        let routes = routes.map(|route| &mut route.target);
        routes.chain(backends.map(|(_, service)| service))
    }
}

/// The indexes that stay, in their new order.
#[derive(Default)]
struct Kept(Vec<usize>);

impl Kept {
    /// The new index of `old`.
    fn keep(&mut self, old: usize) -> usize {
        let known = self.0.iter().position(|kept| *kept == old);
        known.unwrap_or_else(|| {
            self.0.push(old);
            self.0.len() - 1
        })
    }

    fn of<T: Clone>(&self, all: &[T]) -> Vec<T> {
        self.0.iter().map(|old| all[*old].clone()).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::manifest::{self, Source};

    fn mesh(manifests: &str) -> Mesh {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(manifests);
        Mesh::from_manifests(&manifest::load(&Source::Path(path)).unwrap(), None).unwrap()
    }

    fn nodes(mesh: &Mesh) -> Vec<&str> {
        mesh.clusters.iter().map(|of| of.node.as_str()).collect()
    }

    fn names(mesh: &Mesh) -> Vec<&str> {
        mesh.services.iter().map(|of| of.name.as_str()).collect()
    }

    /// Where the first route of the service ends.
    fn end(mesh: &Mesh, service: VirtualServiceId) -> &str {
        let cluster = mesh.services[service.0].routes[0].targets[0].cluster;
        &mesh.clusters[cluster.0].node
    }

    #[test]
    fn the_gateway_knows_front_and_the_sidecar_colorapp() {
        let whole = mesh("../manifests/mesh/objects");
        assert_eq!(nodes(&whole), ["colorapp", "front"]);

        let gateway = whole.clone().only(Part::Gateway).unwrap();
        assert!(gateway.sidecar.is_none());
        assert_eq!(nodes(&gateway), ["front"]);
        assert_eq!(names(&gateway), ["front.outlier-demo.svc.cluster.local"]);
        let route = &gateway.gateway.as_ref().unwrap().routes[0];
        assert_eq!(end(&gateway, route.target), "front");

        let sidecar = whole.only(Part::Sidecar).unwrap();
        assert!(sidecar.gateway.is_none());
        assert_eq!(nodes(&sidecar), ["colorapp"]);
        let (name, service) = &sidecar.sidecar.as_ref().unwrap().backends[0];
        assert_eq!(name, "colorapp.outlier-demo.svc.cluster.local");
        assert_eq!(end(&sidecar, *service), "colorapp");
    }

    /// Services that two routes lead to, and clusters that two services share, are there once.
    #[test]
    fn what_is_reached_twice_is_kept_once() {
        let mut whole = mesh("../manifests/mesh/objects");
        let gateway = whole.gateway.as_mut().unwrap();
        gateway.routes.push(gateway.routes[0].clone());
        let gateway = whole.only(Part::Gateway).unwrap();
        assert_eq!(nodes(&gateway), ["front"]);
        let routes = &gateway.gateway.as_ref().unwrap().routes;
        assert_eq!(routes[0].target, routes[1].target);
    }

    #[test]
    fn a_mesh_without_that_part_has_nothing_to_offer() {
        let mut whole = mesh("../manifests/mesh/objects");
        whole.gateway = None;
        assert!(whole.clone().only(Part::Gateway).is_none());
        assert!(whole.only(Part::Sidecar).is_some());
    }
}
