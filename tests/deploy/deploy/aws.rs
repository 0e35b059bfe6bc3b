//! What is AWS's: a cluster by its name, the registry, Cloud Map; and that all of it goes again.

use crate::stubs::World;

const REGISTRY: &str = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/outlier-demo";

/// As in 2020: the account in the environment, and nothing else.
#[tokio::test]
async fn an_account_in_the_environment_means_its_registry() {
    let mut world = World::bare().await;
    world.set("AWS_ACCOUNT_ID", "210987654321");
    world.set("AWS_DEFAULT_REGION", "us-west-2");
    let ran = world.run(&["preflight", "--tag", "v1"]).await.ended(0);
    ran.said("210987654321.dkr.ecr.us-west-2.amazonaws.com/outlier-demo, tag v1");
}

#[tokio::test]
async fn skip_images_in_the_environment_is_the_flag() {
    let mut world = World::bare().await;
    world.set("SKIP_IMAGES", "1");
    world
        .run(&["preflight"])
        .await
        .ended(0)
        .said("not built; taken from the nodes");
}

#[tokio::test]
async fn repositories_are_made_and_go_with_the_demo() {
    let world = World::bare().await;
    world
        .run(&["--mesh", "envoy", "--ecr", "--tag", "v1"])
        .await
        .ended(0);
    assert!(
        world
            .calls()
            .contains(&format!("--tag {REGISTRY}/front:v1 --push ")),
        "{}",
        world.calls()
    );
    assert!(world.calls().contains("docker login --username AWS --password-stdin 123456789012.dkr.ecr.eu-central-1.amazonaws.com\n"));
    assert!(world.has_stub("ecr/outlier-demo/front"));
    world
        .run(&["cleanup", "--yes"])
        .await
        .ended(0)
        .said("ECR repository removed");
    assert!(
        !world.has_stub("ecr/outlier-demo/front") && !world.has_stub("ecr/outlier-demo/colorapp")
    );
}

#[tokio::test]
async fn a_repository_of_somebody_else_stays() {
    let world = World::bare().await;
    world.stub("ecr/outlier-demo/front", "team\tshop\n");
    world
        .run(&["--mesh", "envoy", "--ecr", "--tag", "v1"])
        .await
        .ended(0);
    world
        .run(&["cleanup", "--yes"])
        .await
        .ended(0)
        .said("is not of deploy.sh: it stays");
    assert!(
        world.has_stub("ecr/outlier-demo/front") && !world.has_stub("ecr/outlier-demo/colorapp")
    );
}

#[tokio::test]
async fn a_vpc_brings_cloud_map_as_in_2020() {
    let mut world = World::app_mesh().await;
    world.set("VPC_ID", "vpc-0123456789abcdef0");
    world
        .deploy(&["--mesh", "appmesh"])
        .await
        .said("created in vpc-0123456789abcdef0");
    let discovery = |name: &str| {
        let cluster = world.cluster();
        let node = cluster
            .find("virtualnodes.appmesh.k8s.aws", "outlier-demo", name)
            .unwrap();
        node["spec"]["serviceDiscovery"].to_string()
    };
    for name in ["colorapp", "front"] {
        let expected = format!(
            r#"{{"awsCloudMap":{{"namespaceName":"outlier-demo.pvt.aws.local","serviceName":"{name}"}}}}"#
        );
        assert_eq!(discovery(name), expected);
    }
    let before = world.stored();
    world
        .deploy(&["--mesh", "appmesh"])
        .await
        .said("nothing changed");
    assert_eq!(world.stored(), before);
    assert_eq!(
        world
            .calls()
            .matches("create-private-dns-namespace")
            .count(),
        1
    );
    world
        .run(&["cleanup", "--yes"])
        .await
        .ended(0)
        .said("Cloud Map namespace removed");
    assert!(!world.has_stub("cloud-map/outlier-demo.pvt.aws.local"));
}

#[tokio::test]
async fn a_cloud_map_namespace_of_somebody_else_is_used_and_stays() {
    let mut world = World::app_mesh().await;
    world.set("CLOUDMAP_NAMESPACE", "shop.local");
    world.stub("cloud-map/shop.local", "team\tshop\n");
    world
        .deploy(&["--mesh", "appmesh", "--vpc-id", "vpc-0123456789abcdef0"])
        .await
        .said("is there");
    world
        .run(&["cleanup", "--yes"])
        .await
        .ended(0)
        .said("is not of deploy.sh: it stays");
    assert!(world.has_stub("cloud-map/shop.local"));
}

/// The user's own current context stays what it was.
#[tokio::test]
async fn a_cluster_by_its_name_has_a_kubeconfig_of_its_own() {
    let world = World::bare().await;
    let ran = world
        .run(&[
            "preflight",
            "--skip-images",
            "--cluster",
            "demo",
            "--region",
            "us-west-2",
        ])
        .await;
    ran.ended(0);
    let file = world.path_of(".deploy/kubeconfig-demo");
    let call = format!(
        "aws eks update-kubeconfig --name demo --kubeconfig {} --region us-west-2\n",
        file.display()
    );
    assert!(world.calls().contains(&call), "{}", world.calls());
}
