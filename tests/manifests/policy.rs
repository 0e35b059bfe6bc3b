//! The same numbers on each mesh, in that mesh's own words.

use serde_json::{Value, json};

use crate::OVERLAYS;
use crate::objects::{assert_found, assert_none, change, find, items, of_kind, text};
use crate::render::{overlay, yaml};

/// What a mesh is told. `None` is what it has no word for.
#[derive(Debug, PartialEq, Eq)]
struct Policy {
    errors_in_a_row: u64,
    sweeps_every: Option<String>,
    out_for: String,
    percent: Option<u64>,
    takes_turns: Option<bool>,
}

impl Policy {
    fn of_the_demo() -> Self {
        Self {
            errors_in_a_row: 5,
            sweeps_every: Some("10s".to_owned()),
            out_for: "10s".to_owned(),
            percent: Some(100),
            takes_turns: Some(true),
        }
    }

    /// The demo's, as far as Linkerd can be told.
    fn in_linkerd() -> Self {
        Self {
            sweeps_every: None,
            percent: None,
            takes_turns: None,
            ..Self::of_the_demo()
        }
    }
}

/// What is wrong with the policy of these objects.
fn problems(objects: &[Value]) -> Vec<String> {
    let found = policies(objects);
    let [(place, policy)] = &found[..] else {
        let places: Vec<_> = found.iter().map(|(place, _)| place).collect();
        return vec![format!("one policy is expected, and there are {places:?}")];
    };
    let expected = match *place {
        "Service" => Policy::in_linkerd(),
        _ => Policy::of_the_demo(),
    };
    let mut problems = Vec::new();
    if *policy != expected {
        problems.push(format!("{place}: {policy:?}"));
    }
    problems.extend(beside(objects));
    problems
}

/// Every policy of colorapp there is.
fn policies(objects: &[Value]) -> Vec<(&'static str, Policy)> {
    let mut found = Vec::new();
    let in_files = of_kind(objects, "ConfigMap").flat_map(|map| map["data"].as_object().unwrap());
    let in_files: Vec<Value> = in_files
        .flat_map(|(_, text)| yaml(text.as_str().unwrap()))
        .collect();
    let nodes = of_kind(objects, "VirtualNode").chain(of_kind(&in_files, "VirtualNode"));
    found.extend(
        nodes
            .flat_map(|node| items(&node["spec"]["listeners"]))
            .filter_map(app_mesh),
    );
    let clusters = in_files
        .iter()
        .flat_map(|file| items(&file["static_resources"]["clusters"]));
    found.extend(clusters.filter_map(envoy));
    found.extend(of_kind(objects, "DestinationRule").map(istio));
    found.extend(of_kind(objects, "Service").filter_map(linkerd));
    found
}

fn app_mesh(listener: &Value) -> Option<(&'static str, Policy)> {
    let detection = listener.get("outlierDetection")?;
    let time = |field: &str| {
        let time = &detection[field];
        format!("{}{}", time["value"], text(time, "unit"))
    };
    Some((
        "VirtualNode",
        Policy {
            errors_in_a_row: detection["maxServerErrors"].as_u64()?,
            sweeps_every: Some(time("interval")),
            out_for: time("baseEjectionDuration"),
            percent: detection["maxEjectionPercent"].as_u64(),
            // App Mesh knows nothing else.
            takes_turns: Some(true),
        },
    ))
}

fn envoy(cluster: &Value) -> Option<(&'static str, Policy)> {
    let detection = cluster.get("outlier_detection")?;
    Some((
        "Envoy",
        Policy {
            errors_in_a_row: detection["consecutive_5xx"].as_u64()?,
            sweeps_every: Some(text(detection, "interval").to_owned()),
            out_for: text(detection, "base_ejection_time").to_owned(),
            percent: detection["max_ejection_percent"].as_u64(),
            takes_turns: Some(cluster["lb_policy"] == "ROUND_ROBIN"),
        },
    ))
}

fn istio(rule: &Value) -> (&'static str, Policy) {
    let traffic = &rule["spec"]["trafficPolicy"];
    let detection = &traffic["outlierDetection"];
    (
        "DestinationRule",
        Policy {
            errors_in_a_row: detection["consecutive5xxErrors"]
                .as_u64()
                .unwrap_or_default(),
            sweeps_every: Some(text(detection, "interval").to_owned()),
            out_for: text(detection, "baseEjectionTime").to_owned(),
            percent: detection["maxEjectionPercent"].as_u64(),
            takes_turns: Some(traffic["loadBalancer"]["simple"] == "ROUND_ROBIN"),
        },
    )
}

const ACCRUAL: &str = "balancer.linkerd.io/failure-accrual";

fn linkerd(service: &Value) -> Option<(&'static str, Policy)> {
    let annotations = &service["metadata"]["annotations"];
    annotations.get(ACCRUAL)?;
    let of = |name: &str| text(annotations, &format!("{ACCRUAL}-consecutive-{name}"));
    Some((
        "Service",
        Policy {
            errors_in_a_row: of("max-failures").parse().unwrap_or_default(),
            sweeps_every: None,
            out_for: of("min-penalty").to_owned(),
            percent: None,
            takes_turns: None,
        },
    ))
}

/// What belongs to the policy on one mesh only.
fn beside(objects: &[Value]) -> Vec<String> {
    let mut problems = Vec::new();
    let mut expect = |what: &str, is: &Value, expected: Value| {
        if *is != expected {
            problems.push(format!("{what} is {is}, not {expected}"));
        }
    };
    for rule in of_kind(objects, "DestinationRule") {
        let host = "colorapp.outlier-demo.svc.cluster.local";
        expect("host", &rule["spec"]["host"], host.into());
        let detection = &rule["spec"]["trafficPolicy"]["outlierDetection"];
        expect("minHealthPercent", &detection["minHealthPercent"], 0.into());
    }
    for service in of_kind(objects, "Service") {
        let annotations = &service["metadata"]["annotations"];
        if annotations.get(ACCRUAL).is_some() {
            expect("service", &service["metadata"]["name"], "colorapp".into());
            expect("accrual", &annotations[ACCRUAL], "consecutive".into());
            for (name, value) in [("max-penalty", "300s"), ("jitter-ratio", "0.0")] {
                let key = format!("{ACCRUAL}-consecutive-{name}");
                expect(name, &annotations[&key], value.into());
            }
        }
    }
    // Ambient: without the waypoint nobody reads the rule.
    let dataplane = &find(objects, "Namespace", "outlier-demo")["metadata"]["labels"];
    if dataplane["istio.io/dataplane-mode"] == "ambient" {
        let labels = &find(objects, "Service", "colorapp")["metadata"]["labels"];
        let waypoint = of_kind(objects, "Gateway")
            .find(|gateway| gateway["spec"]["gatewayClassName"] == "istio-waypoint")
            .map_or(&Value::Null, |gateway| &gateway["metadata"]["name"]);
        expect(
            "waypoint",
            &labels["istio.io/use-waypoint"],
            waypoint.clone(),
        );
        expect("waypoint", waypoint, "waypoint".into());
    }
    problems
}

#[test]
fn the_numbers_are_the_same_on_every_mesh() {
    for name in OVERLAYS {
        assert_none(name, &problems(&overlay(name)));
    }
}

#[test]
fn another_number_is_found_in_istios_words() {
    for (field, wrong, found) in [
        ("consecutive5xxErrors", json!(6), "errors_in_a_row: 6"),
        ("interval", json!("5s"), "sweeps_every: Some(\"5s\")"),
        ("baseEjectionTime", json!("30s"), "out_for: \"30s\""),
        ("maxEjectionPercent", json!(10), "percent: Some(10)"),
    ] {
        for name in ["istio", "istio-ambient"] {
            let mut objects = overlay(name);
            change(&mut objects, "DestinationRule", "colorapp", |rule| {
                rule["spec"]["trafficPolicy"]["outlierDetection"][field] = wrong.clone();
            });
            let problems = problems(&objects);
            assert!(
                problems.len() == 1 && problems[0].contains(found),
                "{problems:?}"
            );
        }
    }
}

#[test]
fn another_number_is_found_in_app_meshs_words() {
    for (field, wrong, found) in [
        ("maxServerErrors", json!(6), "errors_in_a_row: 6"),
        (
            "interval",
            json!({ "value": 10, "unit": "ms" }),
            "sweeps_every: Some(\"10ms\")",
        ),
        (
            "baseEjectionDuration",
            json!({ "value": 9, "unit": "s" }),
            "out_for: \"9s\"",
        ),
        ("maxEjectionPercent", json!(50), "percent: Some(50)"),
    ] {
        let mut objects = overlay("appmesh");
        change(&mut objects, "VirtualNode", "colorapp", |node| {
            node["spec"]["listeners"][0]["outlierDetection"][field] = wrong;
        });
        let problems = problems(&objects);
        assert!(
            problems.len() == 1 && problems[0].contains(found),
            "{problems:?}"
        );
    }
}

#[test]
fn another_number_is_found_in_linkerds_words() {
    for (name, wrong, found) in [
        ("max-failures", "7", "errors_in_a_row: 7"),
        ("min-penalty", "1s", "out_for: \"1s\""),
        ("max-penalty", "60s", "max-penalty is \"60s\", not \"300s\""),
        (
            "jitter-ratio",
            "0.5",
            "jitter-ratio is \"0.5\", not \"0.0\"",
        ),
    ] {
        let mut objects = overlay("linkerd");
        change(&mut objects, "Service", "colorapp", |service| {
            service["metadata"]["annotations"][format!("{ACCRUAL}-consecutive-{name}")] =
                wrong.into();
        });
        let problems = problems(&objects);
        assert!(
            problems.len() == 1 && problems[0].contains(found),
            "{problems:?}"
        );
    }
}

#[test]
fn another_number_is_found_in_the_files_of_config_maps() {
    for (name, map, file, from, to) in [
        (
            "ingress",
            "mesh",
            "virtual-nodes.yaml",
            "maxServerErrors: 5",
            "maxServerErrors: 4",
        ),
        (
            "envoy",
            "envoy-sidecar",
            "envoy.json",
            "\"consecutive_5xx\": 5",
            "\"consecutive_5xx\": 4",
        ),
    ] {
        let mut objects = overlay(name);
        change(&mut objects, "ConfigMap", map, |map| {
            map["data"][file] = text(&map["data"], file).replace(from, to).into();
        });
        let problems = problems(&objects);
        let found = "errors_in_a_row: 4";
        assert!(
            problems.len() == 1 && problems[0].contains(found),
            "{problems:?}"
        );
    }
}

#[test]
fn a_balancer_that_does_not_take_turns_is_found() {
    let mut objects = overlay("istio");
    change(&mut objects, "DestinationRule", "colorapp", |rule| {
        rule["spec"]["trafficPolicy"]["loadBalancer"]["simple"] = "LEAST_REQUEST".into();
    });
    let problems = problems(&objects);
    assert!(
        problems[0].contains("takes_turns: Some(false)"),
        "{problems:?}"
    );
}

#[test]
fn a_policy_that_nobody_carries_out_is_found() {
    let mut objects = overlay("istio");
    objects.retain(|object| object["kind"] != "DestinationRule");
    assert_found(
        &problems(&objects),
        "one policy is expected, and there are []",
    );

    let mut objects = overlay("istio-ambient");
    change(&mut objects, "Service", "colorapp", |service| {
        service["metadata"]["labels"]["istio.io/use-waypoint"] = "none".into();
    });
    assert_found(
        &problems(&objects),
        "waypoint is \"none\", not \"waypoint\"",
    );
}
