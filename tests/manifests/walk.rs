//! The walkthrough with the pods of an overlay on one machine, at the real pace of its policy.

use std::collections::BTreeMap;

use crate::machine::{Machine, traffic};

/// The numbers that the demo promises: each host its share; five errors, and no more; the others share;
/// and all is as it was.
async fn walk(overlay: &str) {
    let machine = Machine::start(overlay).await;
    let all_is_well = async || {
        let counted = machine.burst().await;
        assert_eq!(counted.statuses, BTreeMap::from([(200, 200)]));
        let shares: Vec<_> = counted.hosts.values().copied().collect();
        assert_eq!(shares, [40; 5]);
    };
    all_is_well().await;

    let said = machine.text("/fault").await;
    let faulty = said.split('`').nth(1).expect("the uid is in backticks");
    let counted = machine.burst().await;
    assert_eq!(counted.statuses, BTreeMap::from([(200, 195), (500, 5)]));
    assert_eq!(counted.hosts[faulty], 5);
    machine.until(faulty, "ejected").await;
    assert_eq!(ejected(&machine).await, "1");

    let counted = machine.burst().await;
    assert_eq!(counted.statuses, BTreeMap::from([(200, 200)]));
    let shares: Vec<_> = counted.hosts.values().copied().collect();
    assert_eq!(shares, [50; 4]);

    machine.text(&format!("/recover?host={faulty}")).await;
    machine.until(faulty, "healthy").await;
    assert_eq!(ejected(&machine).await, "0");
    all_is_well().await;

    for page in ["/", "/clusters", "/quitquitquit"] {
        let answer = machine.get(&machine.stats, page).await;
        assert_eq!(answer.status(), 404, "{page} is for the pod only");
    }
}

/// How many hosts of colorapp are out, as Prometheus reads it.
async fn ejected(machine: &Machine) -> String {
    let page = machine.get(&machine.stats, "/stats/prometheus").await;
    let page = page.text().await.unwrap();
    let mut lines = page.lines();
    let line = lines.find(|line| {
        line.starts_with("envoy_cluster_outlier_detection_ejections_active{")
            && line.contains("_colorapp_")
    });
    line.unwrap().rsplit(' ').next().unwrap().to_owned()
}

#[tokio::test]
async fn the_load_generator_knows_its_arguments_and_the_way_in() {
    let machine = Machine::start("ingress").await;
    let _traffic = traffic(&machine);
    machine.until_counted(50).await;
}

#[tokio::test]
async fn ingress_as_gateway_and_as_sidecar_keeps_the_demos_promises() {
    walk("ingress").await;
}

#[cfg(feature = "real-peers")]
#[tokio::test]
async fn plain_envoy_keeps_the_demos_promises() {
    walk("envoy").await;
}
