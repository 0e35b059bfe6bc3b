//! What meshes put beside a container: only into a pod that is made, by what its namespace says at that moment.

use serde_json::{Value, json};

use crate::api_server::cluster::Cluster;

impl Cluster {
    pub(super) fn inject(&self, namespace: &str, pod: &mut Value) {
        let Some(namespace) = self.find("namespaces", "", namespace) else {
            return;
        };
        let (of_namespace, of_pod) = (&namespace["metadata"], &pod["metadata"]);
        let istio = of_namespace["labels"]["istio-injection"] == "enabled"
            && of_pod["labels"]["sidecar.istio.io/inject"] != "false";
        let linkerd = of_namespace["annotations"]["linkerd.io/inject"] == "enabled"
            && of_pod["annotations"]["linkerd.io/inject"] != "disabled";
        let webhook = "appmesh.k8s.aws/sidecarInjectorWebhook";
        // App Mesh makes a gateway's own Envoy its proxy.
        let app_mesh = of_namespace["labels"][webhook] == "enabled"
            && of_pod["annotations"][webhook] != "disabled"
            && pod["spec"]["containers"][0]["name"] != "envoy";
        let proxies = [
            (istio, "istio-proxy"),
            (linkerd, "linkerd-proxy"),
            (app_mesh, "envoy"),
        ];
        let containers = pod["spec"]["containers"].as_array_mut();
        let containers = containers.expect("a pod has containers");
        let injected = proxies.iter().filter(|(wanted, _)| *wanted);
        containers.extend(injected.map(|(_, name)| json!({"name": name})));
    }
}
