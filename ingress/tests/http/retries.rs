//! App Mesh's default retries (FACTS 1.4, 9.1).

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use ingress::mesh::RetryPolicy;

use crate::client::{Answer, GET};
use crate::proxy::{Proxy, Setup};
use crate::recorded::assert_open;
use crate::upstream::{Step, Upstream, answer, ok, refusing, send};

fn default_retries(hosts: &[std::net::SocketAddr]) -> Proxy {
    Setup::to(hosts)
        .retry(RetryPolicy::app_mesh_default())
        .start()
}

pub(crate) async fn ask(proxy: &Proxy, request: &str) -> Answer {
    let mut client = proxy.client().await;
    let answer = client.ask(request).await;
    assert_open(&mut client).await;
    answer
}

#[tokio::test]
async fn a_503_is_retried_on_another_host() {
    let faulty = Upstream::always(answer(503, "busy")).await;
    let good = Upstream::always(ok("purple")).await;
    let proxy = default_retries(&[faulty.address, good.address]);
    for _ in 0..6 {
        assert_eq!(ask(&proxy, GET).await.text(), "purple");
    }
    let hosts = proxy.cluster.hosts();
    let errors = hosts[0].stats().rq_error.get();
    assert!(
        errors >= 3,
        "the faulty host had its turns, and each counts: {errors}"
    );
    assert_eq!(hosts[1].stats().rq_success.get(), 6);
    assert_eq!(proxy.cluster.stats().upstream_rq_retry.get(), errors);
    assert_eq!(
        proxy.cluster.stats().upstream_rq_retry_success.get(),
        errors
    );
    proxy.end().await;
}

#[tokio::test]
async fn a_small_body_is_sent_again_whole() {
    let mut upstream = Upstream::script(|n| match n {
        0 => answer(503, "busy"),
        _ => ok("purple"),
    })
    .await;
    let proxy = default_retries(&[upstream.address]);
    let request = "POST /get HTTP/1.1\r\nHost: colorapp\r\nContent-Length: 5\r\n\r\nhello";
    assert_eq!(ask(&proxy, request).await.text(), "purple");
    for _ in 0..2 {
        let seen = upstream.seen().await;
        assert_eq!(seen.body, b"hello");
        assert!(seen.head.contains("content-length: 5\r\n"), "{}", seen.head);
    }
    proxy.end().await;
}

/// The second attempt begins with what the first has sent, and goes on with what comes.
#[tokio::test]
async fn a_body_that_is_still_arriving_is_sent_again_from_its_start() {
    let busy = "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n";
    let mut upstream = Upstream::script(move |n| match n {
        0 => vec![send(busy), Step::Hang],
        _ => ok("purple"),
    })
    .await;
    let proxy = default_retries(&[upstream.address]);
    let mut client = proxy.client().await;
    client
        .send("POST /get HTTP/1.1\r\nHost: colorapp\r\nContent-Length: 10\r\n\r\nhello")
        .await;
    upstream.seen().await;
    upstream.gone().await;
    client.send("world").await;
    assert_eq!(client.answer().await.text(), "purple");
    assert_eq!(upstream.seen().await.body, b"helloworld");
    assert_open(&mut client).await;
    drop(client);
    proxy.end().await;
}

/// The connection of the attempt that was given up is gone: it would take more of the body as soon as anybody
/// looked at it.
#[tokio::test]
async fn a_body_belongs_to_the_last_attempt_alone() {
    let asked = Arc::new(AtomicUsize::new(0));
    let host = || {
        let asked = Arc::clone(&asked);
        Upstream::script(move |_| match asked.fetch_add(1, Ordering::Relaxed) {
            0 => vec![
                send("HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n"),
                Step::Hang,
            ],
            1 => vec![
                send("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npur"),
                Step::Body,
                send("ple"),
            ],
            _ => ok("green"),
        })
    };
    let (mut one, mut other) = (host().await, host().await);
    let proxy = default_retries(&[one.address, other.address]);
    let mut client = proxy.client().await;
    client
        .send("POST /get HTTP/1.1\r\nHost: colorapp\r\nContent-Length: 10\r\n\r\nhello")
        .await;
    client.until_received(b"pur").await;
    assert_eq!(proxy.cluster.stats().upstream_cx_active.get(), 1);
    assert_eq!(ask(&proxy, GET).await.text(), "green");
    client.send("world").await;
    assert_eq!(client.answer().await.text(), "purple");
    let mut arrived = one.seen_so_far();
    arrived.extend(other.seen_so_far());
    let whole = arrived.iter().filter(|seen| seen.body == b"helloworld");
    assert_eq!(whole.count(), 1, "{arrived:?}");
    drop(client);
    proxy.end().await;
}

#[tokio::test]
async fn a_body_of_more_than_1_mib_is_not_sent_again() {
    let mut upstream = Upstream::always(answer(503, "busy")).await;
    let proxy = default_retries(&[upstream.address]);
    for (length, attempts) in [((1 << 20), 3), ((1 << 20) + 1, 1)] {
        let head = format!("POST /get HTTP/1.1\r\nHost: colorapp\r\nContent-Length: {length}");
        let answer = ask(&proxy, &format!("{head}\r\n\r\n{}", "x".repeat(length))).await;
        assert_eq!((answer.status, answer.text()), (503, "busy"));
        assert_eq!(upstream.seen_so_far().len(), attempts, "{length} bytes");
    }
    assert_eq!(proxy.cluster.stats().retry_or_shadow_abandoned.get(), 1);
    proxy.end().await;
}

#[tokio::test]
async fn a_refused_connection_is_retried() {
    let good = Upstream::always(ok("purple")).await;
    let proxy = default_retries(&[refusing(), good.address]);
    for _ in 0..4 {
        assert_eq!(ask(&proxy, GET).await.text(), "purple");
    }
    assert!(proxy.cluster.hosts()[0].stats().cx_connect_fail.get() >= 2);
    proxy.end().await;
}

/// Seen in Envoy 1.40: the body tells a last attempt from an only one.
#[tokio::test]
async fn an_answer_for_the_last_of_several_attempts_says_so() {
    let proxy = default_retries(&[refusing(), refusing()]);
    assert_eq!(
        ask(&proxy, GET).await.text(),
        "upstream connect error or disconnect/reset before headers. \
         retried and the latest reset reason: remote connection failure"
    );
    let stats = proxy.cluster.stats();
    assert_eq!(stats.upstream_rq_retry_limit_exceeded.get(), 1);
    assert_eq!(stats.upstream_rq_pending_failure_eject.get(), 3);
    assert_eq!(
        stats.upstream_rq_total.get(),
        0,
        "a request without a connection is none to a host"
    );
    proxy.end().await;
}

#[tokio::test]
async fn the_third_503_in_a_row_is_the_clients() {
    let mut upstream = Upstream::always(answer(503, "busy")).await;
    let proxy = default_retries(&[upstream.address]);
    let answer = ask(&proxy, GET).await;
    assert_eq!((answer.status, answer.text()), (503, "busy"));
    assert_eq!(upstream.seen_so_far().len(), 3);
    assert_eq!(
        proxy.cluster.stats().upstream_rq_retry_limit_exceeded.get(),
        1
    );
    proxy.end().await;
}

#[tokio::test]
async fn a_500_and_a_reset_are_not_retried() {
    let reset = vec![Step::Body, Step::Reset];
    for (steps, status) in [(answer(500, "no"), 500), (reset, 503)] {
        let mut upstream = Upstream::always(steps).await;
        let proxy = default_retries(&[upstream.address]);
        assert_eq!(ask(&proxy, GET).await.status, status);
        assert_eq!(upstream.seen_so_far().len(), 1);
        assert_eq!(proxy.cluster.stats().upstream_rq_retry.get(), 0);
        proxy.end().await;
    }
}

#[tokio::test]
async fn the_routes_time_ends_all_attempts() {
    let mut upstream = Upstream::always(vec![Step::Hang]).await;
    let proxy = Setup::to(&[upstream.address])
        .retry(RetryPolicy::app_mesh_default())
        .timeout(Duration::from_millis(100))
        .start();
    let answer = ask(&proxy, GET).await;
    assert_eq!(
        (answer.status, answer.text()),
        (504, "upstream request timeout")
    );
    assert_eq!(upstream.seen_so_far().len(), 1);
    assert_eq!(proxy.cluster.stats().upstream_rq_timeout.get(), 1);
    assert_eq!(proxy.cluster.hosts()[0].stats().rq_timeout.get(), 1);
    proxy.end().await;
}
