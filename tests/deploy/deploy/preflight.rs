//! Each check that fails says so and what to do, none hides another, and nothing is touched.

mod mesh;
mod namespace;

use serde_json::json;

use crate::harness::Ran;
use crate::stubs::{TOOLS, World};

/// Deploys, which must end with the checks and leave the cluster as it was.
async fn refused(world: &World, args: &[&str]) -> Ran {
    let before = world.stored();
    let ran = world.run(args).await.ended(1);
    assert_eq!(ran.stdout, "");
    assert_eq!(world.stored(), before);
    ran
}

async fn without(tool: &str, args: &[&str]) -> Ran {
    let mut world = World::bare().await;
    world.keep_only(
        &TOOLS
            .into_iter()
            .filter(|kept| *kept != tool)
            .collect::<Vec<_>>(),
    );
    refused(&world, args).await
}

#[tokio::test]
async fn without_kubectl_nothing_can_be_done() {
    without("kubectl", &["deploy"])
        .await
        .said("kubectl is missing.")
        .said("https://kubernetes.io/docs/tasks/tools/");
}

#[tokio::test]
async fn curl_must_be_there() {
    without("curl", &["--skip-images"])
        .await
        .said("fail  curl ")
        .said("-> Install it with the package manager.");
}

#[tokio::test]
async fn docker_must_be_there_when_images_are_built() {
    let ran = without("docker", &["--registry", "ghcr.io/me"]).await;
    ran.said("neither docker nor podman is there.")
        .said("take --skip-images");
}

#[tokio::test]
async fn docker_is_not_needed_when_no_images_are_built() {
    let mut world = World::bare().await;
    world.keep_only(
        &TOOLS
            .into_iter()
            .filter(|kept| !["docker", "aws"].contains(kept))
            .collect::<Vec<_>>(),
    );
    world.run(&["preflight", "--skip-images"]).await.ended(0);
}

#[tokio::test]
async fn aws_must_be_there_for_ecr() {
    without("aws", &["--ecr"])
        .await
        .said("fail  aws ")
        .said("-> Install the AWS CLI")
        .said("the ECR registry is not known");
}

#[tokio::test]
async fn the_cluster_must_answer() {
    let world = World::bare().await;
    world.stub("kubeconfig", "{apiVersion: v1, kind: Config, current-context: x, clusters: [{name: x, cluster: {server: 'http://127.0.0.1:1'}}], contexts: [{name: x, context: {cluster: x}}]}");
    let ran = refused(&world, &["--skip-images"]).await;
    ran.said("fail  cluster            does not answer:")
        .said("connection")
        .said("kubectl config use-context");
}

/// Common on real clusters, and no reason not to deploy.
#[tokio::test]
async fn a_part_of_the_api_may_be_down() {
    let world = World::bare().await;
    world.cluster().metrics_down = true;
    world.cluster().forbidden = vec![("create".into(), "secrets".into())];
    let ran = world.run(&["preflight", "--skip-images"]).await.ended(0);
    ran.said("the cluster serves all that the manifests use")
        .said("create and patch of every kind");
}

#[tokio::test]
async fn a_cluster_without_sidecars_that_end_well_is_refused() {
    let world = World::bare().await;
    world.cluster().version = "v1.29.14-eks-1";
    let ran = refused(&world, &["--skip-images"]).await;
    ran.said(
        "fail  envoy              Kubernetes v1.29.14-eks-1 has no native sidecars that end well.",
    )
    .said("1.30 or newer");
}

/// The proxies of a mesh that is installed are its own business.
#[tokio::test]
async fn an_older_cluster_will_do_with_a_mesh_of_its_own() {
    let world = World::linkerd().await;
    world.cluster().version = "v1.29.14-eks-1";
    let ran = world.run(&["preflight", "--skip-images"]).await.ended(0);
    ran.said("Kubernetes v1.29.14-eks-1");
}

#[tokio::test]
async fn an_old_kubectl_is_refused() {
    let mut world = World::bare().await;
    world.wrap(
        "kubectl",
        "case \"$*\" in 'version --client'*) echo '  gitVersion: v1.30.9' && exit ;; esac",
    );
    let ran = refused(&world, &["--skip-images"]).await;
    ran.said("fail  kubectl            version v1.30.9 is too old.")
        .said("-> Install 1.31 or newer");
}

/// What gives the address on EKS; other clusters have other means, so it is no failure.
#[tokio::test]
async fn a_missing_load_balancer_controller_is_told_on_aws() {
    let world = World::bare().await;
    let key = ("nodes".into(), String::new(), "node-1".into());
    let mut node = world.cluster().store.get(&key).cloned().unwrap();
    node["spec"]["providerID"] = json!("aws:///eu-central-1a/i-0123456789abcdef0");
    world.cluster().store.put(key, node);
    let ran = world.run(&["preflight", "--skip-images"]).await.ended(0);
    ran.said("note  load balancer      no AWS Load Balancer Controller in kube-system");
    world.install(
        &[],
        "kube-system",
        "aws-load-balancer-controller",
        "v2.14.1",
    );
    let ran = world.run(&["preflight", "--skip-images"]).await.ended(0);
    ran.said("ok    load balancer      kube-system/aws-load-balancer-controller is available");
}

#[tokio::test]
async fn it_must_be_said_where_images_go() {
    let ran = refused(&World::bare().await, &[]).await;
    ran.said("it is not known where they go.")
        .said("-> Say --registry HOST/PATH or --ecr, or --skip-images");
}

#[tokio::test]
async fn ecr_needs_an_account() {
    let world = World::bare().await;
    world.stub("nobody", "");
    refused(&world, &["--ecr"])
        .await
        .said("the ECR registry is not known")
        .said("aws sts get-caller-identity");
}

#[tokio::test]
async fn all_that_is_wrong_is_told_at_once() {
    let ran = refused(&World::bare().await, &["--mesh", "istio"]).await;
    ran.said("it is not known where they go.")
        .said("Deployment istio-system/istiod is missing or not available.")
        .said("-> Install it: istioctl install")
        .said("the cluster has no kind Gateway in gateway.networking.k8s.io/v1.")
        .said("-> Install the Gateway API: kubectl apply --server-side -f")
        .said("the cluster has no kind DestinationRule in networking.istio.io/v1.")
        .said("5 checks failed; nothing was changed.");
}
