//! What is killed comes back, as in Kubernetes.

use std::time::Instant;

use reqwest::Response;
use serde_json::Value;

use crate::harness::{Demo, PATIENCE, client};
use crate::process::{all_end, children_of, kill};

#[tokio::test]
async fn a_killed_replica_comes_back_as_itself() {
    let demo = Demo::start(&[]);
    let before = demo.json("/hosts").await;
    let replica = demo.colorapps()[0].clone();
    kill_replica(&replica);

    let url = format!("http://{}/ping", replica["address"].as_str().unwrap());
    let response = answered(&url).await;
    let uid = replica["uid"].as_str().unwrap();
    assert_eq!(response.headers()["HostUID"], uid);

    let all_reachable = |hosts: &Value| {
        let mut hosts = hosts["hosts"].as_array().unwrap().iter();
        hosts.all(|host| host["reachable"] == true)
    };
    let after = demo.hosts_until(all_reachable).await;
    assert_eq!(places(&after), places(&before));
}

/// What the mesh's retries do not cover is what was on its way at that moment.
#[tokio::test]
async fn a_replica_killed_under_load_costs_next_to_nothing() {
    let demo = Demo::start(&[]);
    demo.burst(50, 200).await;
    kill_replica(demo.colorapps()[0]);
    let counted = demo.burst(200, 200).await;
    assert!(counted.errors() <= 1, "the one in flight: {counted:?}");
    assert!(
        !counted.statuses.contains_key(&504),
        "nobody waits: {counted:?}"
    );
}

#[tokio::test]
async fn a_killed_data_plane_comes_back_at_its_address() {
    let demo = Demo::start(&[]);
    let replicas = demo.ready["replicas"].as_array().unwrap();
    let known: Vec<u64> = replicas
        .iter()
        .map(|replica| replica["pid"].as_u64().unwrap())
        .collect();
    let ingress = children_of(demo.pid())
        .into_iter()
        .find(|pid| !known.contains(&u64::from(*pid)))
        .expect("one child is no replica");
    kill(ingress);
    all_end(&[ingress]);
    let gateway = demo.ready["gateway"].as_str().unwrap();
    let response = answered(&format!("{gateway}/color/get")).await;
    assert_eq!(response.status(), 200);
}

fn kill_replica(replica: &Value) {
    kill(u32::try_from(replica["pid"].as_u64().unwrap()).unwrap());
}

/// The first answer of whoever is being started.
async fn answered(url: &str) -> Response {
    let start = Instant::now();
    loop {
        if let Ok(response) = client().get(url).send().await {
            return response;
        }
        assert!(start.elapsed() < PATIENCE, "{url} does not come back");
    }
}

/// Each host's uid and address.
fn places(hosts: &Value) -> Vec<(String, String)> {
    let hosts = hosts["hosts"].as_array().unwrap().iter();
    hosts
        .map(|host| (host["uid"].to_string(), host["address"].to_string()))
        .collect()
}
