//! Waiting for pods and addresses: progress while they come, and the reasons when they do not.

use crate::api_server::Pods;
use crate::harness::Ran;
use crate::stubs::World;

async fn fails_with(pods: Pods) -> Ran {
    let world = World::bare().await;
    world.cluster().pods.insert("colorapp".into(), pods);
    let ran = world
        .run(&["--skip-images", "--mesh", "envoy", "--timeout", "1"])
        .await
        .ended(1);
    assert_eq!(ran.stdout, "");
    ran
}

#[tokio::test]
async fn progress_is_shown() {
    let world = World::bare().await;
    world
        .cluster()
        .pods
        .insert("colorapp".into(), Pods::OneByOne);
    let ran = world.deploy(&["--mesh", "envoy"]).await;
    ran.said("colorapp 2/5   front 1/1")
        .said("colorapp 4/5   front 1/1")
        .said("colorapp 5/5   front 1/1");
}

#[tokio::test]
async fn an_image_that_cannot_be_pulled_is_told() {
    let ran = fails_with(Pods::ImagePullBackOff).await;
    ran.said("colorapp ImagePullBackOff Back-off pulling image \"colorapp:latest\"")
        .said("Failed: Failed to pull image \"colorapp:latest\": not found")
        .said("A pod does not come up: container colorapp is in ImagePullBackOff.");
}

#[tokio::test]
async fn the_last_words_of_a_container_that_ends_are_told() {
    let ran = fails_with(Pods::CrashLoopBackOff).await;
    ran.said("colorapp CrashLoopBackOff back-off 10s restarting failed container")
        .said("SERVER_PORT must be between 0 and 65535, not 80800")
        .said("A pod does not come up: container colorapp is in CrashLoopBackOff.");
}

#[tokio::test]
async fn pods_that_are_refused_are_told() {
    let ran = fails_with(Pods::Refused).await;
    ran.said("FailedCreate: admission webhook")
        .said("no matching VirtualNode")
        .said("Not every replica is ready after 1 s.");
}

#[tokio::test]
async fn pods_that_never_get_ready_end_the_patience() {
    let ran = fails_with(Pods::Starting).await;
    ran.said("colorapp 0/5")
        .said("colorapp ContainerCreating")
        .said("-> Above is what the cluster knows; wait longer");
}

/// Pods of the failed try may still be there when the next one is on its way.
#[tokio::test]
async fn a_run_after_a_failed_one_succeeds() {
    let world = World::bare().await;
    world
        .cluster()
        .pods
        .insert("colorapp".into(), Pods::ImagePullBackOff);
    world
        .run(&["--skip-images", "--mesh", "envoy", "--tag", "v1"])
        .await
        .ended(1);
    world.cluster().pods.clear();
    let ran = world.deploy(&["--mesh", "envoy", "--tag", "v2"]).await;
    ran.said("configured         deployment.apps/colorapp");
    let cluster = world.cluster();
    let colorapp = cluster
        .find("deployments.apps", "outlier-demo", "colorapp")
        .unwrap();
    assert_eq!(
        colorapp["spec"]["template"]["spec"]["containers"][0]["image"],
        "colorapp:v2"
    );
}

#[tokio::test]
async fn a_load_balancer_without_an_address_is_told() {
    let world = World::bare().await;
    world.cluster().addresses = false;
    let ran = world
        .run(&["--skip-images", "--mesh", "envoy", "--timeout", "1"])
        .await
        .ended(1);
    ran.said("no subnet has the tag kubernetes.io/role/elb")
        .said("service/ingress has no address after 1 s.")
        .said("the AWS Load Balancer Controller");
}

#[tokio::test]
async fn an_address_that_never_answers_is_told() {
    let world = World::bare().await;
    world.cluster().silence = u32::MAX;
    let ran = world
        .run(&["--skip-images", "--mesh", "envoy", "--timeout", "1"])
        .await
        .ended(1);
    assert_eq!(ran.stdout, "");
    ran.said("does not answer after 1 s.")
        .said("./deploy.sh endpoint waits again");
}

/// The gateway and front are well, and the way from there to colorapp is not.
#[tokio::test]
async fn a_demo_without_colours_is_told() {
    let world = World::bare().await;
    world.cluster().colors = false;
    let ran = world
        .run(&["--skip-images", "--mesh", "envoy", "--timeout", "1"])
        .await
        .ended(1);
    assert_eq!(ran.stdout, "");
    ran.said("/ping")
        .said("front answers, but no replica of colorapp does, after 1 s.");
}

#[tokio::test]
async fn a_waypoint_that_does_not_come_is_told() {
    let world = World::ambient().await;
    world.cluster().waypoints = false;
    let ran = world
        .run(&["--skip-images", "--mesh", "istio-ambient", "--timeout", "1"])
        .await
        .ended(1);
    assert_eq!(ran.stdout, "");
    ran.said("Programmed=False")
        .said("The waypoint is not programmed after 1 s.");
}

#[tokio::test]
async fn a_mesh_that_nobody_makes_active_is_told() {
    let world = World::app_mesh().await;
    world.end_app_mesh();
    let ran = world
        .run(&[
            "--skip-images",
            "--mesh",
            "appmesh",
            "--force",
            "--timeout",
            "1",
        ])
        .await
        .ended(1);
    ran.said("The mesh outlier-demo is not active after 1 s.")
        .said("Take --mesh istio.");
}

#[tokio::test]
async fn a_webhook_that_does_not_answer_yet_is_asked_again() {
    let world = World::istio().await;
    world.cluster().webhook_failures = 2;
    world
        .deploy(&["--mesh", "istio"])
        .await
        .said("does not answer yet; asking again");
}
