//! A trace from the client to the replica.

use std::fs::{self, File};

use rustix::process::Signal;
use serde_json::Value;

use crate::folder::PrivateFolder;
use crate::harness::{Demo, outlier_demo};

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";

/// Twice through the mesh and once through front.
#[tokio::test]
async fn a_trace_reaches_the_replica() {
    let folder = PrivateFolder::new("trace");
    let log = folder.path().join("log");
    let mut command = outlier_demo(&["--replicas", "1"]);
    command
        .env("RUST_LOG", "front=trace,colorapp=trace")
        .stderr(File::create(&log).unwrap());
    let mut demo = Demo::run(&mut command);
    let url = format!("{}/color/get", demo.ready["gateway"].as_str().unwrap());
    let request = demo.http.get(url);
    let parent = format!("00-{TRACE}-00f067aa0ba902b7-01");
    let answer = request.header("traceparent", parent).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    demo.signal(Signal::TERM);
    demo.ended();
    let log = fs::read_to_string(log).unwrap();
    let lines = log.lines().map(|line| serde_json::from_str(line).unwrap());
    let mut found: Vec<String> = lines
        .filter(|line: &Value| line["trace_id"] == TRACE)
        .map(|line| line["target"].as_str().unwrap().to_owned())
        .collect();
    found.sort();
    assert_eq!(found, ["colorapp::app", "front::app"]);
}
