//! The scenes with the real Envoy in the mesh's place, and what is different about a program of others.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::time::Instant;

use rustix::process::Signal;
use serde_json::Value;

use crate::folder::PrivateFolder;
use crate::harness::{Demo, Mesh, PATIENCE, envoy, outlier_demo};
use crate::process::{all_end, children_of, kill};
use crate::scenes;

#[tokio::test]
async fn healthy_hosts_share_evenly() {
    scenes::healthy_hosts_share_evenly(Mesh::Envoy).await;
}

#[tokio::test]
async fn one_faulty_host_costs_five_errors_and_then_none() {
    scenes::one_faulty_host_costs_five_errors_and_then_none(Mesh::Envoy).await;
}

#[tokio::test]
async fn a_host_still_faulty_costs_five_errors_again_and_stays_away_longer() {
    scenes::a_host_still_faulty_costs_five_errors_again_and_stays_away_longer(Mesh::Envoy).await;
}

#[tokio::test]
async fn two_faulty_hosts_settle_at_no_errors() {
    scenes::two_faulty_hosts_settle_at_no_errors(Mesh::Envoy).await;
}

#[tokio::test]
async fn with_three_and_more_faulty_hosts_all_are_used_again() {
    scenes::with_three_and_more_faulty_hosts_all_are_used_again(Mesh::Envoy).await;
}

#[tokio::test]
async fn an_ejected_host_recovers_at_once_and_serves_after_its_time() {
    scenes::an_ejected_host_recovers_at_once_and_serves_after_its_time(Mesh::Envoy).await;
}

#[tokio::test]
async fn the_whole_walk_at_the_real_pace() {
    scenes::the_whole_walk_at_the_real_pace(Mesh::Envoy).await;
}

#[tokio::test]
async fn two_demos_run_side_by_side() {
    let demos = [Mesh::Envoy.start(&[]), Mesh::Envoy.start(&[])];
    for demo in &demos {
        assert_eq!(demo.text("/color/get").await, "purple\n");
    }
}

/// The guard, too.
#[test]
fn a_killed_demo_leaves_no_envoy_behind() {
    let mut demo = Mesh::Envoy.start(&[]);
    let all = descendants_of(demo.pid());
    assert_eq!(all.len(), 8, "five of colorapp, front, Envoy and its guard");
    demo.signal(Signal::KILL);
    demo.ended();
    all_end(&all);
}

#[test]
fn a_demo_that_is_stopped_ends_in_good_order() {
    let mut demo = Mesh::Envoy.start(&[]);
    let all = descendants_of(demo.pid());
    demo.signal(Signal::TERM);
    assert_eq!(demo.ended().code(), Some(0));
    all_end(&all);
}

#[tokio::test]
async fn a_killed_envoy_comes_back_at_its_address() {
    let demo = Mesh::Envoy.start(&[]);
    let before = envoy_of(&demo);
    kill(before);
    all_end(&[before]);
    let url = format!("{}/color/get", demo.ready["gateway"].as_str().unwrap());
    let start = Instant::now();
    while !demo
        .http
        .get(&url)
        .send()
        .await
        .is_ok_and(|answer| answer.status() == 200)
    {
        assert!(start.elapsed() < PATIENCE, "it does not come back");
    }
    let after = envoy_of(&demo);
    assert_ne!(before, after);
    assert_eq!(
        children_of(after).len(),
        1,
        "a guard of its own, and the old one is gone"
    );
}

/// Its admin pages are where those of the other data plane are, and what front reads there is the same.
#[tokio::test]
async fn the_hosts_are_those_that_envoy_knows() {
    let demo = Mesh::Envoy.start(&[]);
    assert_eq!(demo.admin("/ready").await, "LIVE\n");
    assert!(
        demo.admin("/server_info").await.contains("1."),
        "an Envoy says its version"
    );
    let known = demo.admin("/clusters?format=json").await;
    let hosts = demo.json("/hosts").await;
    let hosts: &Vec<Value> = hosts["hosts"].as_array().unwrap();
    assert_eq!(hosts.len(), 5);
    for host in hosts {
        assert_eq!(host["mesh"]["state"], "healthy");
        let (_, port) = host["address"].as_str().unwrap().split_once(':').unwrap();
        assert!(known.contains(port), "{host}");
    }
}

#[test]
fn an_envoy_of_another_release_runs_and_is_told() {
    let folder = PrivateFolder::new("release");
    let real = envoy();
    let real = real.to_str().unwrap();
    let script = format!(
        "#!/bin/sh\n[ \"$1\" = --version ] && echo 'envoy  version: 0/1.39.2/Clean/RELEASE/BoringSSL' && \
         exit\nexec '{real}' \"$@\"\n"
    );
    let path = folder.file("envoy", &script);
    fs::set_permissions(&path, Permissions::from_mode(0o755)).unwrap();
    let log = folder.path().join("log");
    let mut command = outlier_demo(&["--data-plane", "envoy", "--envoy", path.to_str().unwrap()]);
    let demo = Demo::run(command.stderr(fs::File::create(&log).unwrap()));
    drop(demo);
    let log = fs::read_to_string(log).unwrap();
    assert!(
        log.contains(r#""found":"1.39.2","measured":"1.40""#),
        "{log}"
    );
}

/// A healthy demo says nothing that is not from this suite.
#[tokio::test]
async fn envoy_is_quiet_as_long_as_all_is_well() {
    let folder = PrivateFolder::new("quiet");
    let log = folder.path().join("log");
    let mut command = outlier_demo(&["--data-plane", "envoy"]);
    command
        .env("ENVOY", envoy())
        .stderr(fs::File::create(&log).unwrap());
    let mut demo = Demo::run(&mut command);
    assert_eq!(demo.text("/color/get").await, "purple\n");
    demo.signal(Signal::TERM);
    demo.ended();
    let log = fs::read_to_string(log).unwrap();
    for line in log.lines() {
        let line: Value = serde_json::from_str(line).unwrap_or_else(|_| panic!("no JSON: {line}"));
        assert_eq!(line["level"], "INFO", "{line}");
    }
}

fn descendants_of(pid: u32) -> Vec<u32> {
    let children = children_of(pid);
    let below = children.iter().flat_map(|child| descendants_of(*child));
    children
        .iter()
        .copied()
        .chain(below.collect::<Vec<_>>())
        .collect()
}

/// The one child that is no replica.
fn envoy_of(demo: &Demo) -> u32 {
    let replicas = demo.ready["replicas"].as_array().unwrap();
    let mut children = children_of(demo.pid()).into_iter();
    let other = |pid: &u32| replicas.iter().all(|replica| replica["pid"] != *pid);
    children.find(other).expect("one child is no replica")
}
