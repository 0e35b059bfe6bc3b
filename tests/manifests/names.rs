//! Objects that find each other: one namespace, and no name that nobody has.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::objects::{assert_found, assert_none, change, items, of_kind, text, title};
use crate::render::with_components;
use crate::{COMPONENTS, OVERLAYS};

const NAMESPACE: &str = "outlier-demo";

/// The end of every DNS name in the cluster. Whoever puts the demo into another namespace has to replace
/// these, too, and can: the namespace is in no other form in a DNS name.
const SUFFIX: &str = ".outlier-demo.svc.cluster.local";

fn problems(objects: &[Value]) -> Vec<String> {
    let mut problems = Vec::new();
    let mut known = BTreeSet::new();
    for object in objects {
        let (title, metadata) = (title(object), &object["metadata"]);
        if !known.insert(title.clone()) {
            problems.push(format!("{title}: is there twice"));
        }
        if object["kind"] == "Namespace" && metadata["name"] != NAMESPACE {
            problems.push(format!("{title}: must be {NAMESPACE}"));
        }
        let expected = match object["kind"].as_str() {
            Some("Mesh" | "Namespace") => &Value::Null,
            _ => &NAMESPACE.into(),
        };
        if metadata["namespace"] != *expected {
            let is = &metadata["namespace"];
            problems.push(format!("{title}: namespace is {is}, not {expected}"));
        }
        if text(&metadata["labels"], "app.kubernetes.io/part-of") != "outlier-demo" {
            problems.push(format!("{title}: is part of nothing"));
        }
    }
    for object in objects {
        for service in services_in(&object.to_string()) {
            if !known.contains(&format!("Service {service}")) {
                problems.push(format!("{}: there is no Service {service}", title(object)));
            }
        }
    }
    for deployment in of_kind(objects, "Deployment") {
        let pod = &deployment["spec"]["template"]["spec"];
        let volumes = items(&pod["volumes"]).iter();
        for map in volumes.filter_map(|volume| volume["configMap"]["name"].as_str()) {
            if !known.contains(&format!("ConfigMap {map}")) {
                problems.push(format!(
                    "{}: there is no ConfigMap {map}",
                    title(deployment)
                ));
            }
        }
        problems.extend(mounts(deployment, pod));
    }
    problems
}

/// The Services whose DNS names are in a text.
fn services_in(text: &str) -> BTreeSet<String> {
    let parts: Vec<&str> = text.split(SUFFIX).collect();
    let before = parts[..parts.len() - 1].iter();
    let name = |part: &&str| {
        let other = |c: char| !c.is_ascii_alphanumeric() && c != '-';
        part.rsplit(other).next().unwrap_or_default().to_owned()
    };
    before.map(name).collect()
}

fn mounts(deployment: &Value, pod: &Value) -> Vec<String> {
    let volumes = items(&pod["volumes"]);
    let containers = ["initContainers", "containers"]
        .iter()
        .flat_map(|list| items(&pod[list]));
    containers
        .flat_map(|container| items(&container["volumeMounts"]))
        .filter(|mount| volumes.iter().all(|volume| volume["name"] != mount["name"]))
        .map(|mount| {
            format!(
                "{}: there is no volume {}",
                title(deployment),
                mount["name"]
            )
        })
        .collect()
}

#[test]
fn every_name_leads_somewhere_in_the_one_namespace() {
    for name in OVERLAYS {
        assert_none(name, &problems(&with_components(name, &COMPONENTS)));
    }
}

#[test]
fn a_name_that_nobody_has_is_found() {
    let mut objects = with_components("istio", &[]);
    change(&mut objects, "DestinationRule", "colorapp", |rule| {
        rule["spec"]["host"] = "colourapp.outlier-demo.svc.cluster.local".into();
    });
    let sentence = "DestinationRule colorapp: there is no Service colourapp";
    assert_found(&problems(&objects), sentence);

    let mut objects = with_components("envoy", &[]);
    objects.retain(|object| title(object) != "Service colorapp-endpoints");
    let sentence = "ConfigMap envoy-sidecar: there is no Service colorapp-endpoints";
    assert_found(&problems(&objects), sentence);

    let mut objects = with_components("ingress", &[]);
    change(&mut objects, "Deployment", "front", |front| {
        let volume = &mut front["spec"]["template"]["spec"]["volumes"][0];
        volume["configMap"]["name"] = "meshes".into();
        volume["name"] = "meshes".into();
    });
    assert_eq!(
        problems(&objects),
        [
            "Deployment front: there is no ConfigMap meshes",
            "Deployment front: there is no volume \"mesh\"",
        ]
    );
}

#[test]
fn an_object_elsewhere_or_of_nobody_is_found() {
    let mut objects = with_components("linkerd", &["traffic"]);
    change(&mut objects, "Deployment", "traffic", |traffic| {
        traffic["metadata"]["namespace"] = "default".into();
    });
    change(&mut objects, "Service", "front", |front| {
        front["metadata"]["labels"] = Value::Null;
    });
    assert_eq!(
        problems(&objects),
        [
            "Service front: is part of nothing",
            "Deployment traffic: namespace is \"default\", not \"outlier-demo\"",
        ]
    );
    let twice = objects[0].clone();
    objects.push(twice);
    assert!(problems(&objects).contains(&"Namespace outlier-demo: is there twice".to_owned()));
}
