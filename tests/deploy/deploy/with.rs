//! `--with` puts components on top of the mesh, as part of the same deployment: with its images, its marks, and its end.

use serde_json::{Value, json};

use crate::stubs::World;

const ALL: [&str; 4] = [
    "--mesh",
    "envoy",
    "--with",
    "traffic,monitoring,pod-monitors",
];

fn find(world: &World, resource: &str, name: &str) -> Option<Value> {
    let cluster = world.cluster();
    cluster.find(resource, "outlier-demo", name).cloned()
}

async fn observed() -> World {
    let world = World::bare().await;
    world.add_prometheus_operator();
    world
}

#[tokio::test]
async fn components_come_and_stay_and_go() {
    let world = observed().await;
    world.deploy(&ALL).await.said("traffic 1/1");
    let made = [
        ("deployments.apps", "traffic"),
        ("configmaps", "outlier-detection-dashboard"),
        ("podmonitors.monitoring.coreos.com", "outlier-demo"),
        ("prometheusrules.monitoring.coreos.com", "outlier-demo"),
    ];
    for (resource, name) in made {
        let labels = &find(&world, resource, name).unwrap()["metadata"]["labels"];
        assert_eq!(
            labels["app.kubernetes.io/managed-by"],
            "outlier-demo-deploy"
        );
    }
    let scraped = |world: &World| {
        let front = find(world, "deployments.apps", "front").unwrap();
        front["spec"]["template"]["metadata"]["annotations"]["prometheus.io/scrape"].clone()
    };
    assert_eq!(scraped(&world), "true");
    let before = world.stored();
    world.deploy(&ALL).await.said("nothing changed");
    assert_eq!(world.stored(), before);
    world
        .deploy(&["--mesh", "envoy"])
        .await
        .said("removed            deployment.apps/traffic, which is no longer wanted")
        .said("removed            podmonitor.monitoring.coreos.com/outlier-demo, which is no longer wanted");
    for (resource, name) in made {
        assert_eq!(find(&world, resource, name), None);
    }
    assert_eq!(scraped(&world), json!(null));
}

#[tokio::test]
async fn cleanup_takes_components_along() {
    let world = observed().await;
    world.deploy(&ALL).await;
    world.run(&["cleanup", "--yes"]).await.ended(0);
    assert_eq!(world.cluster().names_in("outlier-demo"), [""; 0]);
}

/// Only traffic uses it.
#[tokio::test]
async fn the_image_of_traffic_is_built_where_it_is_used() {
    let world = World::bare().await;
    let built = |world: &World| world.calls().contains("--target outlier-demo ");
    let flags = ["--mesh", "envoy", "--registry", "ghcr.io/me", "--tag", "v1"];
    world.run(&flags).await.ended(0);
    assert!(!built(&world), "{}", world.calls());
    let flags = [&flags[..], &["--with=traffic,traffic"]].concat();
    world.run(&flags).await.ended(0);
    assert!(built(&world), "{}", world.calls());
    let traffic = find(&world, "deployments.apps", "traffic").unwrap();
    let image = &traffic["spec"]["template"]["spec"]["containers"][0]["image"];
    assert!(
        image
            .as_str()
            .unwrap()
            .starts_with("ghcr.io/me/outlier-demo"),
        "{image}"
    );
}

#[tokio::test]
async fn pod_monitors_need_the_operator() {
    let world = World::bare().await;
    let before = world.stored();
    let flags = ["--skip-images", "--mesh", "envoy", "--with", "pod-monitors"];
    world
        .run(&flags)
        .await
        .ended(1)
        .said("the cluster has no kind PodMonitor in monitoring.coreos.com/v1.")
        .said("-> Install the Prometheus operator.");
    assert_eq!(world.stored(), before);
}
