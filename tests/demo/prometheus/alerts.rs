//! Both alerts fire when they should, and are over with their reason.

use super::watched;
use crate::harness::Mesh;

fn firing(alert: &str) -> String {
    format!("ALERTS{{alertname=\"{alert}\",alertstate=\"firing\"}}")
}

async fn a_host_that_is_out_raises_an_alert(mesh: Mesh) {
    let demo = watched(mesh).await;
    let alert = firing("OutlierHostEjected");
    assert_eq!(demo.query(&alert).await, []);
    let said = demo.text("/fault").await;
    demo.burst(100, 150).await;
    let fired = demo.query_until(&alert, |fired| !fired.is_empty()).await;
    let (labels, _) = &fired[0];
    assert_eq!(labels["severity"], "warning");
    assert_eq!(labels["namespace"], "outlier-demo");
    let cluster = labels["envoy_cluster_name"].as_str().unwrap();
    assert!(cluster.contains("colorapp"), "{said}: {cluster}");

    demo.text("/recover").await;
    demo.query_until(&alert, Vec::is_empty).await;
    assert_eq!(demo.query(&firing("OutlierPanic")).await, []);
}

async fn panic_raises_an_alert(mesh: Mesh) {
    let demo = watched(mesh).await;
    let alert = firing("OutlierPanic");
    demo.text("/fault?count=3").await;
    demo.burst(100, 150).await;
    demo.hosts_until(|hosts| {
        let hosts = hosts["hosts"].as_array().unwrap().iter();
        hosts
            .filter(|host| host["mesh"]["state"] == "ejected")
            .count()
            == 3
    })
    .await;
    // The balancer hears of the third ejection up to a second later, and panic is counted by request.
    let mut bursts = 0;
    while demo.query(&alert).await.is_empty() {
        demo.burst(50, 150).await;
        bursts += 1;
        assert!(bursts < 100, "no alert");
    }
    let fired = demo.query(&alert).await;
    assert_eq!(fired[0].0["severity"], "critical");
}

#[tokio::test]
async fn a_host_that_is_out_raises_an_alert_on_ingress() {
    a_host_that_is_out_raises_an_alert(Mesh::Ingress).await;
}

#[tokio::test]
async fn a_host_that_is_out_raises_an_alert_on_envoy() {
    a_host_that_is_out_raises_an_alert(Mesh::Envoy).await;
}

#[tokio::test]
async fn panic_raises_an_alert_on_ingress() {
    panic_raises_an_alert(Mesh::Ingress).await;
}

#[tokio::test]
async fn panic_raises_an_alert_on_envoy() {
    panic_raises_an_alert(Mesh::Envoy).await;
}
