//! Requests that are refused, and what becomes of their connections.

use crate::client::{Answer, Client, GET};
use crate::proxy::{Proxy, Setup, until};
use crate::recorded::assert_open;
use crate::upstream::{Upstream, ok};

/// A length beside chunks.
pub(crate) const BOTH: &str = "POST /get HTTP/1.1\r\nHost: colorapp\r\nTransfer-Encoding: chunked\r\n\
    Content-Length: 5\r\n\r\n5\r\nhello\r\n0\r\n\r\n";

/// Envoy's way to refuse: status, reason as the body, and the end.
pub(crate) async fn assert_refused(
    client: &mut Client,
    answer: &Answer,
    status: u16,
    reason: &str,
) {
    assert_eq!(answer.line, format!("HTTP/1.1 {status} {reason}"));
    assert_eq!(answer.text(), reason);
    assert_eq!(answer.get("content-type"), Some("text/plain"));
    assert_eq!(answer.get("connection"), Some("close"));
    assert_eq!(answer.get("server"), Some(ingress::SERVER_NAME));
    assert!(answer.get("date").is_some());
    assert!(client.is_closed().await);
}

pub(crate) async fn plain() -> (Upstream, Proxy) {
    let upstream = Upstream::always(ok("purple")).await;
    let proxy = Setup::to(&[upstream.address]).start();
    (upstream, proxy)
}

/// The verdict must not take the place of answers that wait for a slow client.
#[tokio::test]
async fn a_refusal_does_not_replace_answers_that_a_slow_client_has_not_taken_yet() {
    const LARGE: usize = 8 << 20;
    let upstream = Upstream::always(ok(&"x".repeat(LARGE))).await;
    let proxy = Setup::to(&[upstream.address]).start();
    let nowhere = "GET /nothere HTTP/1.1\r\nHost: colorapp\r\n\r\n";
    let refused = [
        ("GET /get HTTP/1.0\r\n\r\n", 426, "Upgrade Required"),
        ("BANANA\r\n\r\n", 400, "Bad Request"),
    ];
    for (request, status, reason) in refused {
        let mut client = proxy.client().await;
        client.slow_down();
        client.send([GET, nowhere, request].concat()).await;
        let answer = client.answer().await;
        assert_eq!((answer.status, answer.body.len()), (200, LARGE));
        assert_eq!(client.answer().await.status, 404);
        let answer = client.answer().await;
        assert_refused(&mut client, &answer, status, reason).await;
    }
    proxy.end().await;
}

#[tokio::test]
async fn an_offer_of_http_2_is_ignored_and_other_upgrades_are_refused() {
    let (mut upstream, proxy) = plain().await;
    let with = |upgrade: &str| {
        format!(
            "GET /get HTTP/1.1\r\nHost: colorapp\r\nConnection: Upgrade, HTTP2-Settings\r\n\
             Upgrade: {upgrade}\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n"
        )
    };
    let mut client = proxy.client().await;
    assert_eq!(client.ask(&with("h2c")).await.text(), "purple");
    let head = upstream.seen().await.head;
    assert!(
        !head.contains("upgrade") && !head.contains("http2"),
        "{head}"
    );
    assert_eq!(client.ask(&with("websocket")).await.status, 403);
    assert!(client.is_closed().await);
    proxy.end().await;
}

#[tokio::test]
async fn a_malformed_request_after_a_good_one_gets_envoys_answer() {
    let (_upstream, proxy) = plain().await;
    let mut client = proxy.client().await;
    assert_eq!(client.ask(GET).await.status, 200);
    let answer = client.ask("BANANA\r\n\r\n").await;
    assert_refused(&mut client, &answer, 400, "Bad Request").await;

    let mut client = proxy.client().await;
    client.send([GET, "BANANA\r\n\r\n"].concat()).await;
    assert_eq!(client.answer().await.status, 200);
    let answer = client.answer().await;
    assert_refused(&mut client, &answer, 400, "Bad Request").await;
    let errors = &proxy.downstream.downstream_cx_protocol_error;
    until("counted", || errors.get() == 2).await;
    proxy.end().await;
}

#[tokio::test]
async fn a_request_may_have_100_headers_and_60_kib_of_them_but_not_more() {
    let (_upstream, proxy) = plain().await;
    let with = |n| {
        format!(
            "GET /get HTTP/1.1\r\nHost: colorapp\r\n{}\r\n",
            "x: y\r\n".repeat(n)
        )
    };
    let mut client = proxy.client().await;
    assert_eq!(client.ask(&with(99)).await.status, 200);
    let too_large = "Request Header Fields Too Large";
    let answer = client.ask(&with(100)).await;
    assert_refused(&mut client, &answer, 431, too_large).await;

    let long = |n| {
        format!(
            "GET /get HTTP/1.1\r\nHost: colorapp\r\nx: {}\r\n\r\n",
            "y".repeat(n)
        )
    };
    let mut client = proxy.client().await;
    assert_eq!(client.ask(&long(59 * 1_024)).await.status, 200);
    let answer = client.ask(&long(60 * 1_024)).await;
    assert_refused(&mut client, &answer, 431, too_large).await;
    proxy.end().await;
}

/// What was answered before it is not lost.
#[tokio::test]
async fn a_refusal_comes_behind_the_answers_to_earlier_requests() {
    let (_upstream, proxy) = plain().await;
    let nowhere = "GET /nothere HTTP/1.1\r\nHost: colorapp\r\n\r\n";
    let old = "GET /get HTTP/1.0\r\nHost: colorapp\r\n\r\n";
    let refused = [
        (old, 426, "Upgrade Required"),
        (BOTH, 400, "Bad Request"),
        ("BANANA\r\n\r\n", 400, "Bad Request"),
    ];
    for (request, status, reason) in refused {
        let mut client = proxy.client().await;
        client.send([nowhere, GET, nowhere, request].concat()).await;
        for expected in [404, 200, 404] {
            assert_eq!(client.answer().await.status, expected, "before {request:?}");
        }
        let answer = client.answer().await;
        assert_refused(&mut client, &answer, status, reason).await;
    }
    proxy.end().await;
}

#[tokio::test]
async fn a_404_leaves_the_connection_open() {
    let (_upstream, proxy) = plain().await;
    let mut client = proxy.client().await;
    assert_open(&mut client).await;
    assert_eq!(client.ask(GET).await.status, 200);
    assert_eq!(proxy.downstream.no_route.get(), 1);
    proxy.end().await;
}
