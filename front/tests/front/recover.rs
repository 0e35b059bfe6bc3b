//! `/recover`: every faulty replica, whatever the mesh thinks of it.

use axum::http::Method;
use serde_json::json;

use crate::fakes::{Front, Replica, control_of, nobody, outliers};

fn line(uid: &str) -> String {
    format!("host: `{uid}` will now respond with 200 on /get.\n")
}

#[tokio::test]
async fn every_faulty_replica_recovers_and_no_other_is_told() {
    for method in [Method::GET, Method::POST] {
        let [c, a, b] = Replica::three().await;
        c.set_faulty();
        a.set_faulty();
        let front = Front::of(&[&c, &a, &b]);
        let reply = front.request(method, "/recover").await;
        reply.assert(200, &(line("aaaa-1") + &line("cccc-3")));
        assert!(!a.is_faulty() && !c.is_faulty());
        assert!(b.changes().is_empty());
    }
}

#[tokio::test]
async fn when_none_is_faulty_it_says_so() {
    let [c, a, b] = Replica::three().await;
    let front = Front::of(&[&c, &a, &b]);
    front
        .get("/recover")
        .await
        .assert(200, "no host is faulty.\n");
}

#[tokio::test]
async fn a_host_that_is_named_recovers_alone() {
    let [c, a, b] = Replica::three().await;
    a.set_faulty();
    b.set_faulty();
    let front = Front::of(&[&c, &a, &b]);
    let reply = front.get("/recover?host=bbbb").await;
    reply.assert(200, &line("bbbb-2"));
    assert!(a.is_faulty() && !b.is_faulty());
}

#[tokio::test]
async fn a_healthy_host_that_is_named_answers_the_same() {
    let [c, a, b] = Replica::three().await;
    let front = Front::of(&[&c, &a, &b]);
    let reply = front.get("/recover?host=aaaa-1").await;
    reply.assert(200, &line("aaaa-1"));
}

/// The original demo could not do it: its way to a replica led through the mesh.
#[tokio::test]
async fn an_ejected_replica_recovers_too() {
    let replica = Replica::start("aaaa-1").await;
    replica.set_faulty();
    let hosts = json!([{"address": replica.address(), "state": "ejected"}]);
    let front = Front::new(&[
        ("COLOR_CONTROL_ENDPOINT", &control_of(&[&replica])),
        ("MESH_ADMIN_ENDPOINT", &outliers(hosts).await.to_string()),
    ]);
    for path in ["/recover", "/recover?host=aaaa-1"] {
        replica.set_faulty();
        front.get(path).await.assert(200, &line("aaaa-1"));
        assert!(!replica.is_faulty());
    }
}

#[tokio::test]
async fn a_replica_that_is_silent_does_not_keep_the_others_faulty() {
    let replica = Replica::start("aaaa-1").await;
    replica.set_faulty();
    let silent = nobody().await;
    let endpoints = format!("{silent},{}", replica.control);
    let front = Front::new(&[("COLOR_CONTROL_ENDPOINT", &endpoints)]);
    let silent_line = format!("{silent} does not answer\n");
    let reply = front.get("/recover").await;
    reply.assert(502, &(silent_line.clone() + &line("aaaa-1")));
    assert!(!replica.is_faulty());

    // It may be faulty, so "no host is faulty" would be a guess.
    front.get("/recover").await.assert(502, &silent_line);
}

#[tokio::test]
async fn an_unknown_host_gets_to_hear_the_known_and_the_silent_ones() {
    let replica = Replica::start("aaaa-1").await;
    let silent = nobody().await;
    let endpoints = format!("{silent},{}", replica.control);
    let front = Front::new(&[("COLOR_CONTROL_ENDPOINT", &endpoints)]);
    let sentence = format!("unknown host \"bbbb\"; known are aaaa-1; no answer from {silent}\n");
    front.get("/recover?host=bbbb").await.assert(404, &sentence);
}

#[tokio::test]
async fn a_parameter_it_does_not_know_is_refused() {
    let replica = Replica::start("aaaa-1").await;
    replica.set_faulty();
    let front = Front::of(&[&replica]);
    for (query, name) in [
        ("count=1", "count"),
        ("host=aaaa-1&status=500", "status"),
        ("al%6C", "all"),
    ] {
        let sentence = format!("unknown parameter \"{name}\"; /recover knows only host\n");
        front
            .get(&format!("/recover?{query}"))
            .await
            .assert(400, &sentence);
    }
    assert!(replica.changes().is_empty());
}
