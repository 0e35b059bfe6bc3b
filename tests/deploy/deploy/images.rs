//! Images are built for the nodes, pushed once, and are what the manifests name.

use crate::stubs::{TOOLS, World};

fn image_of(world: &World, deployment: &str) -> String {
    let cluster = world.cluster();
    let found = cluster
        .find("deployments.apps", "outlier-demo", deployment)
        .unwrap();
    found["spec"]["template"]["spec"]["containers"][0]["image"]
        .as_str()
        .unwrap()
        .to_owned()
}

#[tokio::test]
async fn images_go_to_the_registry_for_the_nodes_platform() {
    let world = World::linkerd().await;
    world
        .run(&["--registry", "ghcr.io/me", "--tag", "v1"])
        .await
        .ended(0);
    let calls = world.calls();
    for name in ["colorapp", "front"] {
        let build = format!("--target {name} --platform linux/arm64 --tag ghcr.io/me/{name}:v1 ");
        assert!(calls.contains(&build), "{calls}");
        assert!(
            calls.contains(&format!("docker push ghcr.io/me/{name}:v1\n")),
            "{calls}"
        );
        assert_eq!(image_of(&world, name), format!("ghcr.io/me/{name}:v1"));
    }
    // Nothing in these manifests uses it.
    assert!(!calls.contains("--target ingress"), "{calls}");
    assert!(!calls.contains("aws"), "{calls}");
}

#[tokio::test]
async fn the_data_planes_image_is_built_where_it_is_used() {
    let world = World::bare().await;
    world
        .run(&[
            "--mesh",
            "ingress",
            "--registry",
            "localhost:5000/",
            "--tag",
            "v1",
        ])
        .await
        .ended(0);
    assert!(
        world
            .calls()
            .contains("docker push localhost:5000/ingress:v1\n"),
        "{}",
        world.calls()
    );
    assert_eq!(image_of(&world, "ingress"), "localhost:5000/ingress:v1");
}

#[tokio::test]
async fn several_platforms_are_built_in_one() {
    let world = World::bare().await;
    let platforms = "linux/amd64,linux/arm64";
    world
        .run(&[
            "images",
            "--registry",
            "ghcr.io/me",
            "--tag",
            "v1",
            "--platform",
            platforms,
        ])
        .await
        .ended(0);
    for name in ["colorapp", "front", "ingress", "outlier-demo"] {
        let build =
            format!("--target {name} --platform {platforms} --tag ghcr.io/me/{name}:v1 --push");
        assert!(world.calls().contains(&build), "{}", world.calls());
    }
}

#[tokio::test]
async fn podman_is_as_good_as_docker() {
    let mut world = World::bare().await;
    world.keep_only(
        &TOOLS
            .into_iter()
            .filter(|tool| *tool != "docker")
            .collect::<Vec<_>>(),
    );
    world.add_podman();
    let run = ["images", "--registry", "ghcr.io/me", "--tag", "v1"];
    world.run(&run).await.ended(0);
    let calls = world.calls();
    assert!(
        calls.contains("podman push ghcr.io/me/front:v1\n"),
        "{calls}"
    );
    assert!(
        calls.contains("--build-arg BUILDPLATFORM=linux/"),
        "{calls}"
    );
    world
        .run(&[&run[..], &["--platform", "linux/amd64,linux/arm64"]].concat())
        .await
        .ended(0);
    let push = "podman manifest push --all ghcr.io/me/front:v1 docker://ghcr.io/me/front:v1\n";
    assert!(world.calls().contains(push), "{}", world.calls());
}

#[tokio::test]
async fn an_image_of_the_commit_is_pushed_once() {
    let world = World::bare().await;
    world.commit();
    world
        .run(&["images", "--registry", "ghcr.io/me"])
        .await
        .ended(0)
        .said("pushed, for linux/amd64");
    let pushes = |world: &World| world.calls().matches("docker push").count();
    assert_eq!(pushes(&world), 4);
    world
        .run(&["images", "--registry", "ghcr.io/me"])
        .await
        .ended(0)
        .said("is there");
    assert_eq!(pushes(&world), 4);
    // What is not committed is another image.
    std::fs::write(world.path_of("deploy.sh.txt"), "changed").unwrap();
    world
        .run(&["images", "--registry", "ghcr.io/me"])
        .await
        .ended(0);
    assert_eq!(pushes(&world), 8);
}

/// A commit may have been built for other nodes.
#[tokio::test]
async fn an_image_for_another_platform_is_not_the_same() {
    let world = World::bare().await;
    world.commit();
    let built_for = async |platform: &str| {
        let flags = ["images", "--registry", "ghcr.io/me", "--platform", platform];
        let ran = world.run(&flags).await.ended(0);
        ran.stderr.contains("pushed, for")
    };
    assert!(built_for("linux/amd64").await);
    world.stub(
        "architectures",
        r#"{"platform": {"architecture": "amd64", "os": "linux"}}"#,
    );
    assert!(!built_for("linux/amd64").await);
    assert!(built_for("linux/arm64").await);
    assert!(built_for("linux/amd64,linux/arm64").await);
}

#[tokio::test]
async fn a_build_that_fails_stops_before_the_cluster_is_touched() {
    let world = World::bare().await;
    world.stub("no-build", "");
    let before = world.stored();
    let ran = world
        .run(&["--mesh", "envoy", "--registry", "ghcr.io/me", "--tag", "v1"])
        .await
        .ended(1);
    ran.said("ERROR: failed to solve")
        .said("The image colorapp could not be built or pushed.");
    assert_eq!(world.stored(), before);
}

#[tokio::test]
async fn images_need_a_registry() {
    let ran = World::bare().await.run(&["images"]).await.ended(1);
    ran.said("It is not known where the images go.")
        .said("--registry HOST/PATH or --ecr");
}

/// The original's variable, for accounts that mirror Envoy's image.
#[tokio::test]
async fn another_envoy_can_be_named() {
    let mut world = World::bare().await;
    world.set("ENVOY_IMAGE", "mirror.example:5000/envoy:v1.39.0");
    world.deploy(&["--mesh", "envoy"]).await;
    assert_eq!(
        image_of(&world, "ingress"),
        "mirror.example:5000/envoy:v1.39.0"
    );
    assert_eq!(image_of(&world, "front"), "front:latest");
}
