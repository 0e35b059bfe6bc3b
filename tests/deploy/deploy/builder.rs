//! docker or podman: which of them builds, for what platforms, and what a registry is asked.

use serde_json::json;

use crate::harness::Ran;
use crate::stubs::{TOOLS, World};

const IMAGES: [&str; 5] = ["images", "--registry", "ghcr.io/me", "--tag", "v1"];

/// A machine with podman and without docker.
async fn podman() -> World {
    let mut world = World::bare().await;
    let others: Vec<_> = TOOLS.into_iter().filter(|tool| *tool != "docker").collect();
    world.keep_only(&others);
    world.add_podman();
    world
}

async fn preflight(world: &World, args: &[&str]) -> Ran {
    let args = [&["preflight", "--registry", "ghcr.io/me"], args].concat();
    world.run(&args).await
}

#[tokio::test]
async fn podman_is_as_good_as_docker() {
    let world = podman().await;
    let deploy = [&["--mesh", "envoy"], &IMAGES[1..]].concat();
    world.run(&deploy).await.ended(0).said("ok    podman ");
    let calls = world.calls();
    assert!(
        calls.contains("--build-arg BUILDPLATFORM=linux/"),
        "{calls}"
    );
    assert!(calls.contains(" docker://ghcr.io/me/front:v1\n"), "{calls}");
    let image = {
        let cluster = world.cluster();
        let front = cluster.find("deployments.apps", "outlier-demo", "front");
        front.unwrap()["spec"]["template"]["spec"]["containers"][0]["image"].clone()
    };
    let digest = format!("sha256:{:060}{:04}", 1, "linux/arm64".len());
    assert_eq!(image, format!("ghcr.io/me/front@{digest}"));
}

/// The digest of a list depends on its order, which one build for all leaves to chance.
#[tokio::test]
async fn podman_builds_for_one_platform_after_the_other() {
    let world = podman().await;
    world.run(&IMAGES).await.ended(0);
    let calls = world.calls();
    let platforms: Vec<_> = calls
        .lines()
        .filter(|call| call.starts_with("podman build ") && call.contains("--target front "))
        .map(|call| call.split("--platform ").nth(1).unwrap())
        .map(|rest| rest.split(' ').next().unwrap())
        .collect();
    assert_eq!(platforms, ["linux/amd64", "linux/arm64"]);
}

/// Podman asks itself first, where a push that failed has left the image.
#[tokio::test]
async fn what_podman_could_not_push_is_not_there() {
    let world = podman().await;
    world.commit();
    let run = &IMAGES[..3];
    world.stub("no-push", "");
    world.run(run).await.ended(1).said("unauthorized");
    world.run(run).await.ended(1).said("unauthorized");
    std::fs::remove_file(world.path_of("stubs/no-push")).unwrap();
    // As podman names an image that was built by hand.
    world.run(run).await.ended(0).said_nothing_of("is there");
    world.run(run).await.ended(0).said("is there");
    let calls = world.calls();
    let asked = calls.split("podman manifest inspect ").nth(1).unwrap();
    let image = asked.lines().next().unwrap();
    let list = format!("lists/{}", image.replace('/', "_"));
    world.stub(&list, "linux/amd64,linux/arm64,");
    let pushed = world.path_of("stubs/pushed");
    let text = std::fs::read_to_string(&pushed).unwrap();
    std::fs::write(&pushed, text.replace(image, "gone")).unwrap();
    world
        .run(run)
        .await
        .ended(0)
        .said("ok    colorapp           pushed");
}

/// The same commit may have been built for other nodes, by podman, too.
#[tokio::test]
async fn podman_knows_for_which_platform_an_image_is() {
    let world = podman().await;
    world.commit();
    let built_for = async |platform: &str| {
        let flags = [&IMAGES[..3], &["--platform", platform]].concat();
        let ran = world.run(&flags).await.ended(0);
        ran.stderr.contains("pushed, for")
    };
    assert!(built_for("linux/amd64").await);
    assert!(!built_for("linux/amd64").await);
    assert!(built_for("linux/arm64").await);
    assert!(built_for("linux/amd64,linux/arm64").await);
    assert!(!built_for("linux/amd64").await);
}

#[tokio::test]
async fn a_docker_that_is_not_started_is_told() {
    let mut world = World::bare().await;
    world.keep_only(&TOOLS);
    world.stub("no-docker", "");
    preflight(&world, &[])
        .await
        .ended(1)
        .said("fail  docker             does not answer: Cannot connect to docker.")
        .said("-> Start it: Docker Desktop,");
    world.run(&IMAGES).await.ended(1).said("does not answer");
    world.add_podman();
    preflight(&world, &[]).await.ended(0).said("ok    podman ");
}

#[tokio::test]
async fn a_docker_that_cannot_build_is_told() {
    let mut world = World::bare().await;
    world.keep_only(&TOOLS);
    world.stub("no-buildx", "");
    preflight(&world, &[])
        .await
        .ended(1)
        .said("has no buildx, with which the images are built.");
}

#[tokio::test]
async fn dockers_default_builder_makes_several_platforms_only_in_containerd() {
    let world = World::bare().await;
    let both = ["--platform", "linux/amd64,linux/arm64"];
    world.stub("driver", "docker");
    let sentence = "docker's default builder does not build for linux/amd64,linux/arm64 at once.";
    for ran in [preflight(&world, &both).await, world.run(&IMAGES).await] {
        ran.ended(1)
            .said(sentence)
            .said("-> Take another: docker buildx create --use");
    }
    preflight(&world, &["--platform", "linux/arm64"])
        .await
        .ended(0);
    world.stub(
        "driver-status",
        "[[driver-type io.containerd.snapshotter.v1]]",
    );
    preflight(&world, &both).await.ended(0);
}

#[tokio::test]
async fn images_that_do_not_run_on_every_node_are_refused() {
    let world = World::bare().await;
    add_node(&world, "node-2", "amd64");
    preflight(&world, &["--platform", "linux/arm64"])
        .await
        .ended(1)
        .said("there are nodes of linux/amd64, where images for linux/arm64 do not run.")
        .said("or name all: --platform linux/amd64,linux/arm64");
    preflight(&world, &["--platform", "linux/arm64,linux/amd64"])
        .await
        .ended(0);
}

#[tokio::test]
async fn nodes_that_do_not_tell_are_assumed_to_be_amd64_and_it_is_told() {
    let world = World::bare().await;
    let key = ("nodes".into(), String::new(), "node-1".into());
    world.cluster().store.remove(&key);
    let sentence = "note  platform           linux/amd64 is assumed: there is no node that tells";
    preflight(&world, &[]).await.ended(0).said(sentence);
    add_node(&world, "node-1", "arm64");
    world.cluster().forbidden = vec![("list".into(), "nodes".into())];
    preflight(&world, &[]).await.ended(0).said(sentence);
    preflight(&world, &["--platform", "linux/arm64"])
        .await
        .ended(0)
        .said_nothing_of("is assumed");
}

fn add_node(world: &World, name: &str, architecture: &str) {
    let node = json!({
        "apiVersion": "v1", "kind": "Node", "metadata": {"name": name}, "spec": {},
        "status": {"nodeInfo": {"architecture": architecture}},
    });
    let key = ("nodes".into(), String::new(), name.into());
    world.cluster().store.put(key, node);
}
