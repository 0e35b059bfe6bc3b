//! `--mesh auto`: what the cluster has, in the order a presenter would want it.

use crate::stubs::World;

async fn chosen(world: &World) -> String {
    let ran = world.run(&["preflight", "--skip-images"]).await.ended(0);
    let line = ran
        .stderr
        .lines()
        .find(|line| line.contains(" mesh ") && line.contains("--mesh "))
        .unwrap();
    line.split_once("--mesh ").unwrap().1.to_owned()
}

#[tokio::test]
async fn an_app_mesh_that_lives_comes_first() {
    let world = World::app_mesh().await;
    world.add_istio();
    assert_eq!(chosen(&world).await, "appmesh");
}

#[tokio::test]
async fn an_app_mesh_that_is_gone_is_not_taken() {
    let world = World::app_mesh().await;
    world.add_istio();
    world.end_app_mesh();
    assert_eq!(chosen(&world).await, "istio");
}

#[tokio::test]
async fn an_app_mesh_of_which_nothing_is_known_is_not_taken() {
    let world = World::app_mesh().await;
    world.stub("appmesh", "Unable to locate credentials\n");
    let ran = world.run(&["preflight", "--skip-images"]).await.ended(0);
    ran.said("AWS was not asked").said("--mesh envoy");
}

#[tokio::test]
async fn istio_is_taken_before_linkerd() {
    let world = World::linkerd().await;
    world.add_istio();
    assert_eq!(chosen(&world).await, "istio");
}

#[tokio::test]
async fn istio_with_its_node_proxy_is_ambient() {
    assert_eq!(chosen(&World::ambient().await).await, "istio-ambient");
}

#[tokio::test]
async fn linkerd_is_taken_when_it_is_alone() {
    assert_eq!(chosen(&World::linkerd().await).await, "linkerd");
}

#[tokio::test]
async fn without_a_mesh_it_is_plain_envoy() {
    assert_eq!(
        chosen(&World::bare().await).await,
        "envoy, with plain Envoy sidecars"
    );
}

/// A mesh in a namespace that one may not look into is no mesh that is missing.
#[tokio::test]
async fn what_may_not_be_seen_is_not_called_absent() {
    let world = World::linkerd().await;
    world.cluster().closed = ["appmesh-system", "istio-system", "linkerd"]
        .map(String::from)
        .to_vec();
    let ran = world.run(&["preflight", "--skip-images"]).await.ended(0);
    ran.said("auto: no mesh that you may see: --mesh envoy");
}

#[tokio::test]
async fn a_cluster_that_does_not_answer_has_no_mesh_to_render() {
    let mut world = World::bare().await;
    let nowhere = "{apiVersion: v1, kind: Config, current-context: test, clusters: [{name: test, cluster: {server: \
                   'http://127.0.0.1:9'}}], contexts: [{name: test, context: {cluster: test}}]}";
    world.stub("elsewhere", nowhere);
    world.set(
        "KUBECONFIG",
        world.path_of("stubs/elsewhere").to_str().unwrap(),
    );
    let ran = world.run(&["render"]).await.ended(1);
    assert_eq!(ran.stdout, "");
    ran.said("The cluster does not answer")
        .said("Name one with --mesh.");
}
