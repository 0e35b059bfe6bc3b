use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::advance;

use super::*;
use crate::event_log::EventLog;
use crate::mesh;
use crate::metrics::recorded::colorapp;

/// A watched cluster with the demo's policy and `percent`, on a paused clock.
async fn watched(percent: u32) -> Arc<Cluster> {
    let policy = OutlierPolicy {
        base_ejection_time: Duration::from_secs(10),
        max_ejection_percent: percent,
        ..OutlierPolicy::default()
    };
    start(Some(policy))
}

fn start(outlier: Option<OutlierPolicy>) -> Arc<Cluster> {
    let spec = mesh::Cluster {
        outlier,
        ..colorapp().spec().clone()
    };
    let addresses: Vec<SocketAddr> = (9081..=9085)
        .map(|port| ([127, 0, 0, 1], port).into())
        .collect();
    let (cluster, trips) = Cluster::new(spec, &addresses);
    let log = Arc::new(EventLog::default());
    tokio::spawn(Arc::clone(&cluster).watch_over(trips, log));
    cluster
}

/// Five errors in a row, and the watch has decided.
async fn fail(cluster: &Cluster, host: HostIndex) {
    for _ in 0..5 {
        cluster.record(&cluster.hosts()[host], 500);
    }
    settle().await;
}

async fn pass(ms: u64) {
    advance(Duration::from_millis(ms)).await;
    settle().await;
}

/// Lets the watch do what it has to do now.
async fn settle() {
    for _ in 0..10 {
        tokio::task::yield_now().await;
    }
}

fn page_of(cluster: &Cluster) -> Value {
    serde_json::to_value(cluster_page(cluster)).unwrap()
}

fn why(cluster: &Cluster, host: HostIndex) -> String {
    page_of(cluster)["hosts"][host]["why"]
        .as_str()
        .unwrap()
        .to_owned()
}

#[tokio::test(start_paused = true)]
async fn a_healthy_cluster_shows_its_policy_and_its_hosts() {
    let cluster = watched(100).await;
    pass(3_000).await;
    cluster.record(&cluster.hosts()[1], 500);
    let mut page = page_of(&cluster);
    let hosts = page["hosts"].take();
    assert_eq!(
        page,
        json!({
            "name": "colorapp", "node": "colorapp",
            "policy": {
                "consecutive_5xx": 5, "interval_ms": 10_000, "base_ejection_time_ms": 10_000,
                "max_ejection_time_ms": 300_000, "max_ejection_percent": 100,
                "always_eject_one_host": false, "healthy_panic_threshold": 50,
                "update_merge_window_ms": 1_000,
            },
            "panic": false, "healthy": 5, "total": 5,
            "next_sweep_ms": 7_000, "waiting_refresh_ms": null, "hosts": null,
        })
    );
    assert_eq!(
        hosts[1],
        json!({
            "address": "127.0.0.1:9082", "state": "healthy", "why": "1 of 5 errors in a row",
            "consecutive_5xx": 1, "cause": null, "ejected_at": null, "ejected_for_ms": null,
            "earliest_return": null, "returns_in_ms": null, "ejections": 0, "multiplier": 0,
            "next_ejection_ms": 10_000, "in_rotation": true, "balancer_knows": true,
            "refused": null,
        })
    );
    assert_eq!(hosts[0]["why"], "never ejected");
}

/// FACTS 2.4: ejected at 4 s, back at the second sweep.
#[tokio::test(start_paused = true)]
async fn an_ejected_host_says_why_and_until_when() {
    let cluster = watched(100).await;
    pass(4_000).await;
    fail(&cluster, 2).await;
    pass(500).await;
    let page = page_of(&cluster);
    let host = &page["hosts"][2];
    assert_eq!(page["healthy"], 4);
    for (field, value) in [
        ("state", json!("ejected")),
        ("cause", json!("CONSECUTIVE_5XX")),
        ("ejected_for_ms", json!(500)),
        ("returns_in_ms", json!(15_500)),
        ("ejections", json!(1)),
        ("multiplier", json!(1)),
        ("next_ejection_ms", json!(20_000)),
        ("in_rotation", json!(false)),
        ("balancer_knows", json!(true)),
        (
            "why",
            json!("5 errors in a row; out for at least 10 s, back at the first sweep after that"),
        ),
    ] {
        assert_eq!(host[field], value, "{field}");
    }
    let time = |field: &str| humantime::parse_rfc3339(host[field].as_str().unwrap()).unwrap();
    let out = time("earliest_return")
        .duration_since(time("ejected_at"))
        .unwrap();
    assert!((15_999..=16_001).contains(&out.as_millis()), "{out:?}");

    pass(15_500).await;
    assert_eq!(page_of(&cluster)["hosts"][2]["state"], "healthy");
    assert_eq!(
        why(&cluster, 2),
        "back; the next ejection would last at least 20 s"
    );
}

/// FACTS 6.2: its flag is set, but for a second it keeps its traffic.
#[tokio::test(start_paused = true)]
async fn the_second_of_two_hosts_waits_for_the_merge_window() {
    let cluster = watched(100).await;
    pass(4_000).await;
    fail(&cluster, 1).await;
    pass(18).await;
    fail(&cluster, 3).await;
    pass(400).await;
    let page = page_of(&cluster);
    assert_eq!(page["waiting_refresh_ms"], 600);
    assert_eq!(page["healthy"], 3);
    assert_eq!(page["hosts"][3]["balancer_knows"], false);
    assert_eq!(page["hosts"][3]["in_rotation"], true);
    assert_eq!(
        page["hosts"][3]["why"],
        "5 errors in a row; out for at least 10 s, back at the first sweep after that; \
         the balancers do not know yet, they hear of it in 0.6 s"
    );
    pass(600).await;
    assert_eq!(page_of(&cluster)["hosts"][3]["in_rotation"], false);
}

/// FACTS 7.1: three of five out.
#[tokio::test(start_paused = true)]
async fn in_panic_every_host_is_in_rotation() {
    let cluster = watched(100).await;
    for host in 0..3 {
        fail(&cluster, host).await;
        pass(1_500).await;
    }
    let page = page_of(&cluster);
    assert_eq!(page["panic"], true);
    assert_eq!(page["hosts"][0]["in_rotation"], true);
    assert_eq!(page["hosts"][0]["balancer_knows"], true);
    assert!(why(&cluster, 0).ends_with("; panic: everyone gets traffic"));
}

/// FACTS 5.1: the arithmetic of the refusal is shown.
#[tokio::test(start_paused = true)]
async fn a_refused_ejection_says_what_it_ran_into() {
    let cluster = watched(20).await;
    fail(&cluster, 0).await;
    pass(1_500).await;
    fail(&cluster, 1).await;
    let page = page_of(&cluster);
    let reason = "2 of 5 hosts out would be 40 %, over the limit of 20 %";
    let host = &page["hosts"][1];
    assert_eq!(host["state"], "healthy");
    assert_eq!(host["refused"]["cause"], "CONSECUTIVE_5XX");
    assert_eq!(host["refused"]["why"], reason);
    assert_eq!(
        host["why"],
        format!("not ejected at 5 errors in a row: {reason}")
    );
}

#[tokio::test(start_paused = true)]
async fn without_detection_nobody_is_ever_ejected() {
    let page = page_of(&start(None));
    assert_eq!(page["policy"], Value::Null);
    assert_eq!(page["next_sweep_ms"], Value::Null);
    assert_eq!(page["hosts"][4]["in_rotation"], true);
    assert_eq!(page["hosts"][4]["next_ejection_ms"], Value::Null);
}
