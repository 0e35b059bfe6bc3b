//! The mesh that is asked for must be there, alive, and new enough.

use super::refused;
use crate::api_server::Pods;
use crate::stubs::World;

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
    world
        .cluster()
        .pods
        .insert("linkerd-destination".into(), Pods::Starting);
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
