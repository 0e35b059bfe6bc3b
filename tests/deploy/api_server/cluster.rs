//! The state of a cluster, and how it behaves: what it does right away, what only when asked again, and what never.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::api_server::kinds::{Kind, own_kinds};
use crate::api_server::store::{Key, Store};

/// How the pods of a Deployment fare.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Pods {
    /// Ready at once.
    Ready,
    /// One more is ready each time somebody lists Deployments.
    OneByOne,
    /// Their image cannot be pulled.
    ImagePullBackOff,
    /// They end right after their start.
    CrashLoopBackOff,
    /// An admission webhook refuses them.
    Refused,
    /// They never become ready, and nobody knows why.
    Starting,
}

/// What the App Mesh controller does.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum AppMesh {
    /// What it should, once somebody watches the mesh.
    Alive,
    /// Nothing any more: finalizers stay, and no mesh becomes active.
    Dead,
}

pub(crate) struct Cluster {
    pub(crate) store: Store,
    pub(crate) kinds: Vec<Kind>,
    /// Of Kubernetes.
    pub(crate) version: &'static str,
    /// By the name of the Deployment; `Ready` if not named.
    pub(crate) pods: BTreeMap<String, Pods>,
    pub(crate) app_mesh: AppMesh,
    /// Whether load balancers and gateways get an address.
    pub(crate) addresses: bool,
    /// How often somebody has to look at the cluster before AWS lets a load balancer go.
    pub(crate) let_go_after: u32,
    /// How often somebody has looked since AWS did something last.
    pub(crate) looks: u32,
    /// Whether waypoints get ready.
    pub(crate) waypoints: bool,
    /// Gateways, and their generations, that Istio no longer tries to bring about.
    pub(crate) given_up: BTreeSet<(Key, u64)>,
    /// How many requests to the demo fail before one is answered.
    pub(crate) silence: u32,
    /// Whether front reaches colorapp.
    pub(crate) colors: bool,
    /// Verb and resource that are forbidden.
    pub(crate) forbidden: Vec<(String, String)>,
    /// Namespaces into which one may not look.
    pub(crate) closed: Vec<String>,
    /// How many requests fail because a webhook does not answer.
    pub(crate) webhook_failures: u32,
    /// Whether the API of metrics is announced, but has no server behind it.
    pub(crate) metrics_down: bool,
    /// Every request, as method and path.
    pub(crate) requests: Vec<String>,
}

impl Cluster {
    pub(crate) fn new() -> Self {
        let mut cluster = Self {
            store: Store::new(),
            kinds: own_kinds(),
            version: "v1.32.5",
            pods: BTreeMap::new(),
            app_mesh: AppMesh::Alive,
            addresses: true,
            let_go_after: 0,
            looks: 0,
            waypoints: true,
            given_up: BTreeSet::new(),
            silence: 0,
            colors: true,
            forbidden: Vec::new(),
            closed: Vec::new(),
            webhook_failures: 0,
            metrics_down: false,
            requests: Vec::new(),
        };
        cluster.add_namespace("default");
        cluster.add_namespace("kube-system");
        let node = json!({
            "apiVersion": "v1", "kind": "Node", "metadata": {"name": "node-1"}, "spec": {},
            "status": {"nodeInfo": {"architecture": "arm64"}},
        });
        cluster.store.put(key("nodes", "", "node-1"), node);
        cluster
    }

    pub(crate) fn kind(&self, api_version: &str, plural: &str) -> Option<&Kind> {
        self.kinds
            .iter()
            .find(|kind| kind.api_version() == api_version && kind.plural == plural)
    }

    /// A namespace with what Kubernetes puts into each.
    pub(crate) fn add_namespace(&mut self, name: &str) {
        let object = json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}});
        self.store.put(key("namespaces", "", name), object);
        self.settle();
    }

    /// A controller: a Deployment that is available.
    pub(crate) fn add_controller(&mut self, namespace: &str, name: &str, image: &str) {
        self.add_namespace(namespace);
        let object = json!({
            "apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"namespace": namespace, "name": name},
            "spec": {"replicas": 1, "template": {"spec": {"containers": [{"name": name, "image": image}]}}},
        });
        self.store
            .put(key("deployments.apps", namespace, name), object);
        self.settle();
    }

    /// Somebody looks, and so time passes for what is AWS's.
    pub(crate) fn look(&mut self) {
        if self.let_go_after > 0 {
            self.looks = self.looks.saturating_add(1);
            if self.looks == self.let_go_after {
                self.settle();
            }
        }
    }

    pub(crate) fn pods_of(&self, deployment: &str) -> Pods {
        self.pods.get(deployment).copied().unwrap_or(Pods::Ready)
    }

    /// Names of everything in a namespace, as `deployments.apps/front`.
    pub(crate) fn names_in(&self, namespace: &str) -> Vec<String> {
        let inside = self.store.iter().filter(|((_, n, _), _)| n == namespace);
        inside
            .map(|((resource, _, name), _)| format!("{resource}/{name}"))
            .collect()
    }

    pub(crate) fn find(&self, resource: &str, namespace: &str, name: &str) -> Option<&Value> {
        self.store.get(&key(resource, namespace, name))
    }
}

pub(crate) fn key(resource: &str, namespace: &str, name: &str) -> Key {
    (resource.to_owned(), namespace.to_owned(), name.to_owned())
}
