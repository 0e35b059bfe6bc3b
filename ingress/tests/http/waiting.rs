//! Limits of connections to hosts, requests that wait for one, and connections that wait for a request
//! (FACTS 15).

use std::sync::Arc;
use std::time::Duration;

use ingress::mesh::{RetryOn, RetryPolicy};
use tokio::sync::Notify;

use crate::client::{Client, GET};
use crate::proxy::{Proxy, Setup, until};
use crate::upstream::{Step, Upstream, answer, ok, send};

const FIRST: &str = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nfirst";

const BROKEN: &str = "HTTP/1.1 500 Broken\r\nContent-Length: 0\r\n\r\n";

/// The first request waits for the test, all others are answered at once.
async fn busy_with_the_first(go_on: &Arc<Notify>, then: Step) -> Upstream {
    let first = vec![Step::Body, Step::Wait(Arc::clone(go_on)), then];
    Upstream::script(move |n| if n == 0 { first.clone() } else { ok("next") }).await
}

/// Sends a request, named by its target, that then waits for a connection as number `n`.
async fn waits(proxy: &Proxy, target: &str, n: u64) -> Client {
    let mut client = proxy.client().await;
    client.send(GET.replace("/get", target)).await;
    let stats = proxy.cluster.stats();
    until("waiting", || stats.upstream_rq_pending_active.get() == n).await;
    client
}

/// FACTS 15.1: with three connections for five hosts, whoever comes last would else be served by nobody for as
/// long as the others keep theirs.
#[tokio::test]
async fn every_host_gets_its_first_connection_whatever_the_limit() {
    let mut hosts = Vec::new();
    for _ in 0..5 {
        hosts.push(Upstream::always(ok("purple")).await);
    }
    let addresses: Vec<_> = hosts.iter().map(|host| host.address).collect();
    let proxy = Setup::to(&addresses).connections(3, 1).start();
    let mut client = proxy.client().await;
    for _ in 0..10 {
        assert_eq!(client.ask(GET).await.status, 200);
    }
    let stats = proxy.cluster.stats();
    assert_eq!(stats.upstream_cx_active.get(), 5);
    assert_eq!(stats.upstream_cx_total.get(), 5);
    assert_eq!(stats.upstream_cx_overflow.get(), 2);
    drop(client);
    proxy.end().await;
}

/// FACTS 15.2, 15.3.
#[tokio::test]
async fn requests_wait_for_the_connection_in_their_order_and_one_too_many_is_refused() {
    let go_on = Arc::new(Notify::new());
    let mut host = busy_with_the_first(&go_on, send(FIRST)).await;
    let proxy = Setup::to(&[host.address]).connections(1, 2).start();
    let mut first = proxy.client().await;
    first.send(GET).await;
    host.seen().await;
    let mut second = waits(&proxy, "/get/2", 1).await;
    let mut third = waits(&proxy, "/get/3", 2).await;
    let refused = proxy.client().await.ask(GET).await;
    assert_eq!(refused.status, 503);
    assert_eq!(refused.get("x-envoy-overloaded"), Some("true"));
    assert!(refused.text().ends_with("reset reason: overflow"));
    go_on.notify_one();
    assert_eq!(first.answer().await.text(), "first");
    for (client, target) in [(&mut second, "/get/2"), (&mut third, "/get/3")] {
        assert_eq!(client.answer().await.text(), "next");
        let seen = host.seen().await;
        assert!(seen.head.contains(target), "{}", seen.head);
        assert_eq!(seen.connection, 0);
    }
    let stats = proxy.cluster.stats();
    assert_eq!(stats.upstream_rq_pending_overflow.get(), 1);
    assert_eq!(stats.upstream_rq_pending_total.get(), 3);
    assert_eq!(stats.upstream_rq_total.get(), 3);
    assert_eq!(
        stats.upstream_cx_overflow.get(),
        3,
        "a look for each that comes, and one for whoever still waits when another is served"
    );
    assert_eq!(proxy.cluster.hosts()[0].stats().rq_error.get(), 0);
    drop((first, second, third));
    proxy.end().await;
}

/// FACTS 15.5.
#[tokio::test]
async fn who_waits_gets_a_new_connection_when_the_one_in_use_is_over() {
    let go_on = Arc::new(Notify::new());
    let mut host = busy_with_the_first(&go_on, Step::Reset).await;
    let proxy = Setup::to(&[host.address]).connections(1, 9).start();
    let mut first = proxy.client().await;
    first.send(GET).await;
    host.seen().await;
    let mut second = waits(&proxy, "/get/2", 1).await;
    go_on.notify_one();
    assert_eq!(first.answer().await.status, 503);
    assert_eq!(second.answer().await.text(), "next");
    assert_eq!(host.seen().await.connection, 1);
    drop((first, second));
    proxy.end().await;
}

/// FACTS 15.6.
#[tokio::test]
async fn a_client_that_leaves_while_it_waits_gives_its_place_up() {
    let go_on = Arc::new(Notify::new());
    let mut host = busy_with_the_first(&go_on, send(FIRST)).await;
    let proxy = Setup::to(&[host.address]).connections(1, 9).start();
    let mut first = proxy.client().await;
    first.send(GET).await;
    host.seen().await;
    let leaving = waits(&proxy, "/get/2", 1).await;
    let mut third = waits(&proxy, "/get/3", 2).await;
    drop(leaving);
    let stats = proxy.cluster.stats();
    until("one left", || stats.upstream_rq_pending_active.get() == 1).await;
    assert_eq!(stats.upstream_rq_cancelled.get(), 1);
    go_on.notify_one();
    assert_eq!(third.answer().await.text(), "next");
    let seen = host.seen().await;
    assert!(seen.head.contains("/get/3"), "{}", seen.head);
    drop((first, third));
    proxy.end().await;
}

/// FACTS 15.7: the host was not asked, so it is not blamed.
#[tokio::test]
async fn the_routes_time_may_be_over_while_a_request_waits() {
    let mut host = Upstream::always(vec![Step::Hang]).await;
    let mut proxy = Setup::to(&[host.address])
        .connections(1, 9)
        .timeout(Duration::from_millis(300))
        .ejecting_after(2)
        .start();
    let body = "POST /get HTTP/1.1\r\nHost: colorapp\r\nContent-Length: 5\r\n\r\n";
    let mut first = proxy.client().await;
    first.send(body).await;
    host.seen().await;
    let mut second = waits(&proxy, "/get/2", 1).await;
    let answer = second.answer().await;
    assert_eq!(
        (answer.status, answer.text()),
        (504, "upstream request timeout")
    );
    let (stats, of_host) = (proxy.cluster.stats(), &proxy.cluster.hosts()[0]);
    assert_eq!(stats.upstream_rq_timeout.get(), 1);
    assert_eq!(stats.upstream_rq_cancelled.get(), 1);
    assert_eq!(stats.upstream_rq_pending_active.get(), 0);
    assert_eq!(of_host.stats().rq_timeout.get(), 0);
    assert_eq!(of_host.stats().rq_error.get(), 0);
    first.send("hello").await;
    assert_eq!(first.answer().await.status, 504);
    assert_eq!(of_host.stats().rq_error.get(), 1);
    assert!(proxy.events.try_recv().is_err());
    drop((first, second));
    proxy.end().await;
}

/// FACTS 15.7: the time of an attempt begins with its connection.
#[tokio::test]
async fn the_time_of_an_attempt_does_not_pass_while_it_waits() {
    let mut host = Upstream::script(|n| match n {
        0 => vec![Step::Body, Step::Hang],
        _ => ok("next"),
    })
    .await;
    let retry = RetryPolicy {
        per_try_timeout: Some(Duration::from_millis(300)),
        max_retries: 0,
        on: RetryOn::default(),
    };
    let proxy = Setup::to(&[host.address])
        .connections(1, 9)
        .retry(retry)
        .start();
    let mut first = proxy.client().await;
    first.send(GET).await;
    host.seen().await;
    let mut second = waits(&proxy, "/get/2", 1).await;
    let mut third = waits(&proxy, "/get/3", 2).await;
    assert_eq!(first.answer().await.status, 504);
    assert_eq!(second.answer().await.text(), "next");
    assert_eq!(third.answer().await.text(), "next");
    drop((first, second, third));
    proxy.end().await;
}

/// FACTS 15.8: requests that wait for a host that is ejected are still its own.
#[tokio::test]
async fn an_ejected_host_serves_those_that_wait_for_it() {
    let go_on = Arc::new(Notify::new());
    let mut host = busy_with_the_first(&go_on, send(BROKEN)).await;
    let mut proxy = Setup::to(&[host.address])
        .connections(1, 9)
        .ejecting_after(1)
        .start();
    let mut first = proxy.client().await;
    first.send(GET).await;
    host.seen().await;
    let mut second = waits(&proxy, "/get/2", 1).await;
    go_on.notify_one();
    assert_eq!(first.answer().await.status, 500);
    proxy.event().await;
    assert_eq!(second.answer().await.text(), "next");
    assert_eq!(first.ask(GET).await.text(), "no healthy upstream");
    drop((first, second));
    proxy.end().await;
}

/// FACTS 15.9.
#[tokio::test]
async fn an_idle_connection_is_closed_when_its_time_is_over() {
    let mut host = Upstream::always(ok("purple")).await;
    let proxy = Setup::to(&[host.address])
        .idle_timeout(Duration::from_millis(50))
        .start();
    let mut client = proxy.client().await;
    for n in 0..3 {
        assert_eq!(client.ask(GET).await.text(), "purple");
        assert_eq!(host.gone().await, n);
    }
    let stats = proxy.cluster.stats();
    until("counted", || stats.upstream_cx_destroy_local.get() == 3).await;
    assert_eq!(stats.upstream_cx_idle_timeout.get(), 3);
    drop(client);
    proxy.end().await;
}

/// FACTS 15.9: the time is one without a request.
#[tokio::test]
async fn a_connection_in_use_is_not_idle() {
    let slow = vec![Step::Body, Step::Hang];
    let host = Upstream::script(move |n| {
        if n == 0 {
            slow.clone()
        } else {
            answer(200, "")
        }
    })
    .await;
    let proxy = Setup::to(&[host.address])
        .idle_timeout(Duration::from_millis(20))
        .timeout(Duration::from_millis(200))
        .start();
    let answer = proxy.client().await.ask(GET).await;
    assert_eq!(
        (answer.status, answer.text()),
        (504, "upstream request timeout")
    );
    assert_eq!(proxy.cluster.stats().upstream_cx_idle_timeout.get(), 0);
    proxy.end().await;
}
