//! What one may not do in the namespace, and what somebody else made there.

use serde_json::json;

use super::refused;
use crate::stubs::World;

#[tokio::test]
async fn who_may_not_make_a_namespace_is_told_whom_to_ask() {
    let world = World::bare().await;
    world.cluster().forbidden = vec![
        ("create".into(), "namespaces".into()),
        ("patch".into(), "namespaces".into()),
    ];
    let ran = refused(&world, &["--skip-images", "--mesh", "envoy"]).await;
    ran.said("you may not create namespaces in outlier-demo.")
        .said("-> Ask the administrator of the cluster for the namespace: kubectl create namespace outlier-demo");
    world.cluster().add_namespace("outlier-demo");
    world.deploy(&["--mesh", "envoy"]).await;
}

#[tokio::test]
async fn what_one_may_not_do_is_told() {
    let world = World::bare().await;
    world.cluster().forbidden = vec![
        ("create".into(), "deployments.apps".into()),
        ("list".into(), "pods".into()),
    ];
    let ran = refused(&world, &["--skip-images", "--mesh", "envoy"]).await;
    ran.said("you may not create deployments.apps in outlier-demo.")
        .said("you may not list pods in outlier-demo.")
        .said("-> Ask the administrator of the cluster")
        .said("2 checks failed");
}

#[tokio::test]
async fn what_somebody_else_made_is_not_overwritten() {
    let world = World::bare().await;
    foreign_service(&world);
    let ran = refused(&world, &["--skip-images", "--mesh", "envoy"]).await;
    ran.said("fail  Service/front      exists, and deploy.sh did not make it.")
        .said("-> Take another --namespace");
}

/// kubectl shows one object alone without a list around it, and the namespace of a mesh need not be there.
#[tokio::test]
async fn one_object_of_somebody_else_is_found_too() {
    let world = World::app_mesh().await;
    let key = (
        "meshes.appmesh.k8s.aws".into(),
        String::new(),
        "outlier-demo".into(),
    );
    let mesh = json!({"apiVersion": "appmesh.k8s.aws/v1beta2", "kind": "Mesh", "metadata": {"name": "outlier-demo"}, "spec": {}});
    world.cluster().store.put(key, mesh);
    let ran = refused(&world, &["--skip-images", "--mesh", "appmesh"]).await;
    ran.said("fail  Mesh/outlier-demo  exists, and deploy.sh did not make it.");
}

#[tokio::test]
async fn what_is_there_must_be_told() {
    let world = World::bare().await;
    world.cluster().add_namespace("outlier-demo");
    world.cluster().forbidden = vec![("get".into(), "services".into())];
    let ran = refused(&world, &["--skip-images", "--mesh", "envoy"]).await;
    ran.said("fail  objects            the cluster does not tell what is there: ")
        .said("cannot get resource \"services\"");
}

#[tokio::test]
async fn force_takes_over_what_somebody_else_made() {
    let world = World::bare().await;
    foreign_service(&world);
    let ran = world
        .run(&["preflight", "--skip-images", "--mesh", "envoy", "--force"])
        .await
        .ended(0);
    ran.said("will be taken over, as --force says");
}

fn foreign_service(world: &World) {
    let mut cluster = world.cluster();
    cluster.add_namespace("outlier-demo");
    let key = ("services".into(), "outlier-demo".into(), "front".into());
    let service = json!({"apiVersion": "v1", "kind": "Service", "metadata": {"namespace": "outlier-demo", "name": "front"}, "spec": {}});
    cluster.store.put(key, service);
}
