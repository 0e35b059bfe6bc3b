//! The order in which objects are applied: kustomize's own would put App Mesh's and Kubernetes' objects
//! before those that they wait for.

use serde_json::{Value, json};

use crate::OVERLAYS;
use crate::objects::{assert_found, assert_none, title};
use crate::render::{kustomization, manifests, overlay};

/// Each kind comes before all of the kinds behind it.
const ORDER: [(&str, &[&str]); 5] = [
    (
        "Namespace",
        &[
            "Mesh",
            "VirtualGateway",
            "VirtualNode",
            "ConfigMap",
            "Service",
            "Deployment",
            "Gateway",
        ],
    ),
    (
        "Mesh",
        &[
            "VirtualGateway",
            "VirtualNode",
            "VirtualService",
            "GatewayRoute",
            "Deployment",
        ],
    ),
    (
        "VirtualGateway",
        &[
            "VirtualNode",
            "VirtualService",
            "GatewayRoute",
            "Deployment",
        ],
    ),
    ("VirtualService", &["GatewayRoute", "Deployment"]),
    // The other way round would be refused for want of a gateway to belong to.
    ("GatewayRoute", &["Deployment"]),
];

fn problems(objects: &[Value]) -> Vec<String> {
    let mut problems = Vec::new();
    for (index, object) in objects.iter().enumerate() {
        for (first, later) in ORDER {
            let is_later = later.iter().any(|kind| object["kind"] == *kind);
            let mut behind = objects[index..].iter();
            if is_later && behind.any(|other| other["kind"] == first) {
                problems.push(format!("{} comes before a {first}", title(object)));
            }
        }
    }
    problems
}

#[test]
fn what_is_waited_for_comes_first() {
    for name in OVERLAYS {
        assert_none(name, &problems(&overlay(name)));
    }
}

/// Without this kustomize sorts by kind, whatever the lists say.
#[test]
fn every_overlay_keeps_its_order() {
    for name in OVERLAYS {
        let fields = kustomization(&manifests().join(name));
        let options = fields.get("sortOptions");
        assert_eq!(options, Some(&json!({ "order": "fifo" })), "{name}");
    }
}

#[test]
fn an_object_before_its_time_is_found() {
    let mut objects = overlay("appmesh");
    objects.sort_by_key(|object| object["kind"] == "GatewayRoute");
    let problem = "Deployment front comes before a GatewayRoute".to_owned();
    assert!(problems(&objects).contains(&problem));

    let mut objects = overlay("appmesh");
    let namespace = objects.remove(0);
    objects.insert(1, namespace);
    assert_found(
        &problems(&objects),
        "Mesh outlier-demo comes before a Namespace",
    );
}
