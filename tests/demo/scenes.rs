//! What happens on stage, with the numbers that the demo promises whatever plays the mesh: five replicas,
//! one gateway, and a mesh that ejects a host after five errors in a row. The policy of some scenes runs
//! faster than the real one, and so do their requests: what counts is that a burst is over before an
//! ejection is.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::harness::{Demo, Mesh, PATIENCE};
use crate::load::Counted;

/// Ejections last at least 5 s, and a sweep comes every 5 s.
const FAST: [&str; 2] = ["--speed", "2"];

/// A burst of 200 takes 1.3 s, and a host gets a request every 33 ms: ample time for its ejection to get
/// from the thread that decides to the one that serves (FACTS 3.7), also on a busy machine.
const RATE: u32 = 150;

/// Changes that come closer together than this reach the balancer together (Envoy's merge window, 1 s).
const MERGE_WINDOW: Duration = Duration::from_millis(1100);

pub(crate) async fn healthy_hosts_share_evenly(mesh: Mesh) {
    let demo = mesh.start(&[]);
    let counted = demo.burst(200, RATE).await;
    assert_eq!(counted.statuses, BTreeMap::from([(200, 200)]));
    assert_eq!(counted.shares(), [40; 5]);
}

pub(crate) async fn one_faulty_host_costs_five_errors_and_then_none(mesh: Mesh) {
    let demo = mesh.start(&FAST);
    let faulty = fault_one(&demo).await;
    assert_ejected_after_five(&demo, &demo.burst(200, RATE).await, &faulty).await;
    assert_rests(&demo.burst(200, RATE).await, &faulty);
}

pub(crate) async fn a_host_still_faulty_costs_five_errors_again_and_stays_away_longer(mesh: Mesh) {
    let demo = mesh.start(&FAST);
    let faulty = fault_one(&demo).await;
    assert_eq!(demo.burst(200, RATE).await.errors(), 5);
    returned(&demo, &faulty).await;
    demo.quiet(MERGE_WINDOW).await;

    let start = Instant::now();
    assert_eq!(demo.burst(200, RATE).await.errors(), 5);
    returned(&demo, &faulty).await;
    let away = start.elapsed();
    assert!(away >= Duration::from_secs(10), "twice 5 s: {away:?}");
}

pub(crate) async fn two_faulty_hosts_settle_at_no_errors(mesh: Mesh) {
    let demo = mesh.start(&[]);
    demo.text("/fault?count=2").await;
    let mut errors = 0;
    loop {
        let counted = demo.burst(50, RATE).await;
        errors += counted.errors();
        if counted.errors() == 0 {
            break;
        }
        // Five each, and what the second one gets within the merge window.
        assert!(errors < 400, "{errors} errors and no end");
    }
    let counted = demo.burst(200, RATE).await;
    assert_eq!(counted.errors(), 0);
    assert_eq!(counted.shares().len(), 3, "{counted:?}");
}

pub(crate) async fn with_three_and_more_faulty_hosts_all_are_used_again(mesh: Mesh) {
    for faulty in 3..=5 {
        let demo = mesh.start(&[]);
        demo.text(&format!("/fault?count={faulty}")).await;
        demo.burst(100, RATE).await;
        demo.hosts_until(|hosts| ejected(hosts) == faulty).await;
        until_panic(&demo).await;
        let counted = demo.burst(100, RATE).await;
        assert_eq!(counted.shares(), [20; 5], "{faulty} faulty");
        assert_eq!(counted.errors(), u32::try_from(20 * faulty).unwrap());
    }
}

pub(crate) async fn an_ejected_host_recovers_at_once_and_serves_after_its_time(mesh: Mesh) {
    let demo = mesh.start(&FAST);
    let faulty = fault_one(&demo).await;
    demo.burst(200, RATE).await;
    demo.hosts_until(|hosts| state(hosts, &faulty) == "ejected")
        .await;
    assert_eq!(
        demo.text(&format!("/recover?host={faulty}")).await,
        format!("host: `{faulty}` will now respond with 200 on /get.\n")
    );
    returned(&demo, &faulty).await;
    let counted = demo.burst(200, RATE).await;
    assert_eq!(counted.statuses, BTreeMap::from([(200, 200)]));
    assert_eq!(counted.shares(), [40; 5]);
}

/// The policy of the manifests as it is, and 50 requests a second as on stage.
pub(crate) async fn the_whole_walk_at_the_real_pace(mesh: Mesh) {
    let demo = mesh.start(&[]);
    assert_eq!(demo.burst(200, 50).await.shares(), [40; 5]);
    assert_eq!(demo.text("/reset_stats").await, "stats cleared.");

    let faulty = fault_one(&demo).await;
    let start = Instant::now();
    assert_ejected_after_five(&demo, &demo.burst(200, 50).await, &faulty).await;
    assert_rests(&demo.burst(200, 50).await, &faulty);

    demo.text(&format!("/recover?host={faulty}")).await;
    returned(&demo, &faulty).await;
    let away = start.elapsed();
    // At the first sweep after ten seconds, and a sweep comes every ten.
    assert!(away >= Duration::from_secs(10), "{away:?}");
    assert!(away < Duration::from_secs(22), "{away:?}");
    assert_eq!(demo.burst(200, 50).await.shares(), [40; 5]);
}

/// Makes one host fail, and returns its uid.
async fn fault_one(demo: &Demo) -> String {
    let said = demo.text("/fault").await;
    let uid = said.split('`').nth(1).expect("the uid is in backticks");
    assert_eq!(
        said,
        format!("host: `{uid}` will now respond with 500 on /get.\n")
    );
    uid.to_owned()
}

/// 195 of 200 answers are good, and the host that gave the five others takes no more.
async fn assert_ejected_after_five(demo: &Demo, counted: &Counted, faulty: &str) {
    assert_eq!(counted.statuses, BTreeMap::from([(200, 195), (500, 5)]));
    assert_eq!(counted.hosts[faulty], 5);
    let stats = demo.json("/stats").await;
    let mut hosts = stats.as_array().unwrap().iter();
    let host = hosts.find(|host| host["HostUID"] == faulty).unwrap();
    assert_eq!(host["Counter"]["StatusError"], 5);
    assert_eq!(state(&demo.json("/hosts").await, faulty), "ejected");
}

/// All 200 answers are good, 50 from each host but the ejected one.
fn assert_rests(counted: &Counted, ejected: &str) {
    assert_eq!(counted.statuses, BTreeMap::from([(200, 200)]));
    assert_eq!(counted.shares(), [50; 4]);
    assert!(!counted.hosts.contains_key(ejected), "{counted:?}");
}

/// Resolves once the mesh has taken the host back.
async fn returned(demo: &Demo, uid: &str) {
    demo.hosts_until(|hosts| state(hosts, uid) == "healthy")
        .await;
}

/// What the mesh says of a host.
fn state<'a>(hosts: &'a Value, uid: &str) -> &'a str {
    let mut hosts = hosts["hosts"].as_array().unwrap().iter();
    let host = hosts.find(|host| host["uid"] == uid).unwrap();
    host["mesh"]["state"].as_str().unwrap()
}

fn ejected(hosts: &Value) -> usize {
    let hosts = hosts["hosts"].as_array().unwrap().iter();
    hosts
        .filter(|host| host["mesh"]["state"] == "ejected")
        .count()
}

/// Resolves once the balancer has heard of the ejections, and so sends to all hosts.
async fn until_panic(demo: &Demo) {
    let start = Instant::now();
    loop {
        let before = panics(demo).await;
        demo.burst(10, RATE).await;
        if panics(demo).await == before + 10 {
            return;
        }
        assert!(start.elapsed() < PATIENCE, "no panic");
    }
}

/// How many requests were sent in panic.
async fn panics(demo: &Demo) -> u64 {
    let all = demo.admin("/stats?filter=lb_healthy_panic").await;
    let numbers = all.lines().filter_map(|line| line.rsplit_once(": "));
    numbers.map(|(_, n)| n.parse::<u64>().unwrap()).sum()
}
