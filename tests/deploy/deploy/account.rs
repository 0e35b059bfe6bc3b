//! One AWS account for several clusters: what another one uses stays.

use crate::stubs::World;

const DEPLOY: [&str; 5] = ["--mesh", "envoy", "--ecr", "--tag", "v1"];
const REPOSITORIES: [&str; 2] = ["ecr/outlier-demo/front", "ecr/outlier-demo/colorapp"];

async fn rehearsal_and_stage() -> (World, World) {
    let rehearsal = World::bare().await;
    let mut stage = World::bare().await;
    stage.share_aws(&rehearsal);
    (rehearsal, stage)
}

fn there(rehearsal: &World) -> [bool; 2] {
    REPOSITORIES.map(|name| rehearsal.has_stub(name))
}

#[tokio::test]
async fn the_repositories_that_another_cluster_made_stay() {
    let (rehearsal, stage) = rehearsal_and_stage().await;
    stage.run(&DEPLOY).await.ended(0);
    rehearsal.run(&DEPLOY).await.ended(0);
    rehearsal.run(&["cleanup", "--yes"]).await.ended(0).said(
        "the ECR repository is another cluster's, too: it stays, used by test (outlier-demo)",
    );
    assert_eq!(there(&rehearsal), [true; 2]);
    stage.run(&["cleanup", "--yes"]).await.ended(0);
    assert_eq!(there(&rehearsal), [false; 2]);
}

/// Whoever made them may go first.
#[tokio::test]
async fn the_repositories_that_another_cluster_uses_stay() {
    let (rehearsal, stage) = rehearsal_and_stage().await;
    rehearsal.run(&DEPLOY).await.ended(0);
    let said = stage.run(&DEPLOY).await.ended(0);
    said.said("outlier-demo/front is there; tagged as used here, too");
    // Once.
    let tags = || std::fs::read_to_string(rehearsal.path_of("stubs/ecr/outlier-demo/front"));
    let before = tags().unwrap();
    stage.run(&DEPLOY).await.ended(0);
    assert_eq!(tags().unwrap(), before);
    rehearsal.run(&["cleanup", "--yes"]).await.ended(0);
    assert_eq!(there(&rehearsal), [true; 2]);
    stage.run(&["cleanup", "--yes"]).await.ended(0);
    assert_eq!(there(&rehearsal), [false; 2]);
}

#[tokio::test]
async fn what_is_taken_without_building_counts_as_used() {
    let (rehearsal, stage) = rehearsal_and_stage().await;
    rehearsal.run(&DEPLOY).await.ended(0);
    stage.deploy(&DEPLOY).await;
    rehearsal.run(&["cleanup", "--yes"]).await.ended(0);
    assert_eq!(there(&rehearsal), [true; 2]);
}

#[tokio::test]
async fn what_cannot_be_tagged_as_used_is_not_used() {
    let (rehearsal, stage) = rehearsal_and_stage().await;
    rehearsal.run(&DEPLOY).await.ended(0);
    rehearsal.stub("refused", "ecr tag-resource\n");
    stage
        .run(&DEPLOY)
        .await
        .ended(1)
        .said("AWS does not note that outlier-demo/colorapp is used here, too: An error occurred")
        .said("-> Ask for the permission ecr:TagResource");
}

/// Nobody knows any more for which cluster, so it may be another's.
#[tokio::test]
async fn repositories_of_a_deploy_that_did_not_name_the_cluster_are_used_and_stay() {
    let world = World::bare().await;
    for name in REPOSITORIES {
        world.stub(name, "created-by\toutlier-demo-deploy\n");
    }
    world.run(&DEPLOY).await.ended(0);
    world
        .run(&["cleanup", "--yes"])
        .await
        .ended(0)
        .said("does not say for which cluster deploy.sh made it: it stays");
    assert_eq!(there(&world), [true; 2]);
}

#[tokio::test]
async fn repositories_made_before_there_was_a_cluster_go_with_the_last_one() {
    let (rehearsal, stage) = rehearsal_and_stage().await;
    rehearsal
        .run(&["images", "--ecr", "--tag", "v1"])
        .await
        .ended(0);
    for world in [&rehearsal, &stage] {
        world.run(&DEPLOY).await.ended(0);
    }
    rehearsal.run(&["cleanup", "--yes"]).await.ended(0);
    assert_eq!(there(&rehearsal), [true; 2]);
    stage.run(&["cleanup", "--yes"]).await.ended(0);
    assert_eq!(there(&rehearsal), [false; 2]);
}

/// Two that do not tell who they are must not be taken for one.
#[tokio::test]
async fn a_cluster_that_does_not_tell_who_it_is_removes_no_repository() {
    let mut world = World::bare().await;
    world.wrap(
        "kubectl",
        "case \"$*\" in 'get namespace kube-system'*) exit 1 ;; esac",
    );
    world.run(&DEPLOY).await.ended(0);
    world.run(&["cleanup", "--yes"]).await.ended(0);
    assert_eq!(there(&world), [true; 2]);
}

#[tokio::test]
async fn the_cloud_map_namespace_that_another_cluster_uses_stays() {
    let rehearsal = World::app_mesh().await;
    let mut stage = World::app_mesh().await;
    stage.share_aws(&rehearsal);
    let deploy = ["--mesh", "appmesh", "--vpc-id", "vpc-0123456789abcdef0"];
    rehearsal.deploy(&deploy).await;
    stage.deploy(&deploy).await;
    rehearsal
        .run(&["cleanup", "--yes"])
        .await
        .ended(0)
        .said("the Cloud Map namespace is another cluster's, too");
    assert!(rehearsal.has_stub("cloud-map/outlier-demo.pvt.aws.local"));
    stage.run(&["cleanup", "--yes"]).await.ended(0);
    assert!(!rehearsal.has_stub("cloud-map/outlier-demo.pvt.aws.local"));
}

/// What AWS refuses is told with advice, and is still on record for the next cleanup.
#[tokio::test]
async fn what_aws_does_not_remove_is_removed_by_the_next_cleanup() {
    let mut world = World::app_mesh().await;
    world.set("VPC_ID", "vpc-0123456789abcdef0");
    let args = ["--mesh", "appmesh", "--ecr", "--tag", "v1"];
    world.run(&args).await.ended(0);
    for (call, permission) in [
        (
            "servicediscovery list-namespaces",
            "servicediscovery:ListNamespaces",
        ),
        (
            "servicediscovery delete-namespace",
            "servicediscovery:DeleteNamespace",
        ),
        ("ecr describe-repositories", "ecr:DescribeRepositories"),
        ("ecr list-tags-for-resource", "ecr:ListTagsForResource"),
        ("ecr delete-repository", "ecr:DeleteRepository"),
    ] {
        world.stub("refused", &format!("{call}\n"));
        let ran = world.run(&["cleanup", "--yes"]).await.ended(1);
        ran.said("AWS does not ")
            .said("(AccessDeniedException)")
            .said(&format!(
                "or ask for the permission {permission}, and run cleanup again"
            ));
    }
    assert_eq!(there(&world), [true; 2]);
    world.stub("refused", "");
    world.run(&["cleanup", "--yes"]).await.ended(0);
    assert_eq!(there(&world), [false; 2]);
    assert_eq!(world.cluster().names_in("outlier-demo"), [""; 0]);
}

#[tokio::test]
async fn force_cleans_up_without_aws() {
    let world = World::bare().await;
    world.run(&DEPLOY).await.ended(0);
    world.stub("refused", "ecr describe-repositories\n");
    world
        .run(&["cleanup", "--yes", "--force"])
        .await
        .ended(0)
        .said("it stays, as --force says");
    assert_eq!(world.cluster().names_in("outlier-demo"), [""; 0]);
}
