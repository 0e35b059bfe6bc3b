//! `--dry-run` says what would happen, and nothing happens.

use crate::stubs::World;

#[tokio::test]
async fn a_dry_run_on_an_empty_cluster_changes_nothing() {
    let world = World::istio().await;
    let before = world.stored();
    let args = ["--mesh", "istio", "--ecr", "--tag", "v1", "--dry-run"];
    let ran = world.run(&args).await.ended(0);
    assert_eq!(ran.stdout, "");
    ran.said("deployment.apps/front created")
        .said("would be built for linux/arm64 and pushed");
    assert_eq!(world.stored(), before);
    for changing in ["create-repository", "docker buildx build", "docker login"] {
        assert!(!world.calls().contains(changing), "{}", world.calls());
    }
}

#[tokio::test]
async fn a_dry_run_shows_what_would_change() {
    let world = World::istio().await;
    world.deploy(&["--mesh", "istio"]).await;
    let before = world.stored();
    let ran = world
        .run(&["--skip-images", "--mesh", "envoy", "--dry-run"])
        .await
        .ended(0);
    ran.said("would change apps.v1.Deployment.outlier-demo.front")
        .said("+        - name: http_proxy")
        .said("would replace      gateway.gateway.networking.k8s.io/ingress by deployment.apps/ingress and service/ingress")
        .said("would remove       destinationrule.networking.istio.io/colorapp");
    assert_eq!(world.stored(), before);
}

#[tokio::test]
async fn a_dry_run_of_what_is_there_finds_nothing_to_change() {
    let world = World::linkerd().await;
    world.deploy(&["--mesh", "linkerd"]).await;
    world
        .run(&["--skip-images", "--mesh", "linkerd", "--dry-run"])
        .await
        .ended(0)
        .said("nothing to change");
}

#[tokio::test]
async fn a_dry_run_of_cleanup_removes_nothing() {
    let world = World::linkerd().await;
    world.deploy(&["--mesh", "linkerd"]).await;
    let before = world.stored();
    world
        .run(&["cleanup", "--dry-run"])
        .await
        .ended(0)
        .said("deployment.apps/front");
    assert_eq!(world.stored(), before);
}
