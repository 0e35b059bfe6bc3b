//! The demo on this machine keeps every promise.

use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use crate::harness::Demo;
use crate::verifier::{FAST, alone, verified, verify};

#[tokio::test]
async fn every_claim_holds_on_ingress_and_all_replicas_are_well_afterwards() {
    let _alone = alone().await;
    let demo = Demo::start(&FAST);
    verified(&demo, "appmesh").assert(&[], &[]);
    assert_eq!(faulty(&demo).await, 0);
}

#[tokio::test]
async fn an_interrupted_run_leaves_every_replica_well() {
    let _alone = alone().await;
    let demo = Demo::start(&FAST);
    let mut command = verify(&demo, &["--only", "leak"]);
    let mut running = command.stderr(Stdio::piped()).spawn().unwrap();
    demo.hosts_until(|hosts| count_faulty(hosts) == 1).await;
    kill_process(Pid::from_child(&running), Signal::INT).unwrap();
    assert_eq!(running.wait().unwrap().code(), Some(2));
    assert_eq!(
        last_line(&mut running),
        "verify: not measured: it was interrupted"
    );
    assert_eq!(faulty(&demo).await, 0);
}

#[tokio::test]
async fn a_case_alone_plays_only_what_it_needs() {
    let _alone = alone().await;
    let demo = Demo::start(&FAST);
    let output = verify(&demo, &["--only", "spread,two-sick", "--reports"])
        .output()
        .unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0), "{printed}");
    let claims: Vec<_> = printed
        .lines()
        .filter(|line| line.starts_with("holds"))
        .collect();
    assert_eq!(claims.len(), 2, "{printed}");
    assert!(
        printed.contains("Requests      [total, rate, throughput]         200, "),
        "{printed}"
    );
    assert!(printed.contains("2 claims in "), "{printed}");
}

/// As with `| head -1`: the verdict is in the files and in the exit code as well.
#[tokio::test]
async fn nobody_has_to_read_what_is_printed() {
    let _alone = alone().await;
    let demo = Demo::start(&FAST);
    let file = std::env::temp_dir().join(format!("unread-{}.json", demo.pid()));
    let flags = ["--only", "spread", "--json", file.to_str().unwrap()];
    let mut command = verify(&demo, &flags);
    let command = command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut running = command.spawn().unwrap();
    drop((running.stdout.take(), running.stderr.take()));
    assert_eq!(running.wait().unwrap().code(), Some(0));
    let outcome = std::fs::read(&file).unwrap();
    std::fs::remove_file(&file).unwrap();
    let outcome: Value = serde_json::from_slice(&outcome).unwrap();
    assert_eq!(outcome["claims"][0]["verdict"], "holds");
}

/// How many replicas are sick.
async fn faulty(demo: &Demo) -> usize {
    count_faulty(&demo.json("/hosts").await)
}

fn count_faulty(hosts: &Value) -> usize {
    let hosts = hosts["hosts"].as_array().unwrap().iter();
    hosts.filter(|host| !host["fault"].is_null()).count()
}

fn last_line(ended: &mut Child) -> String {
    let lines = BufReader::new(ended.stderr.take().unwrap()).lines();
    lines.map(Result::unwrap).last().unwrap()
}
