//! render, status, endpoint and verify.

use crate::stubs::World;

#[tokio::test]
async fn render_prints_what_deploy_applies_and_asks_no_cluster() {
    let world = World::bare().await;
    let args = [
        "render",
        "--mesh",
        "istio",
        "--registry",
        "ghcr.io/me",
        "--tag",
        "v1",
        "--namespace",
        "stage",
    ];
    let ran = world.run(&args).await.ended(0);
    assert!(
        ran.stdout.starts_with("apiVersion: v1\nkind: Namespace\n"),
        "{}",
        ran.stdout
    );
    for line in [
        "image: ghcr.io/me/front:v1",
        "host: colorapp.stage.svc.cluster.local",
        "name: stage",
    ] {
        assert!(
            ran.stdout.contains(line),
            "{line} is not in\n{}",
            ran.stdout
        );
    }
    assert_eq!(ran.stderr, "");
    // Some builds of kubectl ask for the version before whatever they do.
    world
        .cluster()
        .requests
        .retain(|request| !request.starts_with("GET /version"));
    assert_eq!(world.cluster().requests, [""; 0]);
}

#[tokio::test]
async fn status_shows_what_is_there() {
    let world = World::linkerd().await;
    world.deploy(&["--mesh", "linkerd"]).await;
    let status = world.run(&["status"]).await.ended(0).stdout;
    for line in [
        "deployment.apps/colorapp ",
        "service/ingress ",
        "mesh      linkerd\n",
        "endpoint  http://ingress-outlier-demo.elb.eu-central-1.amazonaws.com\n",
    ] {
        assert!(status.contains(line), "{line} is not in\n{status}");
    }
}

#[tokio::test]
async fn endpoint_knows_the_mesh_that_was_deployed() {
    let world = World::istio().await;
    world.deploy(&["--mesh", "istio"]).await;
    let ran = world.run(&["endpoint"]).await.ended(0);
    assert_eq!(
        ran.stdout,
        "GW_ENDPOINT=http://ingress-outlier-demo.elb.eu-central-1.amazonaws.com\n"
    );
}

#[tokio::test]
async fn without_a_demo_there_is_nothing_to_tell() {
    let world = World::bare().await;
    for command in ["status", "endpoint", "verify"] {
        let ran = world.run(&[command, "--namespace", "stage"]).await.ended(1);
        ran.said("The demo is not in namespace stage.")
            .said("Put it there with ./deploy.sh");
    }
}

#[tokio::test]
async fn verify_asks_the_demo_with_the_meshs_profile() {
    let mut world = World::ambient().await;
    for (mesh, profile) in [("istio-ambient", "istio"), ("envoy", "envoy")] {
        world.deploy(&["--mesh", mesh]).await;
        let ran = world.run(&["verify", "--", "--json"]).await.ended(0);
        let address = "ingress-outlier-demo.elb.eu-central-1.amazonaws.com";
        assert_eq!(
            ran.stdout,
            format!("verify --gateway http://{address} --profile {profile} --json\n")
        );
    }
    world.set("VERDICT", "1");
    world.run(&["verify"]).await.ended(1);
}
