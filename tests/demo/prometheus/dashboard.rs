//! After a walkthrough, every expression of the dashboard gives numbers.

use serde_json::Value;

use super::{Samples, watched};
use crate::harness::Mesh;

const DASHBOARD: &str =
    include_str!("../../../manifests/components/monitoring/outlier-detection.json");

/// Title and expression of each target, with the variables as Grafana fills them in.
fn expressions() -> Vec<(String, String)> {
    let dashboard: Value = serde_json::from_str(DASHBOARD).unwrap();
    let mut found = Vec::new();
    for panel in dashboard["panels"].as_array().unwrap() {
        for target in panel["targets"].as_array().into_iter().flatten() {
            let expression = target["expr"].as_str().unwrap();
            let expression = expression
                .replace("${namespace_label}", "namespace")
                .replace("${job}", ".+")
                .replace("${namespace}", "outlier-demo")
                .replace("$__rate_interval", "30s");
            let title = panel["title"].as_str().unwrap().to_owned();
            found.push((title, expression));
        }
    }
    found
}

fn expression(title: &str) -> String {
    let mut all = expressions().into_iter();
    let (_, expression) = all.find(|(of, _)| of == title).expect(title);
    expression
}

async fn every_panel_gives_numbers(mesh: Mesh) {
    let demo = watched(mesh).await;
    demo.burst(100, 150).await;
    // A rise is one only from a number that was seen before.
    let errors = "front_requests_total{code=~\"5..\"}";
    let of_all = |samples: &Samples| samples.len() >= 5;
    demo.query_until(errors, of_all).await;
    demo.text("/fault").await;
    assert_eq!(demo.burst(100, 150).await.errors(), 5);
    // First what is a rate of the last 30 seconds: to wait for the others may take as long.
    let is_above_0 = |samples: &Samples| samples.iter().any(|(_, number)| *number > 0.0);
    demo.query_until(&expression("Errors by replica"), is_above_0)
        .await;
    let is = |number: f64| move |samples: &Samples| samples.iter().any(|(_, n)| *n == number);
    for (title, number) in [
        ("Envoy Sidecars", 1.0),
        ("Unhealthy Sidecars", 1.0),
        ("Number of currently ejected hosts", 1.0),
        ("Number of enforced outlier ejections", 1.0),
        ("Number of enforced consecutive 5xx ejections", 1.0),
        ("Number of detected consecutive 5xx ejections", 1.0),
        ("Faults and recoveries", 1.0),
    ] {
        demo.query_until(&expression(title), is(number)).await;
    }
    demo.text("/recover").await;
    demo.burst(100, 150).await;
    for (title, expression) in expressions() {
        let samples = demo
            .query_until(&expression, |samples| {
                samples.iter().any(|(_, number)| number.is_finite())
            })
            .await;
        if title.contains("replica") {
            let mut hosts: Vec<&Value> =
                samples.iter().map(|(labels, _)| &labels["host"]).collect();
            hosts.dedup();
            assert!(hosts.len() >= 5, "{title}: {samples:?}");
        }
    }
}

#[tokio::test]
async fn every_panel_gives_numbers_of_ingress() {
    every_panel_gives_numbers(Mesh::Ingress).await;
}

#[tokio::test]
async fn every_panel_gives_numbers_of_envoy() {
    every_panel_gives_numbers(Mesh::Envoy).await;
}
