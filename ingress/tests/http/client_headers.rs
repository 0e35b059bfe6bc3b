//! What becomes of a client's headers is what `docs/http.md` says of each.

use crate::client::GET;
use crate::header_rows::{Becomes, rows};
use crate::proxy::Setup;
use crate::upstream::{Seen, Upstream, ok};

/// Its lines, without what is different in each request.
fn lines(seen: &Seen) -> Vec<String> {
    let lines = seen.head.trim_end_matches("\r\n").split("\r\n");
    let same = |line: &str| match line.strip_prefix("x-request-id: ") {
        Some(id) if id.len() == 36 => "x-request-id: a new one".to_owned(),
        _ => line.to_owned(),
    };
    lines.map(same).collect()
}

#[tokio::test]
async fn every_row_of_the_page_is_true() {
    let mut upstream = Upstream::always(ok("purple")).await;
    let proxy = Setup::to(&[upstream.address]).start();
    let mut client = proxy.client().await;
    client.ask(GET).await;
    let plain = lines(&upstream.seen().await);
    assert_eq!(plain.len(), 5, "{plain:?}");
    let rows = rows();
    assert!(rows.len() > 30, "the table has {} rows", rows.len());
    for row in rows {
        let sent = row.sent.join("\r\n");
        let request = format!("GET /get HTTP/1.1\r\nHost: colorapp:8080\r\n{sent}\r\n\r\n");
        let mut client = proxy.client().await;
        client.send(&request).await;
        let mut answer = client.answer().await;
        if answer.status == 100 {
            answer = client.answer().await;
        }
        let expected = match row.becomes {
            Becomes::Status(status) => {
                assert_eq!(answer.status, status, "{sent:?}");
                assert!(client.is_closed().await, "{sent:?}");
                assert_eq!(upstream.seen_so_far().len(), 0, "{sent:?}");
                continue;
            }
            Becomes::Lines(lines) => lines,
        };
        assert_eq!(answer.status, 200, "{sent:?}");
        let got = lines(&upstream.seen().await);
        let of_client = got.iter().filter(|line| !plain.contains(line));
        assert_eq!(of_client.collect::<Vec<_>>(), expected, "{sent:?}");
        // What every request has is there once, in place of it what the client said.
        for line in &plain[1..] {
            let (name, _) = line.split_once(": ").unwrap();
            let prefix = format!("{name}: ");
            let all = got.iter().filter(|line| line.starts_with(&prefix));
            assert_eq!(all.count(), 1, "{name} for {sent:?}");
        }
    }
    proxy.end().await;
}

/// The limit is that of the whole head.
#[tokio::test]
async fn a_header_may_be_as_long_as_the_head_may_be() {
    let mut upstream = Upstream::always(ok("purple")).await;
    let proxy = Setup::to(&[upstream.address]).start();
    for name in [
        "x-request-id",
        "traceparent",
        "tracestate",
        "x-b3-traceid",
        "x-forwarded-for",
        "x-envoy-attempt-count",
    ] {
        let with = |length: usize| {
            let value = "a".repeat(length);
            format!("GET /get HTTP/1.1\r\nHost: colorapp\r\n{name}: {value}\r\n\r\n")
        };
        let mut client = proxy.client().await;
        assert_eq!(client.ask(&with(50 << 10)).await.status, 200, "{name}");
        let head = upstream.seen().await.head;
        let line = format!("\r\n{name}: {}\r\n", "a".repeat(50 << 10));
        assert!(head.contains(&line), "{name}");
        assert_eq!(client.ask(&with(60 << 10)).await.status, 431, "{name}");
        assert!(client.is_closed().await, "{name}");
    }
    proxy.end().await;
}
