//! Each check that fails says so and what to do, none hides another, and nothing is touched.

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

#[tokio::test]
async fn an_app_mesh_that_is_gone_is_refused() {
    let world = World::app_mesh().await;
    world.end_app_mesh();
    let ran = refused(&world, &["--skip-images", "--mesh", "appmesh"]).await;
    ran.said("is gone: AWS ended it on 2026-09-30.")
        .said("-> Take --mesh istio (or auto), or go on regardless with --force.");
}

/// A newer AWS CLI has no such service at all, and says so in the middle of a sentence.
#[tokio::test]
async fn a_cli_that_no_longer_knows_app_mesh_says_that_it_is_gone() {
    gone_by("aws: [ERROR]: argument command: Found invalid choice 'appmesh'\n").await;
}

/// As other versions put it.
#[tokio::test]
async fn a_cli_to_which_app_mesh_is_an_invalid_choice_says_that_it_is_gone() {
    gone_by("aws: error: argument command: Invalid choice, valid choices are:\n\naccount\n").await;
}

async fn gone_by(words: &str) {
    let world = World::app_mesh().await;
    world.stub("appmesh", words);
    refused(&world, &["--skip-images", "--mesh", "appmesh"])
        .await
        .said("is gone: AWS ended it");
}

#[tokio::test]
async fn what_aws_says_besides_is_passed_on() {
    let world = World::app_mesh().await;
    world.stub(
        "appmesh",
        "An error occurred (ServiceUnavailable): come back later\n",
    );
    let ran = refused(&world, &["--skip-images", "--mesh", "appmesh"]).await;
    ran.said("does not answer; AWS says: An error occurred (ServiceUnavailable): come back later");
}

#[tokio::test]
async fn without_credentials_app_mesh_is_not_known_to_be_gone() {
    let world = World::app_mesh().await;
    world.stub(
        "appmesh",
        "Unable to locate credentials. You can configure credentials by running \"aws login\".\n",
    );
    let ran = world
        .run(&["preflight", "--skip-images", "--mesh", "appmesh"])
        .await
        .ended(0);
    ran.said("note  App Mesh           not known whether it lives");
}

#[tokio::test]
async fn force_goes_on_without_app_mesh() {
    let world = World::app_mesh().await;
    world.end_app_mesh();
    let ran = world
        .run(&["preflight", "--skip-images", "--mesh", "appmesh", "--force"])
        .await
        .ended(0);
    ran.said("Going on, as --force says");
}

/// Before v1.2.0 its manifests knew no outlierDetection.
#[tokio::test]
async fn an_old_controller_is_refused() {
    let world = World::bare().await;
    world.install(
        &["appmesh.k8s.aws"],
        "appmesh-system",
        "appmesh-controller",
        "v1.1.3",
    );
    let ran = refused(&world, &["--skip-images", "--mesh", "appmesh"]).await;
    ran.said("appmesh-system/appmesh-controller is v1.1.3; 1.2.0 or newer is needed.");
}

#[tokio::test]
async fn a_controller_that_is_not_available_is_refused() {
    let world = World::linkerd().await;
    world.cluster().pods.insert(
        "linkerd-destination".into(),
        crate::api_server::Pods::Starting,
    );
    world.cluster().settle();
    let ran = refused(&world, &["--skip-images", "--mesh", "linkerd"]).await;
    ran.said("Deployment linkerd/linkerd-destination is missing or not available.")
        .said("linkerd install --crds");
}

/// Pods come up without it, requests go through, and nobody is ever ejected.
#[tokio::test]
async fn ambient_without_its_node_proxy_is_refused() {
    let world = World::istio().await;
    let run = ["--skip-images", "--mesh", "istio-ambient"];
    let sentence = "fail  ztunnel            the DaemonSet istio-system/ztunnel is missing or on no node ready.";
    refused(&world, &run)
        .await
        .said(sentence)
        .said("-> Install it: istioctl install --set profile=ambient -y");
    world.add_ztunnel("istio-system", 0);
    refused(&world, &run).await.said(sentence);
}

#[tokio::test]
async fn the_node_proxy_need_not_be_beside_istiod() {
    let world = World::istio().await;
    world.add_ztunnel("ztunnel", 2);
    let run = ["preflight", "--skip-images", "--mesh", "istio-ambient"];
    let ran = world.run(&run).await.ended(0);
    ran.said("ok    ztunnel            ready on 2 of 3 nodes");
}

/// Somebody with one namespace to themselves sees nothing of it, and it is there all the same.
#[tokio::test]
async fn what_may_not_be_seen_is_not_called_missing() {
    let world = World::ambient().await;
    world.cluster().closed = vec!["istio-system".into()];
    let run = ["preflight", "--skip-images", "--mesh", "istio-ambient"];
    let ran = world.run(&run).await.ended(0);
    ran.said("note  istio-ambient      not known whether istio-system/istiod is available: you may not look there")
        .said("note  ztunnel            not known whether it runs on the nodes: you may not look there");
}

#[tokio::test]
async fn who_may_not_make_a_namespace_is_told_whom_to_ask() {
    let world = World::bare().await;
    world.cluster().forbidden = vec![
        ("create".into(), "namespaces".into()),
        ("patch".into(), "namespaces".into()),
    ];
    let ran = refused(&world, &["--skip-images", "--mesh", "envoy"]).await;
    ran.said("you may not create namespaces in outlier-demo.")
        .said("-> Ask the administrator of the cluster for the namespace: kubectl create namespace outlier-demo");
    world.cluster().add_namespace("outlier-demo");
    world.deploy(&["--mesh", "envoy"]).await;
}

#[tokio::test]
async fn what_one_may_not_do_is_told() {
    let world = World::bare().await;
    world.cluster().forbidden = vec![
        ("create".into(), "deployments.apps".into()),
        ("list".into(), "pods".into()),
    ];
    let ran = refused(&world, &["--skip-images", "--mesh", "envoy"]).await;
    ran.said("you may not create deployments.apps in outlier-demo.")
        .said("you may not list pods in outlier-demo.")
        .said("-> Ask the administrator of the cluster")
        .said("2 checks failed");
}

#[tokio::test]
async fn what_somebody_else_made_is_not_overwritten() {
    let world = World::bare().await;
    foreign_service(&world);
    let ran = refused(&world, &["--skip-images", "--mesh", "envoy"]).await;
    ran.said("fail  Service/front      exists, and deploy.sh did not make it.")
        .said("-> Take another --namespace");
}

/// kubectl shows one object alone without a list around it, and the namespace of a mesh need not be there.
#[tokio::test]
async fn one_object_of_somebody_else_is_found_too() {
    let world = World::app_mesh().await;
    let key = (
        "meshes.appmesh.k8s.aws".into(),
        String::new(),
        "outlier-demo".into(),
    );
    let mesh = json!({"apiVersion": "appmesh.k8s.aws/v1beta2", "kind": "Mesh", "metadata": {"name": "outlier-demo"}, "spec": {}});
    world.cluster().store.put(key, mesh);
    let ran = refused(&world, &["--skip-images", "--mesh", "appmesh"]).await;
    ran.said("fail  Mesh/outlier-demo  exists, and deploy.sh did not make it.");
}

#[tokio::test]
async fn what_is_there_must_be_told() {
    let world = World::bare().await;
    world.cluster().add_namespace("outlier-demo");
    world.cluster().forbidden = vec![("get".into(), "services".into())];
    let ran = refused(&world, &["--skip-images", "--mesh", "envoy"]).await;
    ran.said("fail  objects            the cluster does not tell what is there: ")
        .said("cannot get resource \"services\"");
}

#[tokio::test]
async fn force_takes_over_what_somebody_else_made() {
    let world = World::bare().await;
    foreign_service(&world);
    let ran = world
        .run(&["preflight", "--skip-images", "--mesh", "envoy", "--force"])
        .await
        .ended(0);
    ran.said("will be taken over, as --force says");
}

fn foreign_service(world: &World) {
    let mut cluster = world.cluster();
    cluster.add_namespace("outlier-demo");
    let key = ("services".into(), "outlier-demo".into(), "front".into());
    let service = json!({"apiVersion": "v1", "kind": "Service", "metadata": {"namespace": "outlier-demo", "name": "front"}, "spec": {}});
    cluster.store.put(key, service);
}
