//! What is on record: the registry of an earlier run, and that images are deployed as what they are.

use crate::stubs::World;

const ECR: &str = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/outlier-demo";

fn image(world: &World) -> String {
    let cluster = world.cluster();
    let front = cluster.find("deployments.apps", "outlier-demo", "front");
    let container = &front.unwrap()["spec"]["template"]["spec"]["containers"][0];
    container["image"].as_str().unwrap().to_owned()
}

fn on_record(world: &World, name: &str) -> String {
    let cluster = world.cluster();
    let record = cluster.find("configmaps", "outlier-demo", "outlier-demo-deploy");
    record.unwrap()["data"][name].as_str().unwrap().to_owned()
}

/// A tag that is pushed anew says nothing to a node that has it; a digest does.
#[tokio::test]
async fn what_is_pushed_anew_under_the_same_tag_reaches_the_pods() {
    let world = World::bare().await;
    let args = [
        "--mesh",
        "envoy",
        "--registry",
        "ghcr.io/me",
        "--tag",
        "dev",
    ];
    world.run(&args).await.ended(0);
    let (before, first) = (world.stored(), image(&world));
    world.run(&args).await.ended(0).said("nothing changed");
    assert_eq!(world.stored(), before);
    world.stub("source", "2");
    let ran = world.run(&args).await.ended(0);
    ran.said("configured         deployment.apps/front");
    assert_ne!(image(&world), first);
    assert!(first.starts_with("ghcr.io/me/front@sha256:"), "{first}");
}

#[tokio::test]
async fn a_push_that_tells_no_digest_is_told() {
    let world = World::bare().await;
    world.stub("no-digest", "");
    let args = [
        "--mesh",
        "envoy",
        "--registry",
        "ghcr.io/me",
        "--tag",
        "dev",
    ];
    let ran = world.run(&args).await.ended(0);
    ran.said("docker tells no digest: nodes that have an image of that tag keep it");
    assert_eq!(image(&world), "ghcr.io/me/front:dev");
}

/// `CONTROL_TOKEN=... ./deploy.sh`, as the README has it, after a first run with --ecr.
#[tokio::test]
async fn another_run_goes_on_with_the_registry_on_record() {
    let world = World::bare().await;
    world.commit();
    world.run(&["--mesh", "envoy", "--ecr"]).await.ended(0);
    let (before, made) = (world.stored(), builds(&world));
    let ran = world.run(&["--mesh", "envoy"]).await.ended(0);
    ran.said("ok    aws ")
        .said("ok    front              is there")
        .said("nothing changed");
    assert_eq!((world.stored(), builds(&world)), (before, made));
    // What is said wins.
    let args = ["--mesh", "envoy", "--registry", "ghcr.io/me", "--tag", "v1"];
    world.run(&args).await.ended(0);
    assert!(image(&world).starts_with("ghcr.io/me/front@"));
}

fn builds(world: &World) -> usize {
    world.calls().matches("docker buildx build").count()
}

#[tokio::test]
async fn skip_images_keeps_what_is_deployed() {
    let world = World::bare().await;
    world
        .run(&["--mesh", "envoy", "--ecr", "--tag", "v1"])
        .await
        .ended(0);
    let before = world.stored();
    world
        .deploy(&["--mesh", "envoy"])
        .await
        .said(&format!("not built; taken from {ECR}, tag v1"))
        .said("nothing changed");
    assert_eq!(world.stored(), before);
    world.deploy(&["--mesh", "envoy", "--tag", "v2"]).await;
    assert_eq!(image(&world), format!("{ECR}/front:v2"));
}

/// As an earlier deploy.sh left it.
#[tokio::test]
async fn skip_images_keeps_what_is_deployed_with_a_record_without_a_tag() {
    let world = World::bare().await;
    world
        .deploy(&["--mesh", "envoy", "--registry", ECR, "--tag", "v1"])
        .await;
    let key = (
        "configmaps".into(),
        "outlier-demo".into(),
        "outlier-demo-deploy".into(),
    );
    let mut record = world.cluster().store.get(&key).cloned().unwrap();
    for newer in ["tag", "images", "ecr"] {
        record["data"].as_object_mut().unwrap().shift_remove(newer);
    }
    world.cluster().store.put(key, record);
    world.deploy(&["--mesh", "envoy"]).await;
    assert_eq!(image(&world), format!("{ECR}/front:v1"));
    assert_eq!(on_record(&world, "ecr"), ECR);
}

/// Its repositories would be forgotten, and never go.
#[tokio::test]
async fn an_earlier_registry_stays_on_record_until_cleanup() {
    let world = World::bare().await;
    world.commit();
    world.run(&["--mesh", "envoy", "--ecr"]).await.ended(0);
    world
        .run(&["--mesh", "envoy", "--registry", "ghcr.io/me"])
        .await
        .ended(0);
    assert_eq!(on_record(&world, "registry"), "ghcr.io/me");
    assert_eq!(on_record(&world, "ecr"), ECR);
    world
        .run(&["cleanup", "--yes"])
        .await
        .ended(0)
        .said("ECR repository removed");
    assert!(!world.has_stub("ecr/outlier-demo/front"));
}

#[tokio::test]
async fn an_earlier_cloud_map_namespace_stays_on_record_until_cleanup() {
    let mut world = World::app_mesh().await;
    world.set("VPC_ID", "vpc-0123456789abcdef0");
    world.deploy(&["--mesh", "appmesh"]).await;
    world.set("CLOUDMAP_NAMESPACE", "demo.local");
    world.deploy(&["--mesh", "appmesh"]).await;
    world.set("VPC_ID", "");
    world.deploy(&["--mesh", "appmesh"]).await;
    assert_eq!(
        on_record(&world, "cloudMap"),
        "outlier-demo.pvt.aws.local demo.local"
    );
    world.run(&["cleanup", "--yes"]).await.ended(0);
    for name in ["outlier-demo.pvt.aws.local", "demo.local"] {
        assert!(!world.has_stub(&format!("cloud-map/{name}")), "{name}");
    }
}

/// China has a domain of its own.
#[tokio::test]
async fn ecr_in_china_has_its_own_domain() {
    let world = World::bare().await;
    let args = [
        "preflight",
        "--ecr",
        "--region",
        "cn-north-1",
        "--tag",
        "v1",
    ];
    let registry = "123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn/outlier-demo";
    world.run(&args).await.ended(0).said(registry);
}
