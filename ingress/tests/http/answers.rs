//! Answers of hosts: which are passed on, which are not, and with what changes.

use crate::client::{Answer, GET};
use crate::proxy::{Proxy, Setup};
use crate::recorded::assert_open;
use crate::upstream::{Step, Upstream, send};

const PROTOCOL_ERROR: &str =
    "upstream connect error or disconnect/reset before headers. reset reason: protocol error";

/// A host that always answers so, behind a proxy that ejects after two errors.
async fn host(answer: &str) -> (Upstream, Proxy) {
    let upstream = Upstream::always(vec![Step::Body, send(answer)]).await;
    let proxy = Setup::to(&[upstream.address]).ejecting_after(2).start();
    (upstream, proxy)
}

async fn ask(proxy: &Proxy) -> Answer {
    let mut client = proxy.client().await;
    let answer = client.ask(GET).await;
    assert_open(&mut client).await;
    answer
}

/// Two parties could disagree on where such an answer ends, or on whose connection it is from then on.
#[tokio::test]
async fn an_answer_that_is_not_framed_in_one_known_way_is_a_502_and_counts_for_the_host() {
    let ok = "HTTP/1.1 200 OK";
    let chunks = "6\r\npurple\r\n0\r\n\r\n";
    let unsound = [
        format!("{ok}\r\nContent-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n{chunks}"),
        format!("{ok}\r\nTransfer-Encoding: chunked\r\nContent-Length: 6\r\n\r\n{chunks}"),
        format!("{ok}\r\nContent-Length: 6\r\nContent-Length: 6\r\n\r\npurple"),
        format!("{ok}\r\nContent-Length: 6, 6\r\n\r\npurple"),
        format!("{ok}\r\nTransfer-Encoding: gzip, chunked\r\n\r\n{chunks}"),
        format!("{ok}\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n{chunks}"),
        "HTTP/1.1 204 No Content\r\nContent-Length: 6\r\n\r\n".to_owned(),
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n".to_owned(),
        "HTTP/1.1 101 Switching Protocols\r\n\r\n".to_owned(),
    ];
    for answer in unsound {
        let (mut upstream, mut proxy) = host(&answer).await;
        for connection in 0..2 {
            let got = ask(&proxy).await;
            assert_eq!((got.status, got.text()), (502, PROTOCOL_ERROR), "{answer}");
            assert_eq!(upstream.seen().await.connection, connection, "{answer}");
        }
        proxy.event().await;
        proxy.end().await;
    }
}

/// Half a head is no answer at all, and not the same as none.
#[tokio::test]
async fn a_connection_that_ends_in_the_head_of_an_answer_is_a_502() {
    for how in [Step::Close, Step::Reset] {
        let half = vec![
            Step::Body,
            send("HTTP/1.1 200 OK\r\nContent-Le"),
            how.clone(),
        ];
        let upstream = Upstream::always(half).await;
        let proxy = Setup::to(&[upstream.address]).start();
        let got = ask(&proxy).await;
        assert_eq!((got.status, got.text()), (502, PROTOCOL_ERROR), "{how:?}");
        proxy.end().await;
    }
}

#[tokio::test]
async fn the_reason_is_the_one_that_envoy_writes() {
    let written = [
        ("200 Purple", "200 OK"),
        ("200 ", "200 OK"),
        ("203 x", "203 Non-Authoritative Information"),
        ("299 Fine", "299 Unknown"),
        ("418 I'm a teapot", "418 Unknown"),
        ("599 x", "599 Last Unassigned Server Error Code"),
    ];
    for (hosts, clients) in written {
        let (_upstream, proxy) =
            host(&format!("HTTP/1.1 {hosts}\r\nContent-Length: 0\r\n\r\n")).await;
        assert_eq!(ask(&proxy).await.line, format!("HTTP/1.1 {clients}"));
        proxy.end().await;
    }
}

/// What the host speaks is its own affair. Its connection is kept if it says so.
#[tokio::test]
async fn a_host_of_http_1_0_is_asked_in_1_1_and_its_answers_are_passed_on_in_1_1() {
    for (keeps, connections) in [("Connection: keep-alive\r\n", [0, 0]), ("", [0, 1])] {
        let answer = format!("HTTP/1.0 200 OK\r\n{keeps}Content-Length: 6\r\n\r\npurple");
        let (mut upstream, proxy) = host(&answer).await;
        for connection in connections {
            let answer = ask(&proxy).await;
            assert_eq!(
                (answer.line.as_str(), answer.text()),
                ("HTTP/1.1 200 OK", "purple")
            );
            let seen = upstream.seen().await;
            assert_eq!(seen.connection, connection);
            assert!(
                seen.head.starts_with("GET /get HTTP/1.1\r\n"),
                "{}",
                seen.head
            );
        }
        proxy.end().await;
    }
}

/// FACTS 11.1: the proxy's own headers stand last, the date of an answer without one before `server`.
#[tokio::test]
async fn an_answer_without_a_date_gets_one_where_envoy_puts_it() {
    let answer = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX-A: 1\r\n\r\n0\r\n\r\n";
    let (_upstream, proxy) = host(answer).await;
    let answer = ask(&proxy).await;
    let names: Vec<&str> = answer
        .headers
        .iter()
        .map(|(name, _)| name.as_str())
        .collect();
    let expected = [
        "x-a",
        "x-envoy-upstream-service-time",
        "date",
        "server",
        "transfer-encoding",
    ];
    assert_eq!(names, expected);
    proxy.end().await;
}

#[tokio::test]
async fn early_hints_are_not_passed_on() {
    let answer = "HTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\n\
        HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npurple";
    let (_upstream, proxy) = host(answer).await;
    let answer = ask(&proxy).await;
    assert_eq!((answer.status, answer.text()), (200, "purple"));
    proxy.end().await;
}
