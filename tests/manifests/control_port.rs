//! 8081 is outside of every mesh, on both sides: it is the one way to a replica that a mesh has ejected.

use serde_json::Value;

use crate::OVERLAYS;
use crate::objects::{assert_found, assert_none, change, find, items, of_kind, text};
use crate::render::overlay;

/// The annotations that keep a port out of a mesh, by the Deployment that has to have them.
const EXCLUSIONS: [(&str, &str, &str); 5] = [
    // 22 is App Mesh's own default, which its list replaces.
    ("front", "appmesh.k8s.aws/egressIgnoredPorts", "22,8081"),
    (
        "front",
        "traffic.sidecar.istio.io/excludeOutboundPorts",
        "8081",
    ),
    ("front", "config.linkerd.io/skip-outbound-ports", "8081"),
    (
        "colorapp",
        "traffic.sidecar.istio.io/excludeInboundPorts",
        "8081",
    ),
    ("colorapp", "config.linkerd.io/skip-inbound-ports", "8081"),
];

fn problems(objects: &[Value]) -> Vec<String> {
    let mut problems = Vec::new();
    for (name, key, ports) in EXCLUSIONS {
        let template = &find(objects, "Deployment", name)["spec"]["template"];
        let is = text(&template["metadata"]["annotations"], key);
        if is != ports {
            problems.push(format!("{name}: {key} is {is:?}, not {ports:?}"));
        }
    }
    // App Mesh intercepts the ports of the listeners.
    for node in of_kind(objects, "VirtualNode") {
        let mut listeners = items(&node["spec"]["listeners"]).iter();
        if listeners.any(|listener| listener["portMapping"]["port"] == 8081) {
            problems.push("a VirtualNode listens on 8081".to_owned());
        }
    }
    let meshed = find(objects, "Service", "colorapp");
    if items(&meshed["spec"]["ports"])
        .iter()
        .any(|port| port["port"] == 8081)
    {
        problems.push("Service colorapp has 8081, which a waypoint would take".to_owned());
    }
    let control = find(objects, "Service", "colorapp-control");
    if control["metadata"]["labels"]
        .get("istio.io/use-waypoint")
        .is_some()
    {
        problems.push("Service colorapp-control goes through a waypoint".to_owned());
    }
    for (field, value) in [
        ("clusterIP", Value::from("None")),
        ("publishNotReadyAddresses", true.into()),
    ] {
        let is = &control["spec"][field];
        if *is != value {
            problems.push(format!(
                "Service colorapp-control: {field} is {is}, not {value}"
            ));
        }
    }
    problems
}

#[test]
fn the_control_port_is_outside_of_every_mesh() {
    for name in OVERLAYS {
        assert_none(name, &problems(&overlay(name)));
    }
}

#[test]
fn a_mesh_that_takes_the_control_port_is_found() {
    for (name, key, ports) in EXCLUSIONS {
        let mut objects = overlay("istio");
        change(&mut objects, "Deployment", name, |deployment| {
            deployment["spec"]["template"]["metadata"]["annotations"][key] = "9090".into();
        });
        let sentence = format!("{name}: {key} is \"9090\", not {ports:?}");
        assert_found(&problems(&objects), &sentence);
    }

    let mut objects = overlay("appmesh");
    change(&mut objects, "VirtualNode", "colorapp", |node| {
        node["spec"]["listeners"][0]["portMapping"]["port"] = 8081.into();
    });
    assert_found(&problems(&objects), "a VirtualNode listens on 8081");

    let mut objects = overlay("istio-ambient");
    change(&mut objects, "Service", "colorapp", |service| {
        service["spec"]["ports"][0]["port"] = 8081.into();
    });
    change(&mut objects, "Service", "colorapp-control", |service| {
        service["metadata"]["labels"]["istio.io/use-waypoint"] = "waypoint".into();
    });
    assert_eq!(
        problems(&objects),
        [
            "Service colorapp has 8081, which a waypoint would take",
            "Service colorapp-control goes through a waypoint",
        ]
    );
}

#[test]
fn replicas_that_cannot_be_told_apart_are_found() {
    let mut objects = overlay("linkerd");
    change(&mut objects, "Service", "colorapp-control", |service| {
        service["spec"]["clusterIP"] = Value::Null;
    });
    let sentence = "Service colorapp-control: clusterIP is null, not \"None\"";
    assert_found(&problems(&objects), sentence);
}
