//! One AWS account for several clusters: what another one uses stays.

use crate::harness::Ran;
use crate::stubs::World;

const DEPLOY: [&str; 5] = ["--mesh", "envoy", "--ecr", "--tag", "v1"];
/// Of the image that is built first.
const REPOSITORY: &str = "ecr/outlier-demo/colorapp";

async fn rehearsal_and_stage() -> (World, World) {
    let rehearsal = World::bare().await;
    let mut stage = World::bare().await;
    stage.share_aws(&rehearsal);
    rehearsal.stub("no-build", "");
    (rehearsal, stage)
}

/// Deploys up to the first build: by then a repository is made, or found and tagged.
async fn begin(world: &World) -> Ran {
    let ran = world.run(&DEPLOY).await.ended(1);
    ran.said("ERROR: failed to solve")
}

async fn clean_up(world: &World) -> Ran {
    world.run(&["cleanup", "--yes"]).await.ended(0)
}

#[tokio::test]
async fn a_repository_that_another_cluster_made_stays() {
    let (rehearsal, stage) = rehearsal_and_stage().await;
    begin(&stage).await;
    begin(&rehearsal).await;
    clean_up(&rehearsal).await.said(
        "the ECR repository is another cluster's, too: it stays, used by test (outlier-demo)",
    );
    assert!(rehearsal.has_stub(REPOSITORY));
    clean_up(&stage).await.said("ECR repository removed");
    assert!(!rehearsal.has_stub(REPOSITORY));
}

/// Whoever made it may go first.
#[tokio::test]
async fn a_repository_that_another_cluster_uses_stays() {
    let (rehearsal, stage) = rehearsal_and_stage().await;
    begin(&rehearsal).await;
    let sentence = "outlier-demo/colorapp is there; tagged as used here, too";
    begin(&stage).await.said(sentence);
    begin(&stage).await.said_nothing_of(sentence);
    clean_up(&rehearsal).await;
    assert!(rehearsal.has_stub(REPOSITORY));
    clean_up(&stage).await;
    assert!(!rehearsal.has_stub(REPOSITORY));
}

/// Stage's cleanup knows of it, but has never used it.
#[tokio::test]
async fn a_repository_of_another_cluster_alone_stays() {
    let (rehearsal, stage) = rehearsal_and_stage().await;
    stage.run(&DEPLOY).await.ended(1);
    let file = rehearsal.path_of("stubs").join(REPOSITORY);
    std::fs::remove_file(&file).unwrap();
    begin(&rehearsal).await;
    clean_up(&stage)
        .await
        .said("the ECR repository is another cluster's: it stays, used by test (outlier-demo)");
    assert!(rehearsal.has_stub(REPOSITORY));
}

#[tokio::test]
async fn what_is_taken_without_building_counts_as_used() {
    let (rehearsal, stage) = rehearsal_and_stage().await;
    begin(&rehearsal).await;
    stage.deploy(&DEPLOY).await;
    clean_up(&rehearsal).await;
    assert!(rehearsal.has_stub(REPOSITORY));
}

#[tokio::test]
async fn what_cannot_be_tagged_as_used_is_not_used() {
    let (rehearsal, stage) = rehearsal_and_stage().await;
    begin(&rehearsal).await;
    rehearsal.stub("refused", "ecr tag-resource\n");
    stage
        .run(&DEPLOY)
        .await
        .ended(1)
        .said("AWS does not note that outlier-demo/colorapp is used here, too: An error occurred")
        .said("-> Ask for the permission ecr:TagResource")
        .said_nothing_of("failed to solve");
}

/// Nobody knows any more for which cluster, so it may be another's.
#[tokio::test]
async fn a_repository_of_a_deploy_that_did_not_name_the_cluster_is_used_and_stays() {
    let (rehearsal, _) = rehearsal_and_stage().await;
    rehearsal.stub(REPOSITORY, "created-by\toutlier-demo-deploy\n");
    begin(&rehearsal).await;
    clean_up(&rehearsal)
        .await
        .said("does not say for which cluster deploy.sh made it: it stays");
    assert!(rehearsal.has_stub(REPOSITORY));
}

/// The command images knows no cluster.
#[tokio::test]
async fn a_repository_that_was_made_for_no_cluster_goes_with_the_last_one() {
    let (rehearsal, stage) = rehearsal_and_stage().await;
    let args = ["images", "--ecr", "--tag", "v1"];
    rehearsal.run(&args).await.ended(1);
    assert!(rehearsal.has_stub(REPOSITORY));
    begin(&rehearsal).await;
    begin(&stage).await;
    clean_up(&rehearsal).await;
    assert!(rehearsal.has_stub(REPOSITORY));
    clean_up(&stage).await;
    assert!(!rehearsal.has_stub(REPOSITORY));
}

/// Two that do not tell who they are must not be taken for one.
#[tokio::test]
async fn a_cluster_that_does_not_tell_who_it_is_removes_no_repository() {
    let (mut rehearsal, _) = rehearsal_and_stage().await;
    rehearsal.wrap(
        "kubectl",
        "case \"$*\" in 'get namespace kube-system'*) exit 1 ;; esac",
    );
    begin(&rehearsal).await;
    clean_up(&rehearsal).await;
    assert!(rehearsal.has_stub(REPOSITORY));
}

#[tokio::test]
async fn a_cloud_map_namespace_that_another_cluster_uses_stays() {
    let rehearsal = World::app_mesh().await;
    let mut stage = World::app_mesh().await;
    stage.share_aws(&rehearsal);
    let deploy = ["--mesh", "appmesh", "--vpc-id", "vpc-0123456789abcdef0"];
    rehearsal.deploy(&deploy).await;
    stage.deploy(&deploy).await;
    clean_up(&rehearsal)
        .await
        .said("the Cloud Map namespace is another cluster's, too");
    assert!(rehearsal.has_stub("cloud-map/outlier-demo.pvt.aws.local"));
    clean_up(&stage).await;
    assert!(!rehearsal.has_stub("cloud-map/outlier-demo.pvt.aws.local"));
}

/// What AWS refuses is told with advice, and is still on record for the next cleanup.
#[tokio::test]
async fn what_aws_does_not_remove_is_removed_by_the_next_cleanup() {
    let mut world = World::app_mesh().await;
    world.set("VPC_ID", "vpc-0123456789abcdef0");
    let args = ["--mesh", "appmesh", "--ecr", "--tag", "v1"];
    world.run(&args).await.ended(0);
    for refused in [
        "servicediscovery list-namespaces",
        "servicediscovery delete-namespace",
        "ecr describe-repositories",
        "ecr list-tags-for-resource",
        "ecr delete-repository",
    ] {
        world.stub("refused", &format!("{refused}\n"));
        let ran = world.run(&["cleanup", "--yes"]).await.ended(1);
        let (service, _) = refused.split_once(' ').unwrap();
        ran.said("AWS does not ")
            .said("(AccessDeniedException)")
            .said(&format!("or ask for the permission {service}:"))
            .said("and run cleanup again");
    }
    assert!(world.has_stub(REPOSITORY));
    world.stub("refused", "");
    clean_up(&world).await;
    assert!(!world.has_stub(REPOSITORY));
    assert_eq!(world.cluster().names_in("outlier-demo"), [""; 0]);
}

#[tokio::test]
async fn force_cleans_up_without_aws() {
    let (rehearsal, _) = rehearsal_and_stage().await;
    begin(&rehearsal).await;
    rehearsal.stub("refused", "ecr describe-repositories\n");
    let args = ["cleanup", "--yes", "--force"];
    let ran = rehearsal.run(&args).await.ended(0);
    ran.said("it stays, as --force says");
    assert_eq!(rehearsal.cluster().names_in("outlier-demo"), [""; 0]);
}
