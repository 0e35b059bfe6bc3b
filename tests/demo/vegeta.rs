//! The README's load, with the tool that the README names.

use std::io::Write;
use std::process::{Command, Output, Stdio};

use crate::harness::Demo;

/// README: the walkthrough's second load.
#[tokio::test]
async fn vegeta_reports_five_errors_of_two_hundred_requests() {
    let demo = Demo::start(&[]);
    demo.text("/fault").await;
    let target = format!(
        "GET {}/color/get\n",
        demo.ready["gateway"].as_str().unwrap()
    );
    let results = vegeta(&["attack", "-duration=4s", "-rate=50"], target.as_bytes());
    let report = String::from_utf8(vegeta(&["report"], &results)).unwrap();
    let codes = report
        .lines()
        .find(|line| line.starts_with("Status Codes"))
        .unwrap();
    assert!(codes.contains("200:195  500:5"), "{report}");
}

fn vegeta(args: &[&str], input: &[u8]) -> Vec<u8> {
    let started = Command::new("vegeta")
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn();
    let mut running = started.expect(
        "vegeta is not on PATH: go install github.com/tsenart/vegeta/v12@latest, and add $(go env GOPATH)/bin",
    );
    running.stdin.take().unwrap().write_all(input).unwrap();
    let Output { status, stdout, .. } = running.wait_with_output().unwrap();
    assert!(status.success(), "vegeta {args:?}: {status}");
    stdout
}
