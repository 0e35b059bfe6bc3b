//! Bodies, both ways.

use std::sync::Arc;

use tokio::sync::Notify;
use tokio::time::timeout;

use crate::client::GET;
use crate::proxy::{SOON, Setup};
use crate::recorded::assert_open;
use crate::upstream::{Step, Upstream, ok, send};

const LARGE: usize = 5 << 20;

fn large() -> Vec<u8> {
    (0..LARGE).map(|at| (at % 251) as u8).collect()
}

fn in_chunks(body: &[u8]) -> Vec<u8> {
    let mut chunks = Vec::new();
    for chunk in body.chunks(70_001) {
        chunks.extend(format!("{:x}\r\n", chunk.len()).as_bytes());
        chunks.extend(chunk);
        chunks.extend(b"\r\n");
    }
    chunks.extend(b"0\r\n\r\n");
    chunks
}

fn framed(how: &str, framing: &str, body: Vec<u8>) -> Vec<u8> {
    [format!("{how}\r\n{framing}\r\n\r\n").into_bytes(), body].concat()
}

fn both_framings() -> [(String, Vec<u8>); 2] {
    [
        (format!("Content-Length: {LARGE}"), large()),
        ("Transfer-Encoding: chunked".to_owned(), in_chunks(&large())),
    ]
}

#[tokio::test]
async fn large_requests_arrive_as_they_were_framed() {
    let mut upstream = Upstream::always(ok("thanks")).await;
    let proxy = Setup::to(&[upstream.address]).start();
    let mut client = proxy.client().await;
    for (framing, body) in both_framings() {
        client
            .send(framed(
                "POST /get HTTP/1.1\r\nHost: colorapp",
                &framing,
                body,
            ))
            .await;
        assert_eq!(client.answer().await.text(), "thanks");
        let seen = upstream.seen().await;
        assert!(seen.head.contains(&framing.to_lowercase()), "{}", seen.head);
        assert!(seen.body == large(), "{} bytes arrived", seen.body.len());
        assert_eq!(seen.connection, 0);
    }
    drop(client);
    proxy.end().await;
}

#[tokio::test]
async fn large_answers_arrive_as_they_were_framed() {
    for (framing, body) in both_framings() {
        let answer = framed("HTTP/1.1 200 OK", &framing, body);
        let upstream = Upstream::always(vec![Step::Body, send(answer)]).await;
        let proxy = Setup::to(&[upstream.address]).start();
        let mut client = proxy.client().await;
        for _ in 0..2 {
            let answer = client.ask(GET).await;
            let (name, value) = framing.split_once(": ").unwrap();
            assert_eq!(answer.get(&name.to_lowercase()), Some(value));
            assert!(
                answer.whole && answer.body == large(),
                "{} bytes",
                answer.body.len()
            );
        }
        assert_eq!(proxy.cluster.stats().upstream_cx_total.get(), 1);
        drop(client);
        proxy.end().await;
    }
}

/// The host answers before it reads, and the client sends all before it reads: more of both than sockets hold.
#[tokio::test]
async fn a_request_goes_on_while_the_client_takes_nothing_of_its_answer() {
    let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", 2 * LARGE);
    let first = [head.into_bytes(), large()].concat();
    let steps = vec![send(first), Step::Body, send(large())];
    let mut upstream = Upstream::always(steps).await;
    let proxy = Setup::to(&[upstream.address]).start();
    let mut client = proxy.client().await;
    let request = format!("POST /get HTTP/1.1\r\nHost: colorapp\r\nContent-Length: {LARGE}");
    let request = [request.as_bytes(), b"\r\n\r\n", &large()].concat();
    let sent = timeout(SOON, client.send(request)).await;
    sent.expect("somebody takes the request");
    assert!(upstream.seen().await.whole);
    let answer = client.answer().await;
    assert!(answer.whole && answer.body == [large(), large()].concat());
    drop(client);
    proxy.end().await;
}

/// Envoy drops trailers unless told otherwise, but not their announcement.
#[tokio::test]
async fn trailers_are_dropped_both_ways() {
    let answer = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n\
        6\r\npurple\r\n0\r\nX-Sum: 1\r\n\r\n";
    let mut upstream = Upstream::always(vec![Step::Body, send(answer)]).await;
    let proxy = Setup::to(&[upstream.address]).start();
    let mut client = proxy.client().await;
    let request = "POST /get HTTP/1.1\r\nHost: colorapp\r\nTransfer-Encoding: chunked\r\n\r\n\
        5\r\nhello\r\n0\r\nX-Sum: 2\r\n\r\n";
    let answer = client.ask(request).await;
    assert_eq!((answer.text(), answer.whole), ("purple", true));
    assert_eq!(answer.get("trailer"), Some("X-Sum"));
    assert_eq!(upstream.seen().await.body, b"hello");
    assert_eq!(client.ask(request).await.text(), "purple");
    assert_eq!(
        upstream.seen().await.connection,
        0,
        "a dropped trailer spoils no connection"
    );
    drop(client);
    proxy.end().await;
}

#[tokio::test]
async fn an_answer_without_a_length_ends_with_its_connection() {
    let answer = "HTTP/1.1 200 OK\r\n\r\npurple";
    let upstream = Upstream::always(vec![Step::Body, send(answer), Step::Close]).await;
    let proxy = Setup::to(&[upstream.address]).start();
    let mut client = proxy.client().await;
    let answer = client.ask(GET).await;
    assert_eq!((answer.text(), answer.whole), ("purple", true));
    assert_open(&mut client).await;
    drop(client);
    proxy.end().await;
}

#[tokio::test]
async fn answers_without_a_body_leave_both_connections_usable() {
    let no_content = "HTTP/1.1 204 No Content\r\n\r\n";
    let to_head = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n";
    let answers = [
        no_content,
        to_head,
        "HTTP/1.1 304 Not Modified\r\nETag: x\r\n\r\n",
    ];
    let mut upstream = Upstream::script(move |n| vec![Step::Body, send(answers[n])]).await;
    let proxy = Setup::to(&[upstream.address]).start();
    let mut client = proxy.client().await;
    assert_eq!(client.ask(GET).await.status, 204);
    let head = client
        .ask("HEAD /get HTTP/1.1\r\nHost: colorapp\r\n\r\n")
        .await;
    assert_eq!(head.get("content-length"), Some("6"));
    assert_eq!(client.ask(GET).await.status, 304);
    for _ in 0..3 {
        assert_eq!(upstream.seen().await.connection, 0);
    }
    drop(client);
    proxy.end().await;
}

#[tokio::test]
async fn continue_is_said_before_the_body_is_there() {
    let mut upstream = Upstream::always(ok("purple")).await;
    let proxy = Setup::to(&[upstream.address]).start();
    let mut client = proxy.client().await;
    let head = "POST /get HTTP/1.1\r\nHost: colorapp\r\nExpect: 100-continue\r\n\
        Content-Length: 5\r\n\r\n";
    assert_eq!(client.ask(head).await.line, "HTTP/1.1 100 Continue");
    assert_eq!(client.ask("hello").await.text(), "purple");
    let seen = upstream.seen().await;
    assert_eq!(seen.body, b"hello");
    assert!(!seen.head.contains("\r\nexpect:"), "{}", seen.head);
    drop(client);
    proxy.end().await;
}

/// The rest of the body has nowhere to go then.
#[tokio::test]
async fn an_answer_may_come_before_the_request_is_complete() {
    let refused = "HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno";
    let upstream = Upstream::always(vec![send(refused), Step::Hang]).await;
    let proxy = Setup::to(&[upstream.address]).start();
    let mut client = proxy.client().await;
    client
        .send("POST /get HTTP/1.1\r\nHost: colorapp\r\nContent-Length: 100\r\n\r\nabc")
        .await;
    let answer = client.answer().await;
    assert_eq!(
        (answer.status, answer.text(), answer.whole),
        (413, "no", true)
    );
    assert_eq!(answer.get("connection"), Some("close"));
    assert_eq!(answer.get("x-envoy-upstream-service-time"), None);
    assert!(client.is_closed().await);
    drop(client);
    proxy.end().await;
}

/// A client cannot have hosts ejected: its broken bodies are its own fault, however many at a time.
#[tokio::test]
async fn broken_bodies_are_refused_and_eject_nobody() {
    let mut upstream = Upstream::script(|n| match n {
        0..5 => vec![Step::Hang],
        _ => ok("purple"),
    })
    .await;
    let mut proxy = Setup::to(&[upstream.address]).ejecting_after(1).start();
    let mut clients = Vec::new();
    for _ in 0..5 {
        let mut client = proxy.client().await;
        client
            .send("POST /get HTTP/1.1\r\nHost: colorapp\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n")
            .await;
        upstream.seen().await;
        clients.push(client);
    }
    for client in &mut clients {
        client.send("this is no size\r\n").await;
    }
    for client in &mut clients {
        let answer = client.answer().await;
        assert_eq!((answer.status, answer.text()), (400, "Bad Request"));
        assert_eq!(answer.get("connection"), Some("close"));
        assert!(client.is_closed().await);
        upstream.gone().await;
    }
    let stats = proxy.cluster.stats();
    assert_eq!(stats.statuses.seen().count(), 0, "none of the cluster's");
    assert_eq!(stats.upstream_rq_cancelled.get(), 0);
    assert_eq!(proxy.client().await.ask(GET).await.text(), "purple");
    assert_eq!(proxy.cluster.hosts()[0].stats().rq_error.get(), 0);
    assert!(proxy.events.try_recv().is_err());
    proxy.end().await;
}

/// Nothing is held back until the end.
#[tokio::test]
async fn parts_of_an_answer_are_passed_on_as_they_come() {
    let more = Arc::new(Notify::new());
    let steps = vec![
        Step::Body,
        send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\npur\r\n"),
        Step::Wait(Arc::clone(&more)),
        send("3\r\nple\r\n0\r\n\r\n"),
    ];
    let upstream = Upstream::always(steps).await;
    let proxy = Setup::to(&[upstream.address]).start();
    let mut client = proxy.client().await;
    client.send(GET).await;
    client.until_received(b"pur").await;
    more.notify_one();
    assert_eq!(client.answer().await.text(), "purple");
    drop(client);
    proxy.end().await;
}
