//! Clients that take longer than they may: what they are told, and that no host is blamed for it.

use std::sync::Arc;
use std::time::Duration;

use ingress::proxy::Patience;
use tokio::io::AsyncWriteExt;
use tokio::sync::Notify;
use tokio::task::yield_now;
use tokio::time::timeout;

use crate::client::GET;
use crate::proxy::{Proxy, Setup, until};
use crate::refusals::assert_refused;
use crate::upstream::{Step, Upstream, ok, send};

#[tokio::test]
async fn half_a_head_gets_408_and_the_end() {
    let (_upstream, proxy) = impatient().await;
    let mut client = proxy.client().await;
    client.send("GET /get HTTP/1.1\r\nHos").await;
    let answer = client.answer().await;
    assert_refused(&mut client, &answer, 408, "Request Timeout").await;

    let mut client = proxy.client().await;
    assert_eq!(client.ask(GET).await.status, 200);
    client.send("GET /ge").await;
    let answer = client.answer().await;
    assert_refused(&mut client, &answer, 408, "Request Timeout").await;
    let timeouts = &proxy.downstream.downstream_rq_timeout;
    until("counted", || timeouts.get() == 2).await;
    proxy.end().await;
}

/// The time is the one for a head, not the one between two requests.
#[tokio::test]
async fn half_a_head_behind_a_request_gets_408_and_the_end() {
    let upstream = Upstream::always(ok("purple")).await;
    let patience = Patience {
        head: Duration::from_millis(100),
        ..Patience::default()
    };
    let proxy = Setup::to(&[upstream.address]).patience(patience).start();
    let mut client = proxy.client().await;
    client.send(format!("{GET}GET /get HTTP/1.1\r\nHos")).await;
    assert_eq!(client.answer().await.status, 200);
    let answer = client.answer().await;
    assert_refused(&mut client, &answer, 408, "Request Timeout").await;
    let timeouts = &proxy.downstream.downstream_rq_timeout;
    until("counted", || timeouts.get() == 1).await;
    proxy.end().await;
}

#[tokio::test]
async fn a_client_that_sends_nothing_is_closed() {
    let (_upstream, proxy) = impatient().await;
    let mut client = proxy.client().await;
    assert!(
        client.is_closed().await,
        "without an answer to a question that was not asked"
    );
    let downstream = Arc::clone(&proxy.downstream);
    proxy.end().await;
    assert_eq!(downstream.downstream_cx_idle_timeout.get(), 1);
    assert_eq!(downstream.downstream_rq_timeout.get(), 0);
}

/// Empty lines before a request are no beginning, and halves of them neither.
#[tokio::test]
async fn a_client_that_sends_empty_lines_only_is_closed() {
    let (_upstream, proxy) = impatient().await;
    let mut client = proxy.client().await;
    client.send("\r").await;
    loop {
        tokio::select! {
            is_closed = client.is_closed() => break assert!(is_closed),
            () = yield_now() => {}
        }
        client.stream.write_all(b"\n\r").await.ok();
    }
    let idle = &proxy.downstream.downstream_cx_idle_timeout;
    until("counted", || idle.get() == 1).await;
    proxy.end().await;
}

#[tokio::test]
async fn a_client_that_is_silent_between_requests_is_closed() {
    let (_upstream, proxy) = impatient().await;
    let mut client = proxy.client().await;
    assert_eq!(client.ask(GET).await.status, 200);
    assert!(
        client.is_closed().await,
        "without an answer to a question that was not asked"
    );
    proxy.end().await;
}

async fn impatient() -> (Upstream, Proxy) {
    let upstream = Upstream::always(ok("purple")).await;
    let short = Duration::from_millis(100);
    let patience = Patience {
        head: short,
        idle: short,
        ..Patience::default()
    };
    let proxy = Setup::to(&[upstream.address]).patience(patience).start();
    (upstream, proxy)
}

/// It is not the host's fault, and the host's connection is given up with the request.
#[tokio::test]
async fn a_client_that_stops_in_the_middle_of_its_body_is_told_so_and_no_host_is_blamed() {
    let mut upstream = Upstream::always(ok("purple")).await;
    let patience = Patience {
        body: Duration::from_millis(100),
        ..Patience::default()
    };
    let proxy = Setup::to(&[upstream.address])
        .patience(patience)
        .ejecting_after(1)
        .start();
    let mut client = proxy.client().await;
    client
        .send("POST /get HTTP/1.1\r\nHost: colorapp\r\nContent-Length: 100\r\n\r\nabc")
        .await;
    let answer = client.answer().await;
    assert_eq!((answer.status, answer.text()), (408, "stream timeout"));
    assert_eq!(proxy.downstream.downstream_rq_idle_timeout.get(), 1);
    upstream.gone().await;
    let statuses = &proxy.cluster.stats().statuses;
    assert_eq!(statuses.seen().count(), 0, "it is no answer of the cluster");
    assert_eq!(
        proxy.client().await.ask(GET).await.status,
        200,
        "the host is still in"
    );
    drop(client);
    proxy.end().await;
}

/// Bytes that come one by one keep a client from being stalled, but not from being late.
#[tokio::test]
async fn a_client_that_drips_its_body_for_too_long_is_told_so_and_no_host_is_blamed() {
    let mut upstream = Upstream::always(ok("purple")).await;
    let patience = Patience {
        request: Some(Duration::from_millis(200)),
        ..Patience::default()
    };
    let proxy = Setup::to(&[upstream.address])
        .patience(patience)
        .ejecting_after(1)
        .start();
    let mut client = proxy.client().await;
    client
        .send("POST /get HTTP/1.1\r\nHost: colorapp\r\nTransfer-Encoding: chunked\r\n\r\n")
        .await;
    let answer = loop {
        tokio::select! {
            answer = client.next_answer(false) => break answer.expect("an answer"),
            () = yield_now() => {}
        }
        client.stream.write_all(b"1\r\nx\r\n").await.ok();
    };
    assert_eq!((answer.status, answer.text()), (408, "request timeout"));
    upstream.gone().await;
    assert_eq!(proxy.downstream.downstream_rq_timeout.get(), 1);
    let statuses = &proxy.cluster.stats().statuses;
    assert_eq!(statuses.seen().count(), 0, "it is no answer of the cluster");
    let answer = proxy.client().await.ask(GET).await;
    assert_eq!(answer.status, 200, "the host is still in");
    drop(client);
    proxy.end().await;
}

/// As in Envoy, the time for a request ends with the beginning of its answer.
#[tokio::test]
async fn a_client_that_is_answered_already_is_not_late() {
    let late = Duration::from_millis(100);
    let more = Arc::new(Notify::new());
    let early = vec![
        send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\npur\r\n"),
        Step::Wait(Arc::clone(&more)),
        send("3\r\nple\r\n0\r\n\r\n"),
    ];
    let upstream = Upstream::always(early).await;
    let patience = Patience {
        request: Some(late),
        ..Patience::default()
    };
    let proxy = Setup::to(&[upstream.address]).patience(patience).start();
    let mut client = proxy.client().await;
    client
        .send("POST /get HTTP/1.1\r\nHost: colorapp\r\nTransfer-Encoding: chunked\r\n\r\n")
        .await;
    client.until_received(b"pur").await;
    let nothing = timeout(3 * late, client.until_received(b"ple")).await;
    assert!(nothing.is_err(), "nobody has sent it");
    more.notify_one();
    assert_eq!(client.answer().await.text(), "purple");
    assert_eq!(proxy.downstream.downstream_rq_timeout.get(), 0);
    drop(client);
    proxy.end().await;
}
