//! What controllers do in a cluster, all at once after each change, so that nothing depends on time.

mod injection;
mod istio;
mod load_balancer;
mod rollout;

use serde_json::{Value, json};

use crate::api_server::cluster::{AppMesh, Cluster, key};
use crate::api_server::store::Key;

const APP_MESH_FINALIZER: &str = "finalizers.appmesh.k8s.aws/aws-appmesh-resources";

impl Cluster {
    /// Lets the controllers act until there is nothing left to do.
    pub(crate) fn settle(&mut self) {
        loop {
            let before = self.store.version();
            for (key, object) in self.of_kind(|_| true) {
                match key.0.as_str() {
                    "namespaces" => self.fill_namespace(&key, &object),
                    "deployments.apps" => self.roll_out(&key, object),
                    "services" => self.balance(&key, object),
                    "gateways.gateway.networking.k8s.io" => self.open_gateway(&key, object),
                    resource if resource.ends_with(".appmesh.k8s.aws") => {
                        self.reconcile_app_mesh(&key, object)
                    }
                    _ => {}
                }
            }
            self.collect_garbage();
            if self.store.version() == before {
                return;
            }
        }
    }

    fn of_kind(&self, wanted: impl Fn(&str) -> bool) -> Vec<(Key, Value)> {
        let found = self.store.iter().filter(|(key, _)| wanted(&key.0));
        found
            .map(|(key, object)| (key.clone(), object.clone()))
            .collect()
    }

    fn fill_namespace(&mut self, (_, _, name): &Key, object: &Value) {
        if object["metadata"]["deletionTimestamp"].is_string() {
            return;
        }
        let given = [
            (
                "serviceaccounts",
                "default",
                json!({"apiVersion": "v1", "kind": "ServiceAccount"}),
            ),
            (
                "configmaps",
                "kube-root-ca.crt",
                json!({"apiVersion": "v1", "kind": "ConfigMap"}),
            ),
        ];
        for (resource, given, mut object) in given {
            let key = key(resource, name, given);
            if self.store.get(&key).is_none() {
                object["metadata"] = json!({"namespace": name, "name": given});
                self.store.put(key, object);
            }
        }
    }

    fn warn(&mut self, namespace: &str, kind: &str, name: &str, reason: &str, message: &str) {
        let event = format!("{name}.{}", reason.to_lowercase());
        let object = json!({
            "apiVersion": "v1", "kind": "Event", "metadata": {"namespace": namespace, "name": event}, "type": "Warning",
            "involvedObject": {"kind": kind, "name": name}, "reason": reason, "message": message,
        });
        let key = key("events", namespace, &event);
        if self.store.get(&key).is_none() {
            self.store.put(key, object);
        }
    }

    /// App Mesh's webhook and controller: what it owns gets a reference to the mesh, and a finalizer until AWS let go.
    fn reconcile_app_mesh(&mut self, key: &Key, mut object: Value) {
        if self.app_mesh == AppMesh::Dead {
            return;
        }
        let metadata = object["metadata"]
            .as_object_mut()
            .expect("metadata is there");
        if metadata.contains_key("deletionTimestamp") {
            if let Some(finalizers) = metadata.get_mut("finalizers").and_then(Value::as_array_mut) {
                finalizers.retain(|name| name != APP_MESH_FINALIZER);
            }
        } else if !metadata.contains_key("finalizers") {
            metadata.insert("finalizers".into(), json!([APP_MESH_FINALIZER]));
            if key.0 != "meshes.appmesh.k8s.aws" {
                object["spec"]["meshRef"] = json!({"name": key.1, "uid": "1"});
            }
        }
        self.store.put(key.clone(), object);
    }

    /// What a watch of the mesh makes come true.
    pub(crate) fn activate_meshes(&mut self) {
        if self.app_mesh == AppMesh::Dead {
            return;
        }
        for (key, mut object) in self.of_kind(|resource| resource == "meshes.appmesh.k8s.aws") {
            object["status"] = json!({"conditions": [{"type": "MeshActive", "status": "True"}]});
            self.store.put(key, object);
        }
    }

    /// Removes what is deleted and held by no finalizer, what has lost its owner, and the content of a namespace that
    /// is going.
    fn collect_garbage(&mut self) {
        for (key, mut object) in self.of_kind(|_| true) {
            let metadata = &object["metadata"];
            let held = metadata["finalizers"]
                .as_array()
                .is_some_and(|all| !all.is_empty());
            let owner = &metadata["ownerReferences"][0];
            let owner_resource = match owner["kind"].as_str() {
                Some("Deployment") => Some("deployments.apps"),
                Some("ReplicaSet") => Some("replicasets.apps"),
                Some("Gateway") => Some("gateways.gateway.networking.k8s.io"),
                _ => None,
            };
            // Another one of the same name is not the owner.
            let is_owner = |object: &Value| {
                owner["uid"].is_null() || object["metadata"]["uid"] == owner["uid"]
            };
            let orphan =
                owner_resource
                    .zip(owner["name"].as_str())
                    .is_some_and(|(resource, name)| {
                        !self.find(resource, &key.1, name).is_some_and(is_owner)
                    });
            let homeless = !key.1.is_empty()
                && self
                    .find("namespaces", "", &key.1)
                    .is_none_or(|namespace| namespace["metadata"]["deletionTimestamp"].is_string());
            let going = metadata["deletionTimestamp"].is_string() || orphan || homeless;
            let full = key.0 == "namespaces" && !self.names_in(&key.2).is_empty();
            if going && !held && !full {
                self.store.remove(&key);
            } else if going && metadata["deletionTimestamp"].is_null() {
                object["metadata"]["deletionTimestamp"] = json!("2026-11-24T00:00:00Z");
                self.store.put(key, object);
            }
        }
    }
}
