//! Connections on both sides: kept, lost, cut.

use std::sync::Arc;
use std::time::Duration;

use ingress::proxy::Patience;
use tokio::net::TcpStream;
use tokio::sync::Notify;

use crate::client::{Client, GET};
use crate::proxy::{Proxy, SOON, Setup, until};
use crate::upstream::{Step, Upstream, answer, ok, send};

#[tokio::test]
async fn one_upstream_connection_serves_many_requests() {
    let mut upstream = Upstream::always(ok("purple")).await;
    let proxy = Setup::to(&[upstream.address]).start();
    let mut client = proxy.client().await;
    for _ in 0..50 {
        assert_eq!(client.ask(GET).await.text(), "purple");
        assert_eq!(upstream.seen().await.connection, 0);
    }
    let mut other = proxy.client().await;
    assert_eq!(other.ask(GET).await.text(), "purple");
    assert_eq!(
        upstream.seen().await.connection,
        0,
        "also for another client"
    );
    assert_eq!(proxy.cluster.stats().upstream_cx_total.get(), 1);
    drop((client, other));
    proxy.end().await;
}

#[tokio::test]
async fn a_kept_connection_that_the_host_closed_costs_no_request() {
    let close = [ok("purple"), vec![Step::Close]].concat();
    let mut upstream = Upstream::always(close).await;
    let proxy = Setup::to(&[upstream.address]).start();
    let mut client = proxy.client().await;
    for connection in 0..5 {
        assert_eq!(client.ask(GET).await.text(), "purple");
        assert_eq!(upstream.gone().await, connection);
    }
    drop(client);
    proxy.end().await;
}

#[tokio::test]
async fn a_kept_connection_that_the_host_closed_costs_no_body_either() {
    let close = [ok("purple"), vec![Step::Close]].concat();
    let mut upstream = Upstream::always(close).await;
    let proxy = Setup::to(&[upstream.address]).start();
    let mut client = proxy.client().await;
    let request = "POST /get HTTP/1.1\r\nHost: colorapp\r\nContent-Length: 5\r\n\r\nhello";
    for connection in 0..3 {
        assert_eq!(client.ask(request).await.text(), "purple");
        let seen = upstream.seen().await;
        assert_eq!(
            (seen.connection, seen.body.as_slice()),
            (connection, &b"hello"[..])
        );
        assert_eq!(upstream.gone().await, connection);
    }
    drop(client);
    proxy.end().await;
}

/// A second answer to one request must not become the answer to somebody else's.
#[tokio::test]
async fn bytes_behind_an_answer_spoil_its_connection_only() {
    let twice = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npurple\
        HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil";
    let upstream = Upstream::always(vec![Step::Body, send(twice)]).await;
    let proxy = Setup::to(&[upstream.address]).start();
    let mut client = proxy.client().await;
    for _ in 0..5 {
        assert_eq!(client.ask(GET).await.text(), "purple");
    }
    assert_eq!(proxy.cluster.stats().upstream_cx_total.get(), 5);
    drop(client);
    proxy.end().await;
}

/// Half of a request's body may never come, so nobody else may use that connection.
#[tokio::test]
async fn a_connection_with_half_a_request_on_it_is_not_used_again() {
    let early = "HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n";
    let mut upstream = Upstream::script(move |n| match n {
        0 => vec![send(early), Step::Hang],
        _ => ok("purple"),
    })
    .await;
    let proxy = Setup::to(&[upstream.address]).start();
    let mut client = proxy.client().await;
    client
        .send("POST /get HTTP/1.1\r\nHost: colorapp\r\nContent-Length: 9\r\n\r\nabc")
        .await;
    assert_eq!(client.answer().await.status, 413);
    assert_eq!(upstream.seen().await.connection, 0);
    let mut other = proxy.client().await;
    assert_eq!(other.ask(GET).await.text(), "purple");
    assert_eq!(upstream.seen().await.connection, 1);
    drop((client, other));
    proxy.end().await;
}

/// FACTS 3.5.
#[tokio::test]
async fn a_client_that_leaves_while_it_waits_does_not_count_for_the_host() {
    let mut upstream = Upstream::always(vec![Step::Body, Step::Hang]).await;
    let mut proxy = Setup::to(&[upstream.address]).ejecting_after(1).start();
    let mut client = proxy.client().await;
    client.send(GET).await;
    upstream.seen().await;
    drop(client);
    upstream.gone().await;
    let stats = proxy.cluster.stats();
    until("over", || stats.upstream_rq_active.get() == 0).await;
    let cancelled = stats.upstream_rq_cancelled.get();
    assert_eq!(
        cancelled, 0,
        "that is for who had no connection yet (15.14)"
    );
    let host = &proxy.cluster.hosts()[0];
    let host = host.stats();
    assert_eq!((host.rq_error.get(), host.rq_success.get()), (0, 0));
    assert!(proxy.events.try_recv().is_err());
    proxy.end().await;
}

#[tokio::test]
async fn a_client_that_leaves_in_its_body_does_not_count_for_the_host() {
    let mut upstream = Upstream::always(vec![Step::Hang]).await;
    let mut proxy = Setup::to(&[upstream.address]).ejecting_after(1).start();
    let mut client = proxy.client().await;
    client
        .send("POST /get HTTP/1.1\r\nHost: colorapp\r\nContent-Length: 9\r\n\r\nabc")
        .await;
    upstream.seen().await;
    drop(client);
    upstream.gone().await;
    until("gone", || proxy.downstream.downstream_cx_active.get() == 0).await;
    assert_eq!(proxy.cluster.hosts()[0].stats().rq_error.get(), 0);
    assert!(proxy.events.try_recv().is_err());
    proxy.end().await;
}

/// FACTS 3.4: the 200 sets the count back, then the reset adds one.
#[tokio::test]
async fn a_reset_in_the_body_counts_one() {
    let truncated = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npur";
    let upstream = Upstream::script(move |n| match n {
        4 => vec![Step::Body, send(truncated), Step::Reset],
        _ => answer(500, "no"),
    })
    .await;
    let mut proxy = Setup::to(&[upstream.address]).ejecting_after(5).start();
    for n in 0..9 {
        assert!(proxy.events.try_recv().is_err(), "ejected after {n}");
        let answer = proxy.client().await.ask(GET).await;
        if n == 4 {
            assert_eq!(
                (answer.status, answer.text(), answer.whole),
                (200, "pur", false)
            );
        } else {
            assert_eq!(answer.status, 500);
        }
    }
    proxy.event().await;
    proxy.end().await;
}

#[tokio::test]
async fn a_client_that_leaves_in_the_answer_frees_the_host() {
    let endless = vec![
        Step::Body,
        send("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\npur"),
        Step::Hang,
    ];
    let mut upstream = Upstream::always(endless).await;
    let proxy = Setup::to(&[upstream.address]).start();
    let mut client = proxy.client().await;
    client.send(GET).await;
    client.until_received(b"pur").await;
    drop(client);
    upstream.gone().await;
    proxy.end().await;
}

/// Its connection is not kept for later either.
#[tokio::test]
async fn a_client_that_takes_nothing_is_cut() {
    let body = "x".repeat(64 << 20);
    let mut upstream = Upstream::always(ok(&body)).await;
    let patience = Patience {
        stall: Duration::from_millis(100),
        ..Patience::default()
    };
    let proxy = Setup::to(&[upstream.address]).patience(patience).start();
    let mut client = proxy.client().await;
    client.send(GET).await;
    upstream.gone().await;
    until("cut", || proxy.downstream.downstream_cx_active.get() == 0).await;
    let answer = client.answer().await;
    assert_eq!((answer.status, answer.whole), (200, false));
    proxy.end().await;
}

/// FACTS 6.8.
#[tokio::test]
async fn an_ejection_closes_the_hosts_idle_connections() {
    let mut upstream = Upstream::script(|n| match n {
        0 => ok("purple"),
        _ => answer(500, "no"),
    })
    .await;
    let mut proxy = Setup::to(&[upstream.address]).ejecting_after(1).start();
    let mut client = proxy.client().await;
    assert_eq!(client.ask(GET).await.status, 200);
    assert_eq!(client.ask(GET).await.status, 500);
    proxy.event().await;
    assert_eq!(upstream.gone().await, 0);
    let answer = client.ask(GET).await;
    assert_eq!((answer.status, answer.text()), (503, "no healthy upstream"));
    drop(client);
    proxy.end().await;
}

#[tokio::test]
async fn a_stop_lets_a_request_finish_and_closes_idle_clients() {
    let finish = Arc::new(Notify::new());
    let mut slow = ok("purple");
    slow.insert(1, Step::Wait(Arc::clone(&finish)));
    let mut upstream = Upstream::always(slow).await;
    let proxy = Setup::to(&[upstream.address]).start();
    let (mut busy, mut idle, mut fresh) = three_clients(&proxy).await;
    busy.send(GET).await;
    upstream.seen().await;
    proxy.stop();
    assert!(idle.is_closed().await);
    assert!(fresh.is_closed().await);
    finish.notify_one();
    let answer = busy.answer().await;
    assert_eq!(
        (answer.text(), answer.get("connection")),
        ("purple", Some("close"))
    );
    assert!(busy.is_closed().await);
    proxy.end().await;
}

/// Whoever keeps a connection cannot know that the proxy is about to end.
#[tokio::test]
async fn a_request_on_a_kept_connection_is_answered_after_a_stop_and_told_that_it_is_the_last() {
    let upstream = Upstream::always(ok("purple")).await;
    let mut setup = Setup::to(&[upstream.address]);
    (setup.grace.idle, setup.grace.deadline) = (SOON, SOON);
    let proxy = setup.start();
    let mut kept = proxy.client().await;
    crate::recorded::assert_open(&mut kept).await;
    proxy.stop();
    while TcpStream::connect(proxy.address).await.is_ok() {}
    let answer = kept.ask(GET).await;
    assert_eq!(
        (answer.text(), answer.get("connection")),
        ("purple", Some("close"))
    );
    assert!(kept.is_closed().await);
    proxy.end().await;
}

/// It could not be told that it is the last.
#[tokio::test]
async fn behind_an_answer_that_had_begun_before_a_stop_there_is_time_for_one_more_request() {
    let finish = Arc::new(Notify::new());
    let rest = Arc::clone(&finish);
    let upstream = Upstream::script(move |n| match n {
        0 => vec![
            Step::Body,
            send("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npur"),
            Step::Wait(Arc::clone(&rest)),
            send("ple"),
        ],
        _ => ok("purple"),
    })
    .await;
    let mut setup = Setup::to(&[upstream.address]);
    setup.grace.idle = Duration::from_secs(2);
    let proxy = setup.start();
    let mut idle = proxy.client().await;
    crate::recorded::assert_open(&mut idle).await;
    let mut busy = proxy.client().await;
    busy.send(GET).await;
    busy.until_received(b"pur").await;
    proxy.stop();
    assert!(idle.is_closed().await);
    finish.notify_one();
    let answer = busy.answer().await;
    assert_eq!((answer.text(), answer.get("connection")), ("purple", None));
    let answer = busy.ask(GET).await;
    assert_eq!(
        (answer.text(), answer.get("connection")),
        ("purple", Some("close"))
    );
    proxy.end().await;
}

/// The second has had a request, the third has not.
async fn three_clients(proxy: &Proxy) -> (Client, Client, Client) {
    let mut clients = (
        proxy.client().await,
        proxy.client().await,
        proxy.client().await,
    );
    crate::recorded::assert_open(&mut clients.1).await;
    until("all accepted", || {
        proxy.downstream.downstream_cx_total.get() == 3
    })
    .await;
    clients
}
