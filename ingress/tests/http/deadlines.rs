//! The time of a route and of each attempt (FACTS 15.12).

use std::sync::Arc;
use std::time::Duration;

use ingress::mesh::{RetryOn, RetryPolicy};
use tokio::sync::Notify;

use crate::client::GET;
use crate::proxy::Setup;
use crate::retries::ask;
use crate::upstream::{Seen, Step, Upstream, ok, send};

#[tokio::test]
async fn an_attempt_that_takes_too_long_is_made_again_if_the_policy_says_so() {
    let upstream = Upstream::script(|n| match n {
        0 => vec![Step::Hang],
        _ => ok("purple"),
    })
    .await;
    let retry = RetryPolicy {
        per_try_timeout: Some(Duration::from_millis(100)),
        on: RetryOn {
            server_error: true,
            ..RetryOn::default()
        },
        ..RetryPolicy::app_mesh_default()
    };
    let proxy = Setup::to(&[upstream.address]).retry(retry).start();
    assert_eq!(ask(&proxy, GET).await.text(), "purple");
    assert_eq!(proxy.cluster.stats().upstream_rq_per_try_timeout.get(), 1);
    proxy.end().await;
}

#[tokio::test]
async fn an_attempt_that_takes_too_long_is_a_504() {
    let upstream = Upstream::always(vec![Step::Hang]).await;
    let retry = RetryPolicy {
        per_try_timeout: Some(Duration::from_millis(100)),
        max_retries: 0,
        ..RetryPolicy::app_mesh_default()
    };
    let proxy = Setup::to(&[upstream.address]).retry(retry).start();
    let answer = ask(&proxy, GET).await;
    assert_eq!(
        (answer.status, answer.text()),
        (504, "upstream request timeout")
    );
    proxy.end().await;
}

/// A hanging host is given up after 200 ms, so that the route's 500 ms are over in the third attempt. Each
/// attempt is told how long it is waited for (FACTS 15.12).
#[tokio::test]
async fn attempts_at_a_request_with_a_body_share_the_routes_time() {
    let mut upstream = Upstream::always(vec![Step::Body, Step::Hang]).await;
    let retry = RetryPolicy {
        per_try_timeout: Some(Duration::from_millis(200)),
        max_retries: 100,
        on: RetryOn {
            server_error: true,
            ..RetryOn::default()
        },
    };
    let proxy = Setup::to(&[upstream.address])
        .retry(retry)
        .timeout(Duration::from_millis(500))
        .start();
    let request = "POST /get HTTP/1.1\r\nHost: colorapp\r\nContent-Length: 5\r\n\r\nhello";
    let answer = ask(&proxy, request).await;
    assert_eq!(
        (answer.status, answer.text()),
        (504, "upstream request timeout")
    );
    let left: Vec<u64> = upstream.seen_so_far().iter().map(time_left).collect();
    assert!((2..=3).contains(&left.len()), "{left:?}");
    assert_eq!(left[0], 200);
    for (n, ms) in (0..).zip(left) {
        assert!((1..=200.min(500 - 200 * n)).contains(&ms), "{n}: {ms}");
    }
    proxy.end().await;
}

/// FACTS 15.12: a host that has not all of the request is not late. What comes after it is over in its time meanwhile.
#[tokio::test]
async fn the_time_of_an_attempt_begins_with_the_end_of_the_request() {
    let has_all = Arc::new(Notify::new());
    let go_on = Arc::clone(&has_all);
    let mut upstream = Upstream::script(move |n| match n {
        0 => vec![
            Step::Wait(Arc::clone(&go_on)),
            send("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npurple"),
        ],
        _ => vec![Step::Hang],
    })
    .await;
    let retry = RetryPolicy {
        per_try_timeout: Some(Duration::from_millis(500)),
        max_retries: 0,
        ..RetryPolicy::app_mesh_default()
    };
    let proxy = Setup::to(&[upstream.address]).retry(retry).start();
    let mut slow = proxy.client().await;
    let begun = "POST /get HTTP/1.1\r\nHost: colorapp\r\nContent-Length: 5\r\n\r\nhe";
    slow.send(begun).await;
    upstream.seen().await;
    assert_eq!(ask(&proxy, GET).await.status, 504);
    slow.send("llo").await;
    has_all.notify_one();
    assert_eq!(slow.answer().await.text(), "purple");
    assert_eq!(proxy.cluster.stats().upstream_rq_per_try_timeout.get(), 1);
    proxy.end().await;
}

#[tokio::test]
async fn a_host_is_told_the_time_of_an_attempt_also_where_the_route_has_none() {
    let mut upstream = Upstream::always(ok("purple")).await;
    let retry = RetryPolicy {
        per_try_timeout: Some(Duration::from_secs(9)),
        ..RetryPolicy::app_mesh_default()
    };
    let setup = Setup::to(&[upstream.address]).retry(retry);
    let proxy = Setup {
        timeout: None,
        ..setup
    }
    .start();
    assert_eq!(ask(&proxy, GET).await.status, 200);
    assert_eq!(time_left(&upstream.seen().await), 9_000);
    proxy.end().await;
}

/// The client has the beginning already, so it is cut; the answer has counted, so nobody is blamed.
#[tokio::test]
async fn the_routes_time_ends_an_answer_that_has_begun() {
    let part = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npur";
    let upstream = Upstream::always(vec![Step::Body, send(part), Step::Hang]).await;
    let mut proxy = Setup::to(&[upstream.address])
        .timeout(Duration::from_millis(100))
        .ejecting_after(1)
        .start();
    let mut client = proxy.client().await;
    let answer = client.ask(GET).await;
    assert_eq!(
        (answer.status, answer.text(), answer.whole),
        (200, "pur", false)
    );
    assert!(client.is_closed().await);
    assert_eq!(proxy.cluster.stats().upstream_rq_timeout.get(), 1);
    assert!(proxy.events.try_recv().is_err());
    proxy.end().await;
}

fn time_left(seen: &Seen) -> u64 {
    let name = "x-envoy-expected-rq-timeout-ms: ";
    let ms = seen.head.lines().find_map(|line| line.strip_prefix(name));
    ms.expect("the header").parse().expect("milliseconds")
}
