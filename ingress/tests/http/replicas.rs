//! Hosts that come and go under traffic.

use std::sync::Arc;

use ingress::outlier::Action;
use tokio::sync::Notify;
use tokio::task::JoinSet;

use crate::client::{Client, GET};
use crate::proxy::{Proxy, Setup};
use crate::upstream::{Step, Upstream, answer, ok, send};
use crate::zone::Zone;

async fn ask(proxy: &Proxy) -> (u16, String) {
    let answer = proxy.client().await.ask(GET).await;
    (answer.status, answer.text().to_owned())
}

/// Hosts that answer with their own number.
async fn hosts<const N: usize>() -> [Upstream; N] {
    let mut hosts = Vec::new();
    for n in 0..N {
        hosts.push(Upstream::always(ok(&n.to_string())).await);
    }
    hosts
        .try_into()
        .unwrap_or_else(|_| unreachable!("as many as were made"))
}

/// Whose turn it was, `n` times.
async fn asked(proxy: &Proxy, n: usize) -> String {
    let mut answers = String::new();
    for _ in 0..n {
        answers += &ask(proxy).await.1;
    }
    answers
}

/// A thousand requests on four connections while one of three hosts goes and comes, over and over.
#[tokio::test]
async fn no_request_fails_while_hosts_come_and_go() {
    let upstreams = hosts::<3>().await;
    let [a, b, c] = [0, 1, 2].map(|n: usize| upstreams[n].address);
    let zone = Zone::of(&[a, b, c]);
    let proxy = Setup::to(&[]).follow(zone.clone()).await;
    let mut clients = JoinSet::new();
    for _ in 0..4 {
        let mut client = Client::connect(proxy.address).await;
        clients.spawn(async move {
            for n in 0..250 {
                let answer = client.ask(GET).await;
                assert_eq!(answer.status, 200, "request {n}");
            }
        });
    }
    let mut changes = 0;
    while !clients.is_empty() {
        zone.is(&[a, c], &proxy).await;
        zone.is(&[b, a, c], &proxy).await;
        changes += 2;
        while let Some(ended) = clients.try_join_next() {
            ended.unwrap();
        }
    }
    let stats = proxy.cluster.stats();
    assert_eq!(stats.membership_change.get(), changes + 1);
    assert_eq!(stats.statuses.seen().collect::<Vec<_>>(), [(200, 1_000)]);
    proxy.end().await;
}

#[tokio::test]
async fn whoever_comes_has_its_turns_and_whoever_is_gone_has_none() {
    let upstreams = hosts::<3>().await;
    let [a, b, c] = [0, 1, 2].map(|n: usize| upstreams[n].address);
    let zone = Zone::of(&[a, b]);
    let proxy = Setup::to(&[]).follow(zone.clone()).await;
    let before = asked(&proxy, 4).await;
    assert!(["0101", "1010"].contains(&before.as_str()), "{before}");
    zone.is(&[c, b], &proxy).await;
    let after = asked(&proxy, 4).await;
    assert!(["2121", "1212"].contains(&after.as_str()), "{after}");
    proxy.end().await;
}

/// FACTS 14.6.
#[tokio::test]
async fn an_idle_connection_to_a_host_that_goes_is_closed_at_once() {
    let mut upstreams = hosts::<2>().await;
    let [a, b] = [0, 1].map(|n: usize| upstreams[n].address);
    let zone = Zone::of(&[a, b]);
    let proxy = Setup::to(&[]).follow(zone.clone()).await;
    asked(&proxy, 2).await;
    zone.is(&[b], &proxy).await;
    assert_eq!(upstreams[0].gone().await, 0);
    assert_eq!(asked(&proxy, 2).await, "11");
    assert_eq!(proxy.cluster.stats().upstream_cx_total.get(), 2);
    assert_eq!(proxy.cluster.stats().upstream_cx_destroy_local.get(), 1);
    proxy.end().await;
}

/// FACTS 14.6.
#[tokio::test]
async fn a_request_under_way_on_a_host_that_goes_ends_in_peace() {
    let go_on = Arc::new(Notify::new());
    let steps = vec![
        Step::Body,
        Step::Wait(Arc::clone(&go_on)),
        send("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npurple"),
    ];
    let mut slow = Upstream::always(steps).await;
    let zone = Zone::of(&[slow.address]);
    let proxy = Setup::to(&[]).follow(zone.clone()).await;
    let mut client = proxy.client().await;
    client.send(GET).await;
    slow.seen().await;
    let host = Arc::clone(&proxy.cluster.hosts()[0]);
    zone.is(&[], &proxy).await;
    go_on.notify_one();
    let answer = client.answer().await;
    assert_eq!((answer.status, answer.text()), (200, "purple"));
    assert_eq!(
        slow.gone().await,
        0,
        "its connection takes no other request"
    );
    assert_eq!(host.stats().rq_success.get(), 1);
    proxy.end().await;
    assert_eq!(
        (host.stats().rq_active.get(), host.stats().cx_active.get()),
        (0, 0)
    );
}

/// FACTS 14.4: the fifth error ejects although another host has come since the fourth, and the ejection
/// outlives the next change.
#[tokio::test]
async fn a_host_that_stays_keeps_its_errors_and_its_ejection() {
    let faulty = Upstream::always(answer(500, "no colors 4 u")).await;
    let good = Upstream::always(ok("0")).await;
    let zone = Zone::of(&[faulty.address]);
    let setup = Setup::to(&[]).ejecting_after(5);
    let mut proxy = setup.follow(zone.clone()).await;
    for _ in 0..4 {
        assert_eq!(ask(&proxy).await.0, 500);
    }
    zone.is(&[good.address, faulty.address], &proxy).await;
    let statuses = [ask(&proxy).await.0, ask(&proxy).await.0];
    assert!(statuses.contains(&500) && statuses.contains(&200));
    let event = proxy.event().await;
    assert_eq!(event.host, 1, "its place in the new list");
    assert!(matches!(event.action, Action::Eject { enforced: true, .. }));
    let other = Upstream::always(ok("1")).await;
    zone.is(&[faulty.address, good.address, other.address], &proxy)
        .await;
    let answers = asked(&proxy, 4).await;
    assert!(["0101", "1010"].contains(&answers.as_str()), "{answers}");
    proxy.end().await;
}

/// FACTS 14.2.
#[tokio::test]
async fn without_hosts_requests_are_refused_until_some_come() {
    let upstreams = hosts::<1>().await;
    let zone = Zone::of(&[]);
    let proxy = Setup::to(&[]).follow(zone.clone()).await;
    let refused = (503, "no healthy upstream".to_owned());
    assert_eq!(ask(&proxy).await, refused);
    zone.is(&[upstreams[0].address], &proxy).await;
    assert_eq!(ask(&proxy).await, (200, "0".to_owned()));
    zone.is(&[], &proxy).await;
    assert_eq!(ask(&proxy).await, refused);
    zone.is(&[upstreams[0].address], &proxy).await;
    assert_eq!(ask(&proxy).await, (200, "0".to_owned()));
    assert_eq!(proxy.cluster.stats().upstream_cx_none_healthy.get(), 2);
    proxy.end().await;
}

/// FACTS 14.2.
#[tokio::test]
async fn a_failed_lookup_changes_nothing() {
    let upstreams = hosts::<2>().await;
    let zone = Zone::of(&[upstreams[0].address, upstreams[1].address]);
    let proxy = Setup::to(&[]).follow(zone.clone()).await;
    asked(&proxy, 2).await;
    zone.fails(&proxy).await;
    let answers = asked(&proxy, 2).await;
    assert!(["01", "10"].contains(&answers.as_str()), "{answers}");
    assert_eq!(
        proxy.cluster.stats().upstream_cx_total.get(),
        2,
        "and keeps connections"
    );
    assert!(proxy.cluster.stats().update_failure.get() > 0);
    proxy.end().await;
}
