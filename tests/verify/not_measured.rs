//! Where nothing can be said, nothing is said, and why is one sentence.

use std::process::{Command, Output};

use crate::harness::Demo;
use crate::verifier::{FAST, alone, verify, verify_at};

#[test]
fn a_gateway_that_does_not_answer() {
    // Nobody listens on port 1.
    let said = not_measured(&mut verify_at("127.0.0.1:1"));
    assert_eq!(said, "http://127.0.0.1:1/hosts: connection refused");
}

#[tokio::test]
async fn something_that_is_not_this_suite() {
    let demo = Demo::start(&FAST);
    let admin = demo.ready["admin"].as_str().unwrap();
    let said = not_measured(&mut verify_at(admin));
    assert!(said.starts_with(&format!("{admin}/hosts: 404")), "{said}");
}

#[tokio::test]
async fn a_replica_that_somebody_else_made_sick_stays_as_it_is() {
    let demo = Demo::start(&FAST);
    demo.text("/fault").await;
    let said = not_measured(&mut verify(&demo, &[]));
    assert!(
        said.contains(" is faulty already: /recover makes it well"),
        "{said}"
    );
    let hosts = demo.json("/hosts").await;
    let mut hosts = hosts["hosts"].as_array().unwrap().iter();
    assert!(hosts.any(|host| !host["fault"].is_null()));
}

#[tokio::test]
async fn one_replica_alone() {
    let demo = Demo::start(&["--replicas", "1"]);
    let said = not_measured(&mut verify(&demo, &[]));
    assert_eq!(
        said,
        "there is one replica: outlier detection needs another one"
    );
}

#[tokio::test]
async fn a_rate_at_which_nothing_can_be_told_from_chance() {
    let demo = Demo::start(&FAST);
    let said = not_measured(&mut verify(&demo, &["--rate", "10"]));
    assert!(
        said.starts_with("at 10 requests per second too few are sent"),
        "{said}"
    );
    assert!(said.contains("choose a --rate of "), "{said}");
}

#[tokio::test]
async fn traffic_of_others_shows_in_the_counters() {
    let _alone = alone().await;
    let demo = Demo::start(&FAST);
    let url = format!("{}/color/get", demo.ready["gateway"].as_str().unwrap());
    let mut attack = Command::new(env!("CARGO_BIN_EXE_outlier-demo"));
    attack.args(["attack", &url, "--rate", "20", "--duration", "0"]);
    let mut other = attack.stdout(std::process::Stdio::null()).spawn().unwrap();
    let said = not_measured(&mut verify(&demo, &["--only", "spread"]));
    other.kill().unwrap();
    other.wait().unwrap();
    assert!(
        said.starts_with("someone else sends traffic, too: front counted "),
        "{said}"
    );
}

#[test]
fn bad_flags_name_the_flag_and_the_bound() {
    for (flag, value, bound) in [
        (
            "--gateway",
            "https://example.com",
            "must be HOST[:PORT] or http://HOST[:PORT]",
        ),
        (
            "--gateway",
            "example.com/path",
            "must be HOST[:PORT] or http://HOST[:PORT]",
        ),
        (
            "--profile",
            "consul",
            "must be one of appmesh, envoy, istio, linkerd",
        ),
        ("--only", "spread,speed", "must be one of spread, ejection"),
        ("--rate", "0", "0 is not in 1..=1000"),
        ("--requests", "10", "10 is not in 20..=100000"),
        (
            "--interval",
            "10",
            "must be a time such as 10s, from 100ms to 24h",
        ),
        ("--max-ejection-percent", "101", "101 is not in 0..=100"),
    ] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_outlier-demo"));
        let command = command.args(["verify", flag, value]);
        let Output { status, stderr, .. } = command.output().unwrap();
        let said = String::from_utf8(stderr).unwrap();
        assert_eq!(status.code(), Some(64), "{said}");
        assert!(said.contains(flag) && said.contains(bound), "{said}");
    }
}

/// Runs it to its end, which must be exit code 2, and returns the sentence that says why.
fn not_measured(command: &mut Command) -> String {
    let Output { status, stderr, .. } = command.output().unwrap();
    let said = String::from_utf8(stderr).unwrap();
    assert_eq!(status.code(), Some(2), "{said}");
    let last = said.lines().last().unwrap();
    last.strip_prefix("verify: not measured: ")
        .unwrap()
        .to_owned()
}
