//! Istio's controller for Gateways: of each it makes a ServiceAccount, a Deployment and a Service, applied on the side
//! of the server, and it tells the Service's address once the Service has pods.

use serde_json::{Value, json};

use crate::api_server::cluster::{Cluster, key};
use crate::api_server::patch;
use crate::api_server::store::Key;

/// By this the Deployment and the Service of a Gateway know their pods.
const GATEWAY_NAME: &str = "gateway.networking.k8s.io/gateway-name";

impl Cluster {
    pub(super) fn open_gateway(&mut self, gateway: &Key, mut object: Value) {
        let metadata = &object["metadata"];
        let generation = metadata["generation"].as_u64().unwrap_or(0);
        if metadata["deletionTimestamp"].is_string()
            || self.given_up.contains(&(gateway.clone(), generation))
        {
            return;
        }
        let waypoint = object["spec"]["gatewayClassName"] == "istio-waypoint";
        let name = match metadata["annotations"]["gateway.istio.io/name-override"].as_str() {
            Some(name) => name.to_owned(),
            None if waypoint => gateway.2.clone(),
            None => format!("{}-istio", gateway.2),
        };
        for (resource, made) in parts(&object, waypoint) {
            if !self.apply_part(key(resource, &gateway.1, &name), &made) {
                self.given_up.insert((gateway.clone(), generation));
                return;
            }
        }
        let address = self.address_of(&gateway.1, &name, waypoint);
        let programmed = address.is_some() && (!waypoint || self.waypoints);
        object["status"] = json!({
            "conditions": [{"type": "Programmed", "status": if programmed { "True" } else { "False" }}],
        });
        if let Some(address) = address {
            object["status"]["addresses"] = json!([{"type": "Hostname", "value": address}]);
        }
        self.store.put(gateway.clone(), object);
    }

    /// Merges it into what is there, whoever made that. The selector of a Deployment can never change, so there it
    /// fails, and after five times Istio no longer tries.
    fn apply_part(&mut self, part: Key, made: &Value) -> bool {
        let mut object = self.store.get(&part).cloned().unwrap_or(json!({}));
        let selector = object["spec"]["selector"].clone();
        if object["metadata"]["deletionTimestamp"].is_string() {
            return true;
        }
        patch::strategic(&mut object, made);
        if part.0 == "deployments.apps"
            && selector.is_object()
            && object["spec"]["selector"] != selector
        {
            return false;
        }
        object["metadata"]["namespace"] = json!(part.1);
        object["metadata"]["name"] = json!(part.2);
        self.store.put(part, object);
        true
    }

    /// The Service's, if there is a pod behind it.
    fn address_of(&self, namespace: &str, name: &str, waypoint: bool) -> Option<String> {
        let service = self.find("services", namespace, name)?;
        let selector = service["spec"]["selector"].as_object()?;
        let mut pods = self.store.list("pods", namespace).into_iter();
        let selects = |pod: &Value| {
            let labels = &pod["metadata"]["labels"];
            selector.iter().all(|(name, value)| labels[name] == *value)
        };
        pods.find(|pod| selects(pod))?;
        if waypoint {
            return Some(format!("{name}.{namespace}.svc"));
        }
        let address = &service["status"]["loadBalancer"]["ingress"][0]["hostname"];
        address.as_str().map(str::to_owned)
    }
}

/// What is made of a Gateway, without names. Of its labels those under `infrastructure` only are handed on.
fn parts(gateway: &Value, waypoint: bool) -> [(&'static str, Value); 3] {
    let name = &gateway["metadata"]["name"];
    let owner = json!({
        "apiVersion": gateway["apiVersion"], "kind": "Gateway", "name": name, "uid": gateway["metadata"]["uid"],
    });
    let labels = |more: &[(&str, &str)]| {
        let mut labels = match &gateway["spec"]["infrastructure"]["labels"] {
            Value::Null => json!({}),
            some => some.clone(),
        };
        labels[GATEWAY_NAME] = name.clone();
        for (name, value) in more {
            labels[*name] = json!(value);
        }
        labels
    };
    let managed = ("gateway.istio.io/managed", "istio.io-gateway-controller");
    let inject = ("sidecar.istio.io/inject", "false");
    let metadata = |labels: Value| json!({"labels": labels, "ownerReferences": [owner]});
    [
        (
            "serviceaccounts",
            json!({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": metadata(labels(&[]))}),
        ),
        (
            "deployments.apps",
            json!({
                "apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata(labels(&[managed])),
                "spec": {
                    "replicas": 1,
                    "selector": {"matchLabels": {GATEWAY_NAME: name}},
                    "template": {
                        "metadata": {"labels": labels(&[managed, inject])},
                        "spec": {"containers": [{"name": "istio-proxy"}]},
                    },
                },
            }),
        ),
        (
            "services",
            json!({
                "apiVersion": "v1", "kind": "Service", "metadata": metadata(labels(&[])),
                "spec": {
                    "type": if waypoint { "ClusterIP" } else { "LoadBalancer" },
                    "selector": {GATEWAY_NAME: name},
                    "ports": [{"name": "http", "port": 80, "protocol": "TCP"}],
                },
            }),
        ),
    ]
}
