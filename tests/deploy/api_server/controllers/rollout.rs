//! Deployments, their ReplicaSets and their pods, which come up as they are told to.

use std::hash::{DefaultHasher, Hash, Hasher};

use serde_json::{Value, json};

use crate::api_server::cluster::{Cluster, Pods, key};
use crate::api_server::store::Key;

impl Cluster {
    pub(super) fn roll_out(&mut self, (_, namespace, name): &Key, mut object: Value) {
        let pods = self.pods_of(name);
        let template = object["spec"]["template"].clone();
        let hash = hash(&template);
        let replica_set = format!("{name}-{hash}");
        let wanted = object["spec"]["replicas"].as_u64().unwrap_or(1);
        let ready = match pods {
            Pods::Ready => wanted,
            Pods::OneByOne => object["status"]["availableReplicas"]
                .as_u64()
                .unwrap_or(0)
                .min(wanted),
            _ => 0,
        };
        self.put_replica_set(namespace, name, &replica_set, &template);
        let made = if pods == Pods::Refused { 0 } else { wanted };
        for number in 0..made {
            self.put_pod(
                namespace,
                &replica_set,
                number,
                &template,
                pods,
                number < ready,
            );
        }
        let available = if ready == wanted { "True" } else { "False" };
        let mut conditions = vec![json!({
            "type": "Available", "status": available, "reason": "MinimumReplicas",
            "message": format!("{ready} of {wanted} are available"),
        })];
        if pods == Pods::Refused {
            let message = "admission webhook \"mpod.appmesh.k8s.aws\" denied the request: no matching VirtualNode";
            conditions.push(json!({"type": "ReplicaFailure", "status": "True", "reason": "FailedCreate", "message": message}));
            self.warn(
                namespace,
                "ReplicaSet",
                &replica_set,
                "FailedCreate",
                message,
            );
        }
        object["status"] = json!({
            "observedGeneration": object["metadata"]["generation"], "replicas": made, "updatedReplicas": made,
            "readyReplicas": ready, "availableReplicas": ready, "conditions": conditions,
        });
        self.store
            .put(key("deployments.apps", namespace, name), object);
    }

    /// The new one, with the next revision; older ones lose their pods.
    fn put_replica_set(&mut self, namespace: &str, deployment: &str, name: &str, template: &Value) {
        let of_deployment =
            |object: &Value| object["metadata"]["ownerReferences"][0]["name"] == deployment;
        let all = self.of_kind(|resource| resource == "replicasets.apps");
        let all: Vec<_> = all
            .into_iter()
            .filter(|(key, object)| key.1 == namespace && of_deployment(object))
            .collect();
        if !all.iter().any(|(key, _)| key.2 == name) {
            let object = json!({
                "apiVersion": "apps/v1", "kind": "ReplicaSet",
                "metadata": {
                    "namespace": namespace, "name": name, "labels": template["metadata"]["labels"],
                    "annotations": {"deployment.kubernetes.io/revision": (all.len() + 1).to_string()},
                    "ownerReferences": [{"apiVersion": "apps/v1", "kind": "Deployment", "name": deployment}],
                },
            });
            self.store
                .put(key("replicasets.apps", namespace, name), object);
        }
        for (old, _) in all.iter().filter(|(key, _)| key.2 != name) {
            for (pod, object) in self.of_kind(|resource| resource == "pods") {
                if pod.1 == namespace
                    && object["metadata"]["ownerReferences"][0]["name"] == old.2.as_str()
                {
                    self.store.remove(&pod);
                }
            }
        }
    }

    fn put_pod(
        &mut self,
        namespace: &str,
        owner: &str,
        number: u64,
        template: &Value,
        pods: Pods,
        ready: bool,
    ) {
        let name = format!("{owner}-{number}");
        let container = template["spec"]["containers"][0].clone();
        let waiting = |reason: &str, message: String| json!({"waiting": {"reason": reason, "message": message}});
        let image = container["image"].as_str().unwrap_or_default();
        let (state, restarts) = match pods {
            Pods::ImagePullBackOff => {
                let message = format!("Back-off pulling image \"{image}\"");
                self.warn(
                    namespace,
                    "Pod",
                    &name,
                    "Failed",
                    &format!("Failed to pull image \"{image}\": not found"),
                );
                (waiting("ImagePullBackOff", message), 0)
            }
            Pods::CrashLoopBackOff => {
                self.warn(
                    namespace,
                    "Pod",
                    &name,
                    "BackOff",
                    "Back-off restarting failed container",
                );
                (
                    waiting(
                        "CrashLoopBackOff",
                        "back-off 10s restarting failed container".into(),
                    ),
                    2,
                )
            }
            _ if ready => (json!({"running": {}}), 0),
            _ => (waiting("ContainerCreating", String::new()), 0),
        };
        let key = key("pods", namespace, &name);
        let mut object = self.store.get(&key).cloned().unwrap_or_else(|| {
            let mut pod = json!({
                "apiVersion": "v1", "kind": "Pod",
                "metadata": {
                    "namespace": namespace, "name": name, "labels": template["metadata"]["labels"],
                    "annotations": template["metadata"]["annotations"],
                    "ownerReferences": [{"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": owner}],
                },
                "spec": template["spec"],
            });
            self.inject(namespace, &mut pod);
            pod
        });
        object["status"] = json!({
            "phase": if ready { "Running" } else { "Pending" },
            "containerStatuses": [
                {"name": container["name"], "image": image, "ready": ready, "restartCount": restarts, "state": state},
            ],
        });
        self.store.put(key, object);
    }

    /// One more replica where they come one by one.
    pub(crate) fn advance_rollouts(&mut self) {
        for (key, mut object) in self.of_kind(|resource| resource == "deployments.apps") {
            let available = object["status"]["availableReplicas"].as_u64().unwrap_or(0);
            if self.pods_of(&key.2) == Pods::OneByOne && object["spec"]["replicas"] != available {
                object["status"]["availableReplicas"] = json!(available + 1);
                self.store.put(key, object);
            }
        }
        self.settle();
    }
}

fn hash(template: &Value) -> String {
    let mut hasher = DefaultHasher::new();
    template.to_string().hash(&mut hasher);
    format!("{:08x}", hasher.finish() as u32)
}
