//! From the start to the first answer.

use std::env;
use std::fs::{self, File};

use rustix::process::Signal;

use crate::folder::PrivateFolder;
use crate::harness::{Demo, all_manifests, manifests, outlier_demo};
use crate::process::is_running;

#[tokio::test]
async fn when_it_says_ready_the_gateway_answers() {
    let demo = Demo::start(&[]);
    assert_eq!(demo.ready["ready"], true);
    let response = demo.ask("/color/get").await;
    assert_eq!(response.status(), 200);
    let uid = response.headers()["HostUID"].to_str().unwrap().to_owned();
    assert_eq!(response.text().await.unwrap(), "purple\n");
    let replicas = demo.colorapps();
    assert_eq!(replicas.len(), 5);
    let known = |replica: &&serde_json::Value| replica["uid"] == uid.as_str();
    assert!(replicas.iter().any(known), "{uid}");

    let admin = demo.ready["admin"].as_str().unwrap();
    let ready = demo.http.get(format!("{admin}/ready")).send().await;
    assert_eq!(ready.unwrap().text().await.unwrap(), "LIVE\n");
}

#[tokio::test]
async fn as_many_may_watch_as_the_shell_says() {
    let demo = Demo::run(outlier_demo(&[]).env("EVENTS_LIMIT", "1"));
    let first = demo.ask("/events").await;
    assert_eq!(first.status(), 200);
    assert_eq!(demo.ask("/events").await.status(), 503);
    drop(first);
}

#[tokio::test]
async fn every_replica_is_where_it_is_said_to_be() {
    let demo = Demo::start(&["--replicas", "3"]);
    let replicas = demo.colorapps();
    assert_eq!(replicas.len(), 3);
    for replica in replicas {
        for port in ["address", "control"] {
            let url = format!("http://{}/ping", replica[port].as_str().unwrap());
            let response = demo.http.get(url).send().await.unwrap();
            let uid = replica["uid"].as_str().unwrap();
            assert_eq!(response.headers()["HostUID"], uid);
        }
        let pid = replica["pid"].as_u64().unwrap();
        assert!(is_running(u32::try_from(pid).unwrap()));
    }
}

#[tokio::test]
async fn what_the_shell_has_set_is_not_minded() {
    for (name, value) in [
        ("http_proxy", "http://127.0.0.1:1"),
        ("HTTP_PROXY", "socks5://127.0.0.1:1"),
        ("ALL_PROXY", "http://127.0.0.1:1"),
        ("no_proxy", "*"),
        ("NO_PROXY", "localhost,127.0.0.1,.cluster.local"),
        ("SERVER_PORT", "1"),
    ] {
        let demo = Demo::run(outlier_demo(&["--replicas", "1"]).env(name, value));
        assert_eq!(demo.text("/color/get").await, "purple\n", "{name}={value}");
        let said = demo.text("/fault").await;
        assert!(
            said.ends_with("will now respond with 500 on /get.\n"),
            "{name}={value}: {said}"
        );
    }
}

#[tokio::test]
async fn it_works_from_any_folder() {
    let demo = Demo::run(outlier_demo(&[]).current_dir(env::temp_dir()));
    assert_eq!(demo.text("/color/get").await, "purple\n");
}

#[tokio::test]
async fn manifests_may_come_from_a_folder() {
    let demo = Demo::start(&["--manifests", manifests().to_str().unwrap()]);
    assert_eq!(demo.text("/color/get").await, "purple\n");
}

#[tokio::test]
async fn manifests_may_come_from_the_standard_input() {
    let folder = PrivateFolder::new("stdin");
    let file = folder.file("all.yaml", &all_manifests());
    let mut command = outlier_demo(&["--manifests", "-"]);
    command.stdin(File::open(file).unwrap());
    let mut demo = Demo::run(command.env("TMPDIR", folder.path()));
    assert_eq!(demo.text("/color/get").await, "purple\n");
    demo.signal(Signal::TERM);
    assert_eq!(demo.ended().code(), Some(0));
    let left = fs::read_dir(folder.path()).unwrap().count();
    assert_eq!(left, 1, "only the test's own file is left");
}
