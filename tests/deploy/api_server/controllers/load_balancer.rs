//! Load balancers: an address for each Service that wants one, and AWS's controller where it is installed. That one
//! holds the Service by a finalizer, and notes its target groups in objects without an owner, until AWS let go.

use serde_json::{Value, json};

use crate::api_server::cluster::{Cluster, key};
use crate::api_server::store::Key;

const FINALIZER: &str = "service.k8s.aws/resources";
const BINDINGS: &str = "targetgroupbindings.elbv2.k8s.aws";

impl Cluster {
    pub(super) fn balance(&mut self, service: &Key, mut object: Value) {
        if object["metadata"]["deletionTimestamp"].is_string() {
            self.let_go(service, object);
            return;
        }
        if object["spec"]["type"] != "LoadBalancer" {
            return;
        }
        if !self.addresses {
            let message =
                "no load balancer could be made: no subnet has the tag kubernetes.io/role/elb";
            self.warn(
                &service.1,
                "Service",
                &service.2,
                "FailedBuildModel",
                message,
            );
            return;
        }
        let host = format!("{}-{}.elb.eu-central-1.amazonaws.com", service.2, service.1);
        object["status"] = json!({"loadBalancer": {"ingress": [{"hostname": host}]}});
        if self
            .kind("elbv2.k8s.aws/v1beta1", "targetgroupbindings")
            .is_some()
        {
            object["metadata"]["finalizers"] = json!([FINALIZER]);
            let binding = json!({
                "apiVersion": "elbv2.k8s.aws/v1beta1", "kind": "TargetGroupBinding",
                "metadata": {"namespace": service.1, "name": binding(service).2},
                "spec": {"serviceRef": {"name": service.2, "port": "http"}},
            });
            if self.store.get(&self::binding(service)).is_none() {
                self.store.put(self::binding(service), binding);
            }
        }
        self.store.put(service.clone(), object);
    }

    /// First the target group, then the Service, each after as many looks at the cluster as AWS takes.
    fn let_go(&mut self, service: &Key, mut object: Value) {
        let finalizers = object["metadata"]["finalizers"].as_array_mut();
        let Some(held) = finalizers.filter(|all| all.iter().any(|name| name == FINALIZER)) else {
            return;
        };
        if self.looks < self.let_go_after {
            return;
        }
        if self.store.remove(&binding(service)).is_some() {
            self.looks = 0;
        } else {
            held.retain(|name| name != FINALIZER);
            self.store.put(service.clone(), object);
        }
    }
}

fn binding(service: &Key) -> Key {
    key(BINDINGS, &service.1, &format!("k8s-{}", service.2))
}
