//! What a file holds: YAML, documents, lists, kinds.

use super::{app_mesh, object, read, refusal};

/// Broken YAML is told by file, line and column.
#[test]
fn broken_yaml_is_refused_with_line_and_column() {
    for (text, expected) in [
        (
            "kind: Mesh\nspec: [1, 2\nmore: }\n",
            "m.yaml: line 3, column 5: illegal placement of ':' indicator",
        ),
        (
            "kind: Service\nkind: Service\n",
            "m.yaml: line 2, column 1: duplicate mapping key `kind` is not allowed here",
        ),
        (
            "spec:\n\t- x\n",
            "m.yaml: line 2, column 2: tabs disallowed within this context (block indentation)",
        ),
        (
            "a: *nobody\n",
            "m.yaml: line 1, column 4: reference to unknown value",
        ),
        ("a: 'x\n", "m.yaml: line 1, column 4: unclosed quote"),
    ] {
        assert_eq!(refusal(text), expected);
    }
}

#[test]
fn text_that_is_not_utf_8_is_refused() {
    let error = crate::manifest::document::values("m.yaml", b"kind: \xff").unwrap_err();
    assert!(
        error.to_string().starts_with("m.yaml: is not UTF-8: "),
        "got: {error}"
    );
}

/// Neither nesting nor aliases make a small file exhaust stack or memory.
#[test]
fn yaml_that_would_grow_without_end_is_refused() {
    let nested = "[".repeat(10_000);
    let indented = "- ".repeat(10_000);
    let mut laughs = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for i in 1..9 {
        let alias = format!("*a{}", i - 1);
        laughs += &format!("a{i}: &a{i} [{}]\n", vec![alias; 10].join(", "));
    }
    for text in [nested, indented, laughs] {
        let sentence = refusal(&text);
        assert!(sentence.starts_with("m.yaml: line "), "got: {sentence}");
    }
}

#[test]
fn a_file_and_the_number_of_documents_have_a_limit() {
    let large = "#".repeat(1024 * 1024 + 1);
    assert_eq!(
        refusal(&large),
        "m.yaml: must not be larger than 1048576 bytes"
    );
    let many: String = (0..1001)
        .map(|i| object("v1", "Secret", &format!("s{i}"), "{}"))
        .collect();
    assert_eq!(
        refusal(&many),
        "there must not be more than 1000 documents, and there are 1001"
    );
    let (all_but_one, _) = many.rsplit_once("---").unwrap();
    assert!(read(all_but_one).is_ok());
}

/// Empty documents are skipped and do not count.
#[test]
fn a_document_is_named_by_its_number() {
    let text = "---\n# nothing\n---\napiVersion: v1\nkind: Secret\n---\n---\n- x\n";
    assert_eq!(
        refusal(text),
        "m.yaml: document 2: must be a mapping with apiVersion and kind"
    );
}

#[test]
fn a_list_is_its_items() {
    let list = "
apiVersion: v1
kind: List
items:
  - {apiVersion: v1, kind: Service, metadata: {name: a, namespace: demo}, spec: {}}
  - {apiVersion: v1, kind: Service, metadata: {name: b}, spec: {}}
";
    let manifests = read(list).unwrap();
    let names: Vec<_> = manifests
        .services
        .iter()
        .map(|s| (s.namespace.as_str(), s.name.as_str()))
        .collect();
    assert_eq!(names, [("demo", "a"), ("default", "b")]);
    assert_eq!(
        manifests.services[1].origin.to_string(),
        "m.yaml: document 1"
    );
    assert_eq!(
        refusal("{apiVersion: v1, kind: List, items: 3}"),
        "m.yaml: document 1: List: items: must be there, and be a list"
    );
}

#[test]
fn kinds_that_change_nothing_are_passed_over() {
    for (api_version, kind) in [
        ("v1", "ConfigMap"),
        ("v1", "Namespace"),
        ("v1", "Secret"),
        ("v1", "ServiceAccount"),
        ("autoscaling/v2", "HorizontalPodAutoscaler"),
        ("networking.k8s.io/v1", "NetworkPolicy"),
        ("policy/v1", "PodDisruptionBudget"),
        ("rbac.authorization.k8s.io/v1", "Role"),
        ("rbac.authorization.k8s.io/v1", "RoleBinding"),
    ] {
        assert!(
            read(&object(api_version, kind, "x", "{a: 1}")).is_ok(),
            "{kind}"
        );
    }
}

#[test]
fn an_unknown_kind_or_version_is_refused() {
    for kind in ["CronJob", "BackendGroup", "virtualnode"] {
        assert_eq!(
            refusal(&object("batch/v1", kind, "x", "{}")),
            format!(
                "m.yaml: document 1: {kind} x: kind: not supported here; known are Mesh, \
                 VirtualGateway, GatewayRoute, VirtualNode, VirtualRouter, VirtualService, \
                 Deployment, Service, ConfigMap, HorizontalPodAutoscaler, Namespace, NetworkPolicy, \
                 PodDisruptionBudget, Role, RoleBinding, Secret, ServiceAccount"
            )
        );
    }
    for (written, kind, expected) in [
        (
            "networking.istio.io/v1",
            "VirtualService",
            "appmesh.k8s.aws/v1beta2",
        ),
        ("appmesh.k8s.aws/v1beta1", "Mesh", "appmesh.k8s.aws/v1beta2"),
        ("extensions/v1beta1", "Deployment", "apps/v1"),
        (
            "autoscaling/v3",
            "HorizontalPodAutoscaler",
            "autoscaling/v2 or autoscaling/v1",
        ),
    ] {
        assert_eq!(
            refusal(&object(written, kind, "x", "{}")),
            format!("m.yaml: document 1: {kind} x: apiVersion: must be {expected}, not {written}")
        );
    }
    assert_eq!(
        refusal("kind: Mesh"),
        "m.yaml: document 1: apiVersion: must be there, and be a string"
    );
}

#[test]
fn the_same_object_twice_is_refused() {
    let service = object("v1", "Service", "a", "{}");
    assert_eq!(
        refusal(&format!("{service}{service}")),
        "m.yaml: document 2: Service a: is there already, in m.yaml: document 1"
    );
    let elsewhere = service.replace("name: a", "name: a, namespace: b");
    assert_eq!(
        read(&format!("{service}{elsewhere}"))
            .unwrap()
            .services
            .len(),
        2
    );
    let mesh = app_mesh("Mesh", "m", "{}");
    let in_a_namespace = mesh.replace("name: m", "name: m, namespace: b");
    assert_eq!(
        refusal(&format!("{mesh}{in_a_namespace}")),
        "m.yaml: document 2: Mesh m: is there already, in m.yaml: document 1",
        "a Mesh is in no namespace"
    );
}
