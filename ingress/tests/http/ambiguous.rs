//! Requests that two parties may understand differently: where one ends, what it holds, whom it is for.

use crate::client::GET;
use crate::proxy::Setup;
use crate::recorded::assert_open;
use crate::refusals::{BOTH, assert_refused, plain};
use crate::upstream::{Upstream, ok};

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
