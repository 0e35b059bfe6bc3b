//! `/fault`: which replicas get one.

use std::sync::Arc;

use axum::Router;
use axum::http::{Method, Uri};
use serde_json::json;
use tokio::sync::Notify;

use crate::fakes::{Front, Replica, control_of, outliers, serve};

fn line(uid: &str) -> String {
    format!("host: `{uid}` will now respond with 500 on /get.\n")
}

#[tokio::test]
async fn the_first_healthy_replica_by_uid_gets_it() {
    let [c, a, b] = Replica::three().await;
    let front = Front::of(&[&c, &a, &b]);
    front.get("/fault").await.assert(200, &line("aaaa-1"));
    let again = front.request(Method::POST, "/fault").await;
    again.assert(200, &line("bbbb-2"));
    assert!(a.is_faulty() && b.is_faulty() && !c.is_faulty());
    assert_eq!(b.changes(), ["/fault"]);
}

#[tokio::test]
async fn options_are_passed_on_as_they_came() {
    let [c, a, b] = Replica::three().await;
    let front = Front::of(&[&c, &a, &b]);
    front
        .get("/fault?status=503&host=bbbb&delay=%31s&abort&for=30s")
        .await;
    assert_eq!(b.changes(), ["/fault?status=503&delay=%31s&abort&for=30s"]);
}

#[tokio::test]
async fn count_says_how_many() {
    let [c, a, b] = Replica::three().await;
    let front = Front::of(&[&c, &a, &b]);
    let lines = line("aaaa-1") + &line("bbbb-2");
    front
        .get("/fault?count=2&percent=50")
        .await
        .assert(200, &lines);
    assert_eq!(a.changes(), ["/fault?percent=50"]);
    assert_eq!(b.changes(), ["/fault?percent=50"]);
    assert!(!c.is_faulty());
}

#[tokio::test]
async fn a_host_is_named_by_its_uid_or_the_beginning_of_it() {
    for name in ["bbbb-2", "bbbb"] {
        let [c, a, b] = Replica::three().await;
        let front = Front::of(&[&c, &a, &b]);
        let reply = front.get(&format!("/fault?host={name}")).await;
        reply.assert(200, &line("bbbb-2"));
        assert!(b.is_faulty() && !a.is_faulty() && !c.is_faulty());
    }
}

#[tokio::test]
async fn a_faulty_host_that_is_named_gets_the_new_fault() {
    let [c, a, b] = Replica::three().await;
    a.set_faulty();
    let front = Front::of(&[&c, &a, &b]);
    let reply = front.get("/fault?host=aaaa-1&status=503").await;
    reply.assert(200, &line("aaaa-1"));
    assert_eq!(a.changes(), ["/fault?status=503"]);
}

/// A fault in a host that gets no requests would show nothing.
#[tokio::test]
async fn an_ejected_replica_is_passed_over() {
    let [c, a, b] = Replica::three().await;
    let hosts = json!([
        {"address": a.address(), "state": "ejected"},
        {"address": b.address(), "state": "healthy"},
        {"address": c.address(), "state": "ejected"},
    ]);
    let front = Front::new(&[
        ("COLOR_CONTROL_ENDPOINT", &control_of(&[&c, &a, &b])),
        ("MESH_ADMIN_ENDPOINT", &outliers(hosts).await.to_string()),
    ]);
    front.get("/fault").await.assert(200, &line("bbbb-2"));
    // All that are left are ejected, so one of them it is.
    front.get("/fault").await.assert(200, &line("aaaa-1"));
}

#[tokio::test]
async fn two_requests_at_once_do_not_pick_the_same_replica() {
    let [c, a, b] = Replica::three().await;
    let front = Front::of(&[&c, &a, &b]);
    tokio::join!(
        front.get("/fault"),
        front.get("/fault"),
        front.get("/fault")
    );
    assert!(a.is_faulty() && b.is_faulty() && c.is_faulty());
}

#[tokio::test]
async fn a_name_stands_for_all_its_addresses() {
    let replica = Replica::start("aaaa-1").await;
    let endpoint = format!("localhost:{}", replica.control.port());
    let front = Front::new(&[("COLOR_CONTROL_ENDPOINT", &endpoint)]);
    front.get("/fault").await.assert(200, &line("aaaa-1"));
}

/// IPv4 and IPv6, say. Otherwise `count` would count it twice.
#[tokio::test]
async fn a_replica_with_two_addresses_is_one_replica() {
    let replica = Replica::start("aaaa-1").await;
    let twice = replica.second_address().await;
    let front = Front::of(&[&twice, &replica]);
    let sentence = "count must be between 1 and 1, the number of replicas\n";
    front.get("/fault?count=2").await.assert(400, sentence);
}

/// Replicas have changed by then, which is logged, counted and shown whether or not somebody waits for the answer.
#[tokio::test]
async fn a_change_that_has_begun_is_carried_out_though_its_client_leaves() {
    let (asked, answer) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let shared = (asked.clone(), answer.clone());
    let slow = async move |uri: Uri| {
        if uri.path() == "/status" {
            return r#"{"HostUID": "aaaa-1", "port": 1}"#;
        }
        shared.0.notify_one();
        shared.1.notified().await;
        "done"
    };
    let slow = serve(Router::new().fallback(slow)).await.to_string();
    for (path, counter) in [
        ("/fault", "front_faults_total 1\n"),
        ("/recover?host=aaaa-1", "front_recoveries_total 1\n"),
    ] {
        let front = Front::new(&[("COLOR_CONTROL_ENDPOINT", &slow)]);
        tokio::select! {
            biased;
            reply = front.get(path) => panic!("{reply:?} came early"),
            () = asked.notified() => {}
        }
        answer.notify_one();
        // It waits for the end of the one before, and changes nothing.
        assert_eq!(front.get("/recover?host=nobody").await.status, 404);
        let text = front.control("/metrics").await.text;
        assert!(text.contains(counter), "{path}: {text}");
    }
}
