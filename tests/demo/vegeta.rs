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

/// README: `attack` reports in the same form, line by line; the numbers are its own.
#[tokio::test]
async fn attack_reports_in_the_form_of_vegeta() {
    let demo = Demo::start(&[]);
    let url = format!("{}/color/get", demo.ready["gateway"].as_str().unwrap());
    let results = vegeta(
        &["attack", "-duration=1s", "-rate=50"],
        format!("GET {url}\n").as_bytes(),
    );
    let theirs = String::from_utf8(vegeta(&["report"], &results)).unwrap();
    let attack = Command::new(env!("CARGO_BIN_EXE_outlier-demo"))
        .args(["attack", &url, "--duration", "1s"])
        .output()
        .unwrap();
    assert!(attack.status.success(), "{attack:?}");
    let ours = String::from_utf8(attack.stdout).unwrap();
    let lines = theirs.lines().count();
    assert_eq!(lines, 8, "{theirs}");
    for (theirs, ours) in theirs.lines().zip(ours.lines()) {
        assert_eq!(form(ours), form(theirs), "{ours}\n{theirs}");
    }
}

/// A line's names and columns as they are, and of its values only how many there are.
fn form(line: &str) -> (String, usize) {
    let names = line.chars().take(48).collect::<String>();
    let values: String = line.chars().skip(48).collect();
    (names.trim_end().to_owned(), values.split(", ").count())
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
