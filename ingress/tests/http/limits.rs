//! What clients may take: connections, in all and of one address.

use std::net::SocketAddr;
use std::sync::Arc;

use ingress::proxy::Limits;
use tokio::net::TcpSocket;
use tokio::sync::Notify;

use crate::client::{Client, GET};
use crate::proxy::{Proxy, Setup, until};
use crate::upstream::{Step, Upstream, ok};

/// As much of a request as says nothing.
const DRIP: &str = "GET /ge";

async fn with_room_for(connections: usize) -> (Upstream, Proxy) {
    let upstream = Upstream::always(ok("purple")).await;
    let limits = Limits {
        connections,
        ..Limits::default()
    };
    let proxy = Setup::to(&[upstream.address]).limits(limits).start();
    (upstream, proxy)
}

async fn connected(proxy: &Proxy, connections: u64) {
    let downstream = &proxy.downstream;
    until("a connection", || {
        downstream.downstream_cx_total.get() == connections
    })
    .await;
}

#[tokio::test]
async fn at_the_limit_whoever_waits_longest_makes_room() {
    let (_upstream, proxy) = with_room_for(2).await;
    let mut dripping = proxy.client().await;
    dripping.send(DRIP).await;
    connected(&proxy, 1).await;
    let mut idle = proxy.client().await;
    assert_eq!(idle.ask(GET).await.status, 200);

    let mut new = proxy.client().await;
    assert_eq!(new.ask(GET).await.status, 200);

    assert!(dripping.is_closed().await);
    assert_eq!(idle.ask(GET).await.status, 200, "it had not waited as long");
    assert_eq!(proxy.downstream.downstream_cx_idle_timeout.get(), 1);
    assert_eq!(proxy.downstream.downstream_cx_overflow.get(), 0);
    drop((idle, new));
    proxy.end().await;
}

#[tokio::test]
async fn whoever_is_answered_is_not_cut_for_a_new_one() {
    let finish = Arc::new(Notify::new());
    let mut slow = ok("purple");
    slow.insert(1, Step::Wait(Arc::clone(&finish)));
    let mut upstream = Upstream::always(slow).await;
    let limits = Limits {
        connections: 1,
        ..Limits::default()
    };
    let proxy = Setup::to(&[upstream.address]).limits(limits).start();
    let mut answered = proxy.client().await;
    answered.send(GET).await;
    upstream.seen().await;

    let mut new = proxy.client().await;
    assert!(new.is_closed().await);
    assert_eq!(proxy.downstream.downstream_cx_overflow.get(), 1);

    finish.notify_one();
    assert_eq!(answered.answer().await.text(), "purple");
    drop(answered);
    proxy.end().await;
}

#[tokio::test]
async fn many_who_never_finish_a_request_keep_nobody_out() {
    let (_upstream, proxy) = with_room_for(100).await;
    let mut drips = Vec::new();
    for n in 0..1_000_u64 {
        let client = proxy.client().await;
        // It may be closed already.
        let _sent = client.stream.try_write(DRIP.as_bytes());
        drips.push(client);
        if n % 50 == 49 {
            let mut other = proxy.client().await;
            assert_eq!(other.ask(GET).await.status, 200);
        }
        assert!(proxy.downstream.downstream_cx_active.get() <= 102);
    }
    assert_eq!(proxy.downstream.downstream_cx_overflow.get(), 0);
    drop(drips);
    proxy.end().await;
}

#[tokio::test]
async fn one_address_may_have_fewer_connections_than_all_together() {
    let upstream = Upstream::always(ok("purple")).await;
    let limits = Limits {
        connections_per_client: Some(1),
        ..Limits::default()
    };
    let proxy = Setup::to(&[upstream.address]).limits(limits).start();
    let mut first = proxy.client().await;
    assert_eq!(first.ask(GET).await.status, 200);
    assert!(proxy.client().await.is_closed().await);
    assert_eq!(proxy.downstream.downstream_cx_overflow.get(), 1);
    let mut other = from("127.0.0.2:0", proxy.address).await;
    assert_eq!(other.ask(GET).await.status, 200);

    drop(first);
    until("gone", || proxy.downstream.downstream_cx_active.get() == 1).await;
    assert_eq!(proxy.client().await.ask(GET).await.status, 200);
    drop(other);
    proxy.end().await;
}

async fn from(source: &str, to: SocketAddr) -> Client {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind(source.parse().unwrap()).unwrap();
    Client::over(socket.connect(to).await.unwrap())
}

/// There is no limit of its own below that of the head, but numbers that Envoy has, too.
#[tokio::test]
async fn a_target_is_as_long_as_the_head_may_be_and_never_longer_than_64_kib() {
    const LONGEST: usize = 65_534;
    let (_upstream, proxy) = with_room_for(1).await;
    let of = |length: usize| {
        let target = format!("/get/{}", "x".repeat(length - "/get/".len()));
        format!("GET {target} HTTP/1.1\r\nHost: colorapp\r\n\r\n")
    };
    assert_eq!(proxy.client().await.ask(&of(59 << 10)).await.status, 200);
    assert_eq!(proxy.client().await.ask(&of(61 << 10)).await.status, 431);
    proxy.end().await;

    let upstream = Upstream::always(ok("purple")).await;
    let limits = Limits {
        head_bytes: 100 << 10,
        ..Limits::default()
    };
    let proxy = Setup::to(&[upstream.address]).limits(limits).start();
    assert_eq!(proxy.client().await.ask(&of(LONGEST)).await.status, 200);
    let mut client = proxy.client().await;
    assert_eq!(client.ask(&of(LONGEST + 1)).await.status, 414);
    assert!(client.is_closed().await);
    assert_eq!(proxy.client().await.ask(&of(101 << 10)).await.status, 431);
    proxy.end().await;
}

/// What was set counts, in place of the defaults.
#[tokio::test]
async fn heads_have_as_many_bytes_and_lines_as_they_may() {
    let upstream = Upstream::always(ok("purple")).await;
    let limits = Limits {
        head_bytes: 8 << 10,
        headers: 3,
        ..Limits::default()
    };
    let proxy = Setup::to(&[upstream.address]).limits(limits).start();
    let of = |lines: usize| {
        let lines = "x: y\r\n".repeat(lines - 1);
        format!("GET /get HTTP/1.1\r\nHost: colorapp\r\n{lines}\r\n")
    };
    assert_eq!(proxy.client().await.ask(&of(3)).await.status, 200);
    assert_eq!(proxy.client().await.ask(&of(4)).await.status, 431);

    let plain = "GET /get HTTP/1.1\r\nHost: colorapp\r\nx: \r\n\r\n";
    let of =
        |length: usize| plain.replace("x: ", &format!("x: {}", "y".repeat(length - plain.len())));
    assert_eq!(proxy.client().await.ask(&of(8 << 10)).await.status, 200);
    assert_eq!(
        proxy.client().await.ask(&of((8 << 10) + 1)).await.status,
        431
    );
    proxy.end().await;
}

/// Of what a client sends at once, one request is under way; the others wait in its socket. So there are never more
/// requests in flight than connections.
#[tokio::test]
async fn a_client_has_one_request_under_way() {
    let finish = Arc::new(Notify::new());
    let mut slow = ok("purple");
    slow.insert(1, Step::Wait(Arc::clone(&finish)));
    let mut upstream = Upstream::always(slow).await;
    let proxy = Setup::to(&[upstream.address]).start();
    let mut client = proxy.client().await;
    client.send(GET.repeat(3)).await;
    for n in 1..=3 {
        upstream.seen().await;
        assert_eq!(proxy.downstream.downstream_rq_active.get(), 1);
        assert_eq!(proxy.downstream.downstream_rq_total.get(), n);
        assert_eq!(upstream.seen_so_far().len(), 0, "the next one waits");
        finish.notify_one();
        assert_eq!(client.answer().await.text(), "purple");
    }
    drop(client);
    proxy.end().await;
}
