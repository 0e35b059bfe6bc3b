//! The dashboard: the panels of 2020 with their expressions, and nothing in it that a Grafana of today, or
//! another job and namespace, would not fill.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::objects::{find, items};
use crate::render::with_components;

/// `AWS App Mesh: Data Plane`, without what chooses job and namespace.
const OF_2020: [(&str, &str); 7] = [
    ("Envoy Sidecars", "sum(envoy_server_live)"),
    (
        "Unhealthy Sidecars",
        "sum(envoy_cluster_membership_total) - sum(envoy_cluster_membership_healthy)",
    ),
    ("Connections", "sum(envoy_http_downstream_cx_active)"),
    (
        "Number of enforced outlier ejections",
        "sum by (${namespace_label}) (round(increase(envoy_cluster_outlier_detection_ejections_enforced_total[1m])))",
    ),
    (
        "Number of currently ejected hosts",
        "sum by (${namespace_label}) (envoy_cluster_outlier_detection_ejections_active)",
    ),
    (
        "Number of enforced consecutive 5xx ejections",
        "sum by (${namespace_label}) (round(increase(envoy_cluster_outlier_detection_ejections_enforced_consecutive_5xx[1m])))",
    ),
    (
        "Number of detected consecutive 5xx ejections",
        "sum by (${namespace_label}) (round(increase(envoy_cluster_outlier_detection_ejections_detected_consecutive_5xx[1m])))",
    ),
];

/// What chooses the proxies.
const CHOICE: &str = r#"{job=~"${job}",${namespace_label}=~"${namespace}"}"#;

/// The dashboard as Grafana's sidecar finds it.
fn dashboard() -> Value {
    let objects = with_components("appmesh", &["monitoring"]);
    let map = find(&objects, "ConfigMap", "outlier-detection-dashboard");
    assert_eq!(map["metadata"]["labels"]["grafana_dashboard"], "1");
    let text = map["data"]["outlier-detection.json"].as_str().unwrap();
    serde_json::from_str(text).unwrap()
}

#[test]
fn the_seven_panels_of_2020_are_there() {
    let dashboard = dashboard();
    for (title, expression) in OF_2020 {
        let mut panels = items(&dashboard["panels"]).iter();
        let panel = panels.find(|panel| panel["title"] == title).expect(title);
        let [target] = items(&panel["targets"]) else {
            panic!("{title} has one expression");
        };
        let found = target["expr"].as_str().unwrap();
        assert!(found.contains(CHOICE), "{title}: {found}");
        assert_eq!(found.replace(CHOICE, ""), expression, "{title}");
    }
}

#[test]
fn every_panel_is_of_todays_kind_and_asks_the_chosen_source() {
    let dashboard = dashboard();
    let mut ids = BTreeSet::new();
    for panel in items(&dashboard["panels"]) {
        let title = panel["title"].as_str().unwrap();
        assert!(ids.insert(panel["id"].as_u64().unwrap()), "{title}");
        let kind = panel["type"].as_str().unwrap();
        if kind == "row" {
            continue;
        }
        assert!(["stat", "timeseries"].contains(&kind), "{title}: {kind}");
        assert_ne!(panel["description"], "", "{title}");
        for target in [&panel["datasource"]]
            .into_iter()
            .chain(items(&panel["targets"]).iter().map(|of| &of["datasource"]))
        {
            assert_eq!(target["uid"], "${datasource}", "{title}");
        }
        for target in items(&panel["targets"]) {
            let expression = target["expr"].as_str().unwrap();
            let namespace = r#"${namespace_label}=~"${namespace}""#;
            assert!(expression.contains(namespace), "{title}: {expression}");
        }
    }
}

#[test]
fn panels_do_not_overlap() {
    let mut taken = BTreeSet::new();
    for panel in items(&dashboard()["panels"]) {
        let at = |key: &str| panel["gridPos"][key].as_u64().unwrap();
        for x in at("x")..at("x") + at("w") {
            assert!(x < 24, "{panel}");
            for y in at("y")..at("y") + at("h") {
                assert!(taken.insert((x, y)), "{}", panel["title"]);
            }
        }
    }
}

#[test]
fn what_can_be_chosen_is_source_label_job_and_namespace() {
    let dashboard = dashboard();
    let variables = items(&dashboard["templating"]["list"]).iter();
    let names: Vec<&str> = variables.map(|of| of["name"].as_str().unwrap()).collect();
    let expected = ["datasource", "namespace_label", "job", "namespace"];
    assert_eq!(names, expected);
}
