//! The kinds an API server serves: a few of its own, and those of CustomResourceDefinitions; and the documents that
//! tell kubectl so.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

/// One kind in one version.
#[derive(Clone)]
pub(crate) struct Kind {
    pub(crate) group: String,
    pub(crate) version: String,
    pub(crate) plural: String,
    pub(crate) kind: String,
    pub(crate) namespaced: bool,
    /// A custom resource's schema.
    pub(crate) schema: Option<Value>,
}

impl Kind {
    fn own(group: &str, plural: &str, kind: &str, namespaced: bool) -> Self {
        Self {
            group: group.into(),
            version: "v1".into(),
            plural: plural.into(),
            kind: kind.into(),
            namespaced,
            schema: None,
        }
    }

    /// `deployments.apps`; `pods`.
    pub(crate) fn resource(&self) -> String {
        match self.group.as_str() {
            "" => self.plural.clone(),
            group => format!("{}.{group}", self.plural),
        }
    }

    pub(crate) fn api_version(&self) -> String {
        match self.group.as_str() {
            "" => self.version.clone(),
            group => format!("{group}/{}", self.version),
        }
    }
}

/// What every cluster has, as far as the demo and its deployment meet it.
pub(crate) fn own_kinds() -> Vec<Kind> {
    let namespaced = [
        ("", "configmaps", "ConfigMap"),
        ("", "endpoints", "Endpoints"),
        ("", "events", "Event"),
        ("", "pods", "Pod"),
        ("", "secrets", "Secret"),
        ("", "serviceaccounts", "ServiceAccount"),
        ("", "services", "Service"),
        ("apps", "daemonsets", "DaemonSet"),
        ("apps", "deployments", "Deployment"),
        ("apps", "replicasets", "ReplicaSet"),
        ("metrics.k8s.io", "pods", "PodMetrics"),
        ("policy", "poddisruptionbudgets", "PodDisruptionBudget"),
    ];
    let mut kinds = vec![
        Kind::own("", "namespaces", "Namespace", false),
        Kind::own("", "nodes", "Node", false),
        Kind::own(
            "authorization.k8s.io",
            "selfsubjectaccessreviews",
            "SelfSubjectAccessReview",
            false,
        ),
    ];
    kinds.extend(namespaced.map(|(group, plural, kind)| Kind::own(group, plural, kind, true)));
    kinds
}

/// What AWS's Load Balancer Controller brings.
pub(crate) fn target_group_bindings() -> Kind {
    let mut kind = Kind::own(
        "elbv2.k8s.aws",
        "targetgroupbindings",
        "TargetGroupBinding",
        true,
    );
    kind.version = "v1beta1".into();
    kind
}

/// The CustomResourceDefinitions of these groups, from the folder that `MESH_CRDS` names.
pub(crate) fn custom_kinds(groups: &[&str]) -> Vec<Kind> {
    let folder = std::env::var_os("MESH_CRDS").map(PathBuf::from).expect(
        "MESH_CRDS is not set: it names a folder with the CustomResourceDefinitions of App Mesh, Istio and the Gateway \
         API, one per file named GROUP_PLURAL.yaml",
    );
    let mut files: Vec<_> = std::fs::read_dir(&folder)
        .unwrap_or_else(|error| panic!("MESH_CRDS names {}: {error}", folder.display()))
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    let of_group = |file: &&PathBuf, group: &str| {
        let name = file.file_name().unwrap().to_string_lossy();
        name.starts_with(&format!("{group}_"))
    };
    groups
        .iter()
        .flat_map(|group| {
            let kinds: Vec<_> = files
                .iter()
                .filter(|file| of_group(file, group))
                .flat_map(|file| definition(file))
                .collect();
            assert!(
                !kinds.is_empty(),
                "{} has no definition of {group}",
                folder.display()
            );
            kinds
        })
        .collect()
}

fn definition(file: &Path) -> Vec<Kind> {
    let text = std::fs::read_to_string(file).unwrap();
    let crd: Value =
        serde_saphyr::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let spec = &crd["spec"];
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    spec["versions"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|version| version["served"] == true)
        .map(|version| Kind {
            group: text(&spec["group"]),
            version: text(&version["name"]),
            plural: text(&spec["names"]["plural"]),
            kind: text(&spec["names"]["kind"]),
            namespaced: spec["scope"] == "Namespaced",
            schema: Some(version["schema"]["openAPIV3Schema"].clone()),
        })
        .collect()
}

/// The answer to a discovery path; nothing if it is none.
pub(crate) fn discovery(kinds: &[Kind], version: &str, path: &str) -> Option<Value> {
    match path {
        "/version" => Some(
            json!({"major": "1", "minor": "32", "gitVersion": version, "platform": "linux/amd64"}),
        ),
        "/api" => Some(json!({"kind": "APIVersions", "versions": ["v1"]})),
        "/apis" => {
            Some(json!({"kind": "APIGroupList", "apiVersion": "v1", "groups": groups(kinds)}))
        }
        "/openapi/v3" => Some(json!({"paths": api_versions(kinds).iter().map(|version| {
            let path = group_path(version);
            (path.clone(), json!({"serverRelativeURL": format!("/openapi/v3/{path}")}))
        }).collect::<serde_json::Map<_, _>>()})),
        _ => {
            if let Some(path) = path.strip_prefix("/openapi/v3/") {
                let version = path.strip_prefix("apis/").or(path.strip_prefix("api/"))?;
                return Some(open_api(kinds, version));
            }
            let version = path.strip_prefix("/apis/").or(path.strip_prefix("/api/"))?;
            let resources: Vec<_> = kinds
                .iter()
                .filter(|kind| kind.api_version() == version)
                .map(resource)
                .collect();
            (!resources.is_empty()).then(|| {
                json!({"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": version, "resources": resources})
            })
        }
    }
}

fn api_versions(kinds: &[Kind]) -> Vec<String> {
    let mut versions: Vec<_> = kinds.iter().map(Kind::api_version).collect();
    versions.sort();
    versions.dedup();
    versions
}

fn group_path(version: &str) -> String {
    if version.contains('/') {
        format!("apis/{version}")
    } else {
        format!("api/{version}")
    }
}

fn groups(kinds: &[Kind]) -> Vec<Value> {
    let mut names: Vec<_> = kinds
        .iter()
        .map(|kind| &kind.group)
        .filter(|group| !group.is_empty())
        .collect();
    names.sort();
    names.dedup();
    let versions = |group: &str| -> Vec<Value> {
        let mut versions: Vec<_> = kinds
            .iter()
            .filter(|kind| kind.group == group)
            .map(|kind| &kind.version)
            .collect();
        // A stable version is preferred to a beta, and `v1` sorts before `v1beta1`.
        versions.sort();
        versions.dedup();
        versions
            .iter()
            .map(
                |version| json!({"groupVersion": format!("{group}/{version}"), "version": version}),
            )
            .collect()
    };
    let group = |name: &&String| {
        let versions = versions(name);
        json!({"name": name, "preferredVersion": versions[0], "versions": versions})
    };
    names.iter().map(group).collect()
}

fn resource(kind: &Kind) -> Value {
    let verbs: &[&str] = if kind.plural == "selfsubjectaccessreviews" {
        &["create"]
    } else {
        &[
            "create", "delete", "get", "list", "patch", "update", "watch",
        ]
    };
    json!({
        "name": kind.plural, "singularName": kind.kind.to_lowercase(), "namespaced": kind.namespaced,
        "kind": kind.kind, "verbs": verbs,
    })
}

/// Enough of OpenAPI for kubectl to leave the validation of fields, and dry runs, to the server.
fn open_api(kinds: &[Kind], version: &str) -> Value {
    let query = |name: &str| json!({"name": name, "in": "query", "schema": {"type": "string", "uniqueItems": true}});
    let paths: serde_json::Map<_, _> = kinds
        .iter()
        .filter(|kind| kind.api_version() == version)
        .map(|kind| {
            let path = format!("/{}/{}/{{name}}", group_path(version), kind.plural);
            let gvk = json!({"group": kind.group, "version": kind.version, "kind": kind.kind});
            let patch = json!({
                "operationId": format!("patch{}", kind.kind),
                "parameters": [query("dryRun"), query("fieldValidation")],
                "responses": {},
                "x-kubernetes-group-version-kind": gvk,
            });
            (path, json!({"patch": patch}))
        })
        .collect();
    json!({"openapi": "3.0.0", "info": {"title": "Kubernetes", "version": "v1.32.5"}, "paths": paths})
}
