//! Every pod of the demo shows its numbers, to a Prometheus that goes by annotations and to the operator's.

use serde_json::Value;

use crate::OVERLAYS;
use crate::objects::{assert_found, assert_none, change, find, items, of_kind, text, title};
use crate::render::with_components;

/// The port of an Envoy that App Mesh injects; it is in no manifest.
const INJECTED: &str = "9901";

/// Ports and paths where proxies that a mesh injects, or makes, show their numbers.
const OF_MESHES: [(&str, &str); 2] = [
    ("http-envoy-prom", "/stats/prometheus"),
    ("linkerd-admin", "/metrics"),
];

fn problems(objects: &[Value]) -> Vec<String> {
    let mut problems = Vec::new();
    let endpoints = &find(objects, "PodMonitor", "outlier-demo")["spec"]["podMetricsEndpoints"];
    let monitored = |port: &str, path: &str| {
        let mut all = items(endpoints).iter();
        all.any(|of| of["port"] == port && of["path"] == path)
    };
    for (port, path) in OF_MESHES {
        if !monitored(port, path) {
            problems.push(format!("the PodMonitor does not ask {port} for {path}"));
        }
    }
    for deployment in of_kind(objects, "Deployment") {
        let title = title(deployment);
        let template = &deployment["spec"]["template"];
        let annotations = &template["metadata"]["annotations"];
        let of = |name: &str| text(annotations, &format!("prometheus.io/{name}"));
        let scraped = of("scrape") == "true";
        if scraped == (title == "Deployment traffic") {
            problems.push(format!("{title}: scraped is {scraped}"));
        }
        if !scraped || of("port") == INJECTED {
            continue;
        }
        let containers = ["initContainers", "containers"];
        let containers = containers
            .iter()
            .flat_map(|list| items(&template["spec"][list]));
        let mut ports = containers.flat_map(|container| items(&container["ports"]));
        let number = of("port").parse().ok();
        let Some(port) = ports.find(|port| port["containerPort"].as_u64() == number) else {
            problems.push(format!("{title}: no container has port {:?}", of("port")));
            continue;
        };
        if !monitored(text(port, "name"), of("path")) {
            let port = text(port, "name");
            problems.push(format!(
                "{title}: the PodMonitor does not ask {port} for {}",
                of("path")
            ));
        }
    }
    problems
}

fn monitored(overlay: &str) -> Vec<Value> {
    with_components(overlay, &["traffic", "monitoring", "pod-monitors"])
}

#[test]
fn every_pod_shows_its_numbers() {
    for name in OVERLAYS {
        assert_none(name, &problems(&monitored(name)));
    }
}

/// The component is the switch: an annotation left on would scrape a cluster that was not asked.
#[test]
fn nobody_is_scraped_without_the_component() {
    for name in OVERLAYS {
        let objects = with_components(name, &["traffic"]);
        let all = serde_json::to_string(&objects).unwrap();
        assert!(!all.contains("prometheus.io/scrape"), "{name}");
    }
}

#[test]
fn numbers_that_nobody_finds_are_found() {
    for (path, wrong, sentence) in [
        (
            "port",
            "9090",
            "Deployment front: no container has port \"9090\"",
        ),
        (
            "path",
            "/stats",
            "Deployment front: the PodMonitor does not ask stats for /stats",
        ),
        ("scrape", "false", "Deployment front: scraped is false"),
    ] {
        let mut objects = monitored("envoy");
        change(&mut objects, "Deployment", "front", |front| {
            let metadata = &mut front["spec"]["template"]["metadata"];
            metadata["annotations"][format!("prometheus.io/{path}")] = wrong.into();
        });
        assert_found(&problems(&objects), sentence);
    }
    let mut objects = monitored("linkerd");
    change(&mut objects, "PodMonitor", "outlier-demo", |monitor| {
        let all = monitor["spec"]["podMetricsEndpoints"]
            .as_array_mut()
            .unwrap();
        all.retain(|endpoint| endpoint["port"] != "linkerd-admin");
    });
    let sentence = "the PodMonitor does not ask linkerd-admin for /metrics";
    assert_found(&problems(&objects), sentence);
}
