//! Images are built for the nodes, pushed once, and are what the manifests name.

use crate::stubs::World;

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
        let build =
            format!("--target {name} --platform linux/arm64 --tag ghcr.io/me/{name}:v1 --push ");
        assert!(calls.contains(&build), "{calls}");
        let digest = format!("sha256:{:060}{:04}", 1, "linux/arm64".len());
        assert_eq!(
            image_of(&world, name),
            format!("ghcr.io/me/{name}@{digest}")
        );
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
        world.calls().contains("--tag localhost:5000/ingress:v1 "),
        "{}",
        world.calls()
    );
    assert!(image_of(&world, "ingress").starts_with("localhost:5000/ingress@sha256:"));
}

/// It asks no cluster, so the nodes may be of either kind.
#[tokio::test]
async fn images_are_built_for_both_platforms_in_one() {
    let world = World::bare().await;
    let platforms = "linux/amd64,linux/arm64";
    world
        .run(&["images", "--registry", "ghcr.io/me", "--tag", "v1"])
        .await
        .ended(0);
    for name in ["colorapp", "front", "ingress", "outlier-demo"] {
        let build =
            format!("--target {name} --platform {platforms} --tag ghcr.io/me/{name}:v1 --push");
        assert!(world.calls().contains(&build), "{}", world.calls());
    }
    assert_eq!(world.cluster().requests, [""; 0]);
}

#[tokio::test]
async fn an_image_of_the_commit_is_pushed_once() {
    let world = World::bare().await;
    world.commit();
    world
        .run(&["images", "--registry", "ghcr.io/me"])
        .await
        .ended(0)
        .said("pushed, for linux/amd64,linux/arm64");
    let pushes = |world: &World| world.calls().matches("docker buildx build").count();
    assert_eq!(pushes(&world), 4);
    world
        .run(&["images", "--registry", "ghcr.io/me"])
        .await
        .ended(0)
        .said("is there");
    assert_eq!(pushes(&world), 4);
    // What is not committed is another image, also in files that git has not yet heard of.
    for (file, expected) in [("deploy.sh.txt", 8), ("new.txt", 12)] {
        std::fs::write(world.path_of(file), "changed").unwrap();
        for _ in 0..2 {
            let args = ["images", "--registry", "ghcr.io/me"];
            world.run(&args).await.ended(0);
            assert_eq!(pushes(&world), expected, "{file}");
        }
    }
    let calls = world.calls();
    let revisions: std::collections::BTreeSet<_> = calls
        .split("REVISION=")
        .skip(1)
        .map(|call| call.split(' ').next().unwrap())
        .collect();
    assert_eq!(revisions.len(), 3, "{revisions:?}");
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
    assert!(!built_for("linux/amd64").await);
    assert!(built_for("linux/arm64").await);
    assert!(built_for("linux/amd64,linux/arm64").await);
}

#[tokio::test]
async fn a_build_that_fails_stops_before_anything_runs() {
    let world = World::bare().await;
    world.stub("no-build", "");
    let ran = world
        .run(&["--mesh", "envoy", "--registry", "ghcr.io/me", "--tag", "v1"])
        .await
        .ended(1);
    ran.said("ERROR: failed to solve")
        .said("The image colorapp could not be built or pushed.");
    assert_eq!(
        world.cluster().names_in("outlier-demo"),
        [
            "configmaps/kube-root-ca.crt",
            "configmaps/outlier-demo-deploy",
            "serviceaccounts/default"
        ]
    );
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
