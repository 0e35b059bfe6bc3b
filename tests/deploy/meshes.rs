//! What a cluster has before the script comes: a mesh, or another controller with its kinds.

use serde_json::json;

use crate::api_server::{AppMesh, custom_kinds, target_group_bindings};
use crate::stubs::World;

impl World {
    /// A cluster with Istio and the Gateway API.
    pub(crate) async fn istio() -> Self {
        let world = Self::bare().await;
        world.add_istio();
        world
    }

    /// The same with Istio's node proxy.
    pub(crate) async fn ambient() -> Self {
        let world = Self::istio().await;
        world.add_ztunnel("istio-system", 3);
        world
    }

    pub(crate) async fn linkerd() -> Self {
        let world = Self::bare().await;
        world.install(
            &["policy.linkerd.io", "linkerd.io"],
            "linkerd",
            "linkerd-destination",
            "edge-26.6.3",
        );
        world
    }

    pub(crate) async fn app_mesh() -> Self {
        let world = Self::bare().await;
        world.add_app_mesh();
        world
    }

    pub(crate) fn add_istio(&self) {
        let groups = ["networking.istio.io", "gateway.networking.k8s.io"];
        self.install(&groups, "istio-system", "istiod", "1.30.3");
    }

    /// On three nodes, of which so many are ready.
    pub(crate) fn add_ztunnel(&self, namespace: &str, ready: u32) {
        let key = ("daemonsets.apps".into(), namespace.into(), "ztunnel".into());
        let object = json!({
            "apiVersion": "apps/v1", "kind": "DaemonSet",
            "metadata": {"namespace": namespace, "name": "ztunnel", "labels": {"app": "ztunnel"}},
            "status": {"desiredNumberScheduled": 3, "numberReady": ready},
        });
        let mut cluster = self.cluster();
        cluster.add_namespace(namespace);
        cluster.store.put(key, object);
    }

    pub(crate) fn add_app_mesh(&self) {
        self.install(
            &["appmesh.k8s.aws"],
            "appmesh-system",
            "appmesh-controller",
            "v1.13.3",
        );
    }

    /// AWS's Load Balancer Controller, for whom AWS does nothing until it was looked at as often as that.
    pub(crate) fn add_load_balancer_controller(&self, let_go_after: u32) {
        self.cluster().kinds.push(target_group_bindings());
        self.cluster().let_go_after = let_go_after;
        let name = "aws-load-balancer-controller";
        self.install(&[], "kube-system", name, "v2.14.1");
    }

    /// The kinds of the Prometheus operator.
    pub(crate) fn add_prometheus_operator(&self) {
        let kinds = custom_kinds(&["monitoring.coreos.com"]);
        self.cluster().kinds.extend(kinds);
    }

    /// AWS without App Mesh, and a controller that gets no answer any more.
    pub(crate) fn end_app_mesh(&self) {
        self.cluster().app_mesh = AppMesh::Dead;
        let words = "Could not connect to the endpoint URL: \"https://appmesh.eu-central-1.amazonaws.com/\"\n";
        self.stub("appmesh", words);
    }

    /// The kinds of these API groups, and a controller.
    pub(crate) fn install(&self, groups: &[&str], namespace: &str, name: &str, version: &str) {
        let mut cluster = self.cluster();
        cluster.kinds.extend(custom_kinds(groups));
        cluster.add_controller(
            namespace,
            name,
            &format!("registry.example/{name}:{version}"),
        );
    }
}
