//! Where nothing can be said, nothing is said, and why is one sentence.

use std::net::TcpListener;
use std::process::{Command, Output, Stdio};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

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
async fn a_threshold_that_no_rate_can_reach() {
    let demo = Demo::start(&FAST);
    let said = not_measured(&mut verify(&demo, &["--max-server-errors", "4000000000"]));
    assert!(
        said.starts_with(
            "4000000000 errors in a row and a silence do not fit into an ejection of 2s: among 5"
        ),
        "{said}"
    );
}

/// A gateway that accepts connections and says nothing.
#[test]
fn an_interrupt_before_the_first_answer() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut command = verify_at(&silent.local_addr().unwrap().to_string());
    let running = command.stderr(Stdio::piped()).spawn().unwrap();
    let _asked = silent.accept().unwrap();
    kill_process(Pid::from_child(&running), Signal::INT).unwrap();
    let Output { status, stderr, .. } = running.wait_with_output().unwrap();
    assert_eq!(status.code(), Some(2));
    let said = String::from_utf8(stderr).unwrap();
    assert_eq!(said, "verify: not measured: it was interrupted\n");
}

#[tokio::test]
async fn a_replica_that_somebody_else_made_well() {
    let _alone = alone().await;
    let demo = Demo::start(&FAST);
    let mut command = verify(&demo, &["--only", "ejection"]);
    let command = command.stdout(Stdio::null()).stderr(Stdio::piped());
    let running = command.spawn().unwrap();
    let is_sick = |hosts: &Value| {
        let mut hosts = hosts["hosts"].as_array().unwrap().iter();
        hosts.any(|host| !host["fault"].is_null())
    };
    demo.hosts_until(is_sick).await;
    demo.text("/recover").await;
    let Output { status, stderr, .. } = running.wait_with_output().unwrap();
    let said = String::from_utf8(stderr).unwrap();
    assert_eq!(status.code(), Some(2), "{said}");
    let last = said.lines().last().unwrap();
    assert!(
        last.starts_with("verify: not measured: someone else made "),
        "{said}"
    );
    assert!(last.ends_with(" well in the meantime"), "{said}");
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
        (
            "--gateway",
            "example.com:99999",
            "must be HOST[:PORT] or http://HOST[:PORT]",
        ),
        ("--rate", "0", "0 is not in 1..=10000"),
        ("--json", "/dev/null/file", "cannot be written: "),
        ("--junit", "/", "cannot be written: "),
        ("--requests", "10", "10 is not in 20..=100000"),
        (
            "--interval",
            "10",
            "must be a time such as 10s, from 100ms to 24h",
        ),
        ("--max-ejection-percent", "101", "101 is not in 0..=100"),
    ] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_outlier-demo"));
        // A gateway that is asked would not answer, and that is exit code 2.
        command.env("GW_ENDPOINT", "127.0.0.1:1");
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
