//! Requests that are refused, and what becomes of their connections.

use ingress::proxy::Patience;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::task::yield_now;

use crate::client::{Answer, Client, GET};
use crate::proxy::{Proxy, Setup, until};
use crate::recorded::assert_open;
use crate::upstream::{Upstream, ok};

const BOTH: &str = "POST /get HTTP/1.1\r\nHost: colorapp\r\nTransfer-Encoding: chunked\r\n\
    Content-Length: 5\r\n\r\n5\r\nhello\r\n0\r\n\r\n";

/// Envoy's way to refuse: status, reason as the body, and the end.
async fn assert_refused(client: &mut Client, answer: &Answer, status: u16, reason: &str) {
    assert_eq!(answer.line, format!("HTTP/1.1 {status} {reason}"));
    assert_eq!(answer.text(), reason);
    assert_eq!(answer.get("content-type"), Some("text/plain"));
    assert_eq!(answer.get("connection"), Some("close"));
    assert_eq!(answer.get("server"), Some(ingress::SERVER_NAME));
    assert!(answer.get("date").is_some());
    assert!(client.is_closed().await);
}

async fn plain() -> (Upstream, Proxy) {
    let upstream = Upstream::always(ok("purple")).await;
    let proxy = Setup::to(&[upstream.address]).start();
    (upstream, proxy)
}

/// FACTS 11.6, whichever comes first.
#[tokio::test]
async fn a_length_beside_chunks_is_refused_in_either_order() {
    let (mut upstream, proxy) = plain().await;
    let other_order = "POST /get HTTP/1.1\r\nHost: colorapp\r\ncontent-length: 5\r\n\
        transfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n";
    for request in [BOTH, other_order] {
        let mut client = proxy.client().await;
        let answer = client.ask(request).await;
        assert_refused(&mut client, &answer, 400, "Bad Request").await;
    }
    assert_eq!(upstream.seen_so_far().len(), 0);
    proxy.end().await;
}

/// The requests before it may have bodies of either kind, and all may come at once.
#[tokio::test]
async fn a_length_beside_chunks_is_refused_behind_other_requests() {
    let (mut upstream, proxy) = plain().await;
    let sized = "POST /get HTTP/1.1\r\nHost: colorapp\r\nContent-Length: 27\r\n\r\n\
        Transfer-Encoding: chunked\n";
    let chunked = "POST /get HTTP/1.1\r\nHost: colorapp\r\nTransfer-Encoding: chunked\r\n\r\n\
        13;x=y\r\nContent-Length: 5\r\n\r\n0\r\nX-Trailer: 1\r\n\r\n";
    let mut client = proxy.client().await;
    client.send([sized, chunked, GET, BOTH].concat()).await;
    for _ in 0..3 {
        assert_eq!(client.answer().await.status, 200);
    }
    let answer = client.answer().await;
    assert_refused(&mut client, &answer, 400, "Bad Request").await;
    assert_eq!(upstream.seen_so_far().len(), 3);
    proxy.end().await;
}

/// A number may stand behind any number of blanks and zeros. Whoever loses the thread there takes the
/// bytes of a body for a request.
#[tokio::test]
async fn a_length_beside_chunks_is_refused_behind_numbers_of_any_width() {
    let (mut upstream, proxy) = plain().await;
    let (blanks, zeros) = (" ".repeat(60), "0".repeat(64));
    let sized = format!(
        "POST /get HTTP/1.1\r\nHost: colorapp\r\nContent-Length:{blanks}{zeros}5\r\n\r\nhello"
    );
    let chunked = format!(
        "POST /get HTTP/1.1\r\nHost: colorapp\r\nTransfer-Encoding:{blanks}chunked\r\n\r\n\
         {zeros}5\r\nhello\r\n0\r\n\r\n"
    );
    let mut client = proxy.client().await;
    client.send([&sized, &chunked, BOTH].concat()).await;
    for _ in 0..2 {
        assert_eq!(client.answer().await.status, 200);
        assert_eq!(upstream.seen().await.body, b"hello");
    }
    let answer = client.answer().await;
    assert_refused(&mut client, &answer, 400, "Bad Request").await;
    let hidden = format!(
        "POST /get HTTP/1.1\r\nHost: colorapp\r\nTransfer-Encoding: chunked\r\n\
         Content-Length:{blanks}5\r\n\r\n5\r\nhello\r\n0\r\n\r\n"
    );
    let mut client = proxy.client().await;
    let answer = client.ask(&hidden).await;
    assert_refused(&mut client, &answer, 400, "Bad Request").await;
    assert_eq!(upstream.seen_so_far().len(), 0);
    proxy.end().await;
}

#[tokio::test]
async fn codings_other_than_chunked_are_not_implemented() {
    let (mut upstream, proxy) = plain().await;
    for coding in ["gzip", "gzip, chunked", "chunked, gzip", "identity", ""] {
        let mut client = proxy.client().await;
        let request = format!(
            "POST /get HTTP/1.1\r\nHost: colorapp\r\nTransfer-Encoding: {coding}\r\n\r\n0\r\n\r\n"
        );
        let answer = client.ask(&request).await;
        assert_refused(&mut client, &answer, 501, "Not Implemented").await;
    }
    assert_eq!(upstream.seen_so_far().len(), 0);
    proxy.end().await;
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

/// Two hosts make a request that two parties may understand differently.
#[tokio::test]
async fn two_host_headers_are_refused() {
    let (mut upstream, proxy) = plain().await;
    let mut client = proxy.client().await;
    let answer = client
        .ask("GET /get HTTP/1.1\r\nHost: colorapp\r\nHost: other\r\n\r\n")
        .await;
    assert_eq!((answer.status, answer.text()), (404, ""));
    assert_open(&mut client).await;
    assert_eq!(upstream.seen_so_far().len(), 0);
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
    upstream.gone().await;
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
    let answer = proxy.client().await.ask(GET).await;
    assert_eq!(answer.status, 200, "the host is still in");
    drop(client);
    proxy.end().await;
}

/// The rest of it must not be taken for the next request.
#[tokio::test]
async fn a_request_that_leads_nowhere_ends_its_connection_when_there_is_more_of_it() {
    let upstream = Upstream::always(ok("purple")).await;
    let proxy = Setup::to(&[upstream.address]).start();
    let two_hosts = "POST /get HTTP/1.1\r\nHost: colorapp\r\nHost: other";
    for head in [two_hosts, "OPTIONS * HTTP/1.1\r\nHost: colorapp"] {
        let mut client = proxy.client().await;
        client
            .send(format!("{head}\r\nContent-Length: 5\r\n\r\n"))
            .await;
        let answer = client.answer().await;
        assert_eq!(answer.status, 404, "{head}");
        assert_eq!(answer.get("connection"), Some("close"), "{head}");
        assert!(client.is_closed().await, "{head}");
    }
    proxy.end().await;
}
