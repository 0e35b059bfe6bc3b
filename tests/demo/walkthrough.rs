//! The scenes with this suite's own data plane in the mesh's place.

use crate::harness::{Demo, Mesh};
use crate::scenes;

#[tokio::test]
async fn healthy_hosts_share_evenly() {
    scenes::healthy_hosts_share_evenly(Mesh::Ingress).await;
}

#[tokio::test]
async fn one_faulty_host_costs_five_errors_and_then_none() {
    scenes::one_faulty_host_costs_five_errors_and_then_none(Mesh::Ingress).await;
}

#[tokio::test]
async fn a_host_still_faulty_costs_five_errors_again_and_stays_away_longer() {
    scenes::a_host_still_faulty_costs_five_errors_again_and_stays_away_longer(Mesh::Ingress).await;
}

#[tokio::test]
async fn two_faulty_hosts_settle_at_no_errors() {
    scenes::two_faulty_hosts_settle_at_no_errors(Mesh::Ingress).await;
}

#[tokio::test]
async fn with_three_and_more_faulty_hosts_all_are_used_again() {
    scenes::with_three_and_more_faulty_hosts_all_are_used_again(Mesh::Ingress).await;
}

#[tokio::test]
async fn an_ejected_host_recovers_at_once_and_serves_after_its_time() {
    scenes::an_ejected_host_recovers_at_once_and_serves_after_its_time(Mesh::Ingress).await;
}

#[tokio::test]
async fn the_whole_walk_at_the_real_pace() {
    scenes::the_whole_walk_at_the_real_pace(Mesh::Ingress).await;
}

#[tokio::test]
async fn an_unknown_host_is_refused_with_those_that_are_known() {
    let demo = Demo::start(&["--replicas", "2"]);
    let response = demo.ask("/fault?host=nobody").await;
    assert_eq!(response.status(), 404);
    let sentence = response.text().await.unwrap();
    for replica in demo.colorapps() {
        let uid = replica["uid"].as_str().unwrap();
        assert!(sentence.contains(uid), "{sentence}");
    }
}
