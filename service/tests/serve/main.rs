//! A server's limits, over real sockets: who is let in, who makes room, and who is not cut.

#![cfg(test)]

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use service::{Grace, Limits, Stop, serve};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio::time::timeout;

const PING: &str = "GET /ping HTTP/1.1\r\nhost: here\r\n\r\n";
const SLOW: &str = "GET /slow HTTP/1.1\r\nhost: here\r\n\r\n";

/// Far more than anything here takes; only a test that fails waits for it.
const PATIENCE: Duration = Duration::from_secs(30);

/// A server for a few connections, none of which it closes for its silence alone.
struct Running {
    at: SocketAddr,
    asked: Arc<Notify>,
    /// What is slow is answered.
    answer: Arc<Notify>,
    stop: Stop,
    ended: JoinHandle<io::Result<()>>,
}

impl Running {
    fn for_connections(connections: usize) -> Self {
        Self::with(connections, Grace::default())
    }

    fn with(connections: usize, grace: Grace) -> Self {
        let socket = service::bind(([127, 0, 0, 1], 0).into(), false).unwrap();
        let at = socket.local_addr().unwrap();
        let limits = Limits {
            connections,
            ..Limits::app(0)
        };
        let (asked, answer) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let shared = (Arc::clone(&asked), Arc::clone(&answer));
        let slow = async move || {
            shared.0.notify_one();
            shared.1.notified().await;
            "slow"
        };
        let router = Router::new()
            .route("/ping", get(async || "pong"))
            .route("/slow", get(slow));
        let stop = Stop::new();
        let served = serve(socket, router, limits, stop.wait(), grace);
        Self {
            at,
            asked,
            answer,
            ended: tokio::spawn(served),
            stop,
        }
    }

    /// Resolves once somebody has asked for what is slow.
    async fn is_asked(&self) {
        timeout(PATIENCE, self.asked.notified()).await.unwrap();
    }

    async fn ends_in_order(self) {
        let ended = timeout(PATIENCE, self.ended).await.unwrap();
        ended.unwrap().unwrap();
    }

    async fn client(&self) -> Client {
        Client(TcpStream::connect(self.at).await.unwrap())
    }

    /// A client that has been answered and keeps its connection.
    async fn known_client(&self) -> Client {
        let mut client = self.client().await;
        client.asks(PING).await;
        client.hears("pong").await;
        client
    }
}

struct Client(TcpStream);

impl Client {
    async fn asks(&mut self, request: &str) {
        self.0.write_all(request.as_bytes()).await.unwrap();
    }

    /// Takes an answer that ends with `body`, and returns it.
    async fn hears(&mut self, body: &str) -> String {
        let mut heard = Vec::new();
        while !heard.ends_with(body.as_bytes()) {
            let read = timeout(PATIENCE, self.0.read_buf(&mut heard)).await;
            assert_ne!(read.unwrap().unwrap(), 0, "closed after {heard:?}");
        }
        assert!(heard.starts_with(b"HTTP/1.1 200 "), "{heard:?}");
        String::from_utf8(heard).unwrap()
    }

    async fn is_closed(&mut self) -> bool {
        let read = timeout(PATIENCE, self.0.read(&mut [0])).await.unwrap();
        matches!(read, Ok(0) | Err(_))
    }
}

/// Those who open connections and say nothing, or drip, keep nobody out.
#[tokio::test]
async fn at_the_limit_who_has_waited_longest_makes_room() {
    let server = Running::for_connections(3);
    let mut dripping = server.client().await;
    dripping.asks("GET /pi").await;
    let mut second = server.client().await;
    let mut third = server.client().await;
    let mut fourth = server.known_client().await;
    assert!(dripping.is_closed().await);
    server.known_client().await;
    assert!(second.is_closed().await);
    for kept in [&mut third, &mut fourth] {
        kept.asks(PING).await;
        kept.hears("pong").await;
    }
}

/// A proxy's idle connections are worth more than those on which nothing was ever asked.
#[tokio::test]
async fn a_connection_that_was_used_outlives_one_that_never_was() {
    let server = Running::for_connections(2);
    let mut pooled = server.known_client().await;
    let mut silent = server.client().await;
    for _ in 0..10 {
        let mut next = server.client().await;
        assert!(silent.is_closed().await);
        std::mem::swap(&mut silent, &mut next);
    }
    pooled.asks(PING).await;
    pooled.hears("pong").await;
}

#[tokio::test]
async fn who_is_answered_is_never_cut_and_whoever_comes_then_is_turned_away() {
    let server = Running::for_connections(1);
    let mut busy = server.client().await;
    busy.asks(SLOW).await;
    server.is_asked().await;
    assert!(server.client().await.is_closed().await);
    server.answer.notify_one();
    busy.hears("slow").await;
    server.known_client().await;
    assert!(busy.is_closed().await);
}

/// A request that has come by the time when the one who waits is asked to make room is not lost.
#[tokio::test]
async fn who_has_just_asked_stays_though_it_waited_longest() {
    let server = Running::for_connections(1);
    let mut pooled = server.known_client().await;
    // Without an await between them, so that the server hears of both at once, and of the newcomer first.
    let newcomer = std::net::TcpStream::connect(server.at).unwrap();
    pooled.0.try_write(SLOW.as_bytes()).unwrap();
    server.is_asked().await;
    newcomer.set_nonblocking(true).unwrap();
    let mut newcomer = Client(TcpStream::from_std(newcomer).unwrap());
    assert!(newcomer.is_closed().await);
    server.answer.notify_one();
    pooled.hears("slow").await;
}

#[tokio::test]
async fn a_hundred_answers_that_take_long_are_within_the_limits_of_an_app() {
    let server = Running::for_connections(Limits::app(1_024).connections);
    let mut viewers = Vec::new();
    for _ in 0..100 {
        let mut viewer = server.client().await;
        viewer.asks(SLOW).await;
        server.is_asked().await;
        viewers.push(viewer);
    }
    server.known_client().await;
    for viewer in &mut viewers {
        server.answer.notify_one();
        viewer.hears("slow").await;
    }
}

#[tokio::test]
async fn the_end_waits_for_nobody_who_is_silent() {
    let server = Running::for_connections(2);
    let mut silent = server.client().await;
    let mut pooled = server.known_client().await;
    server.stop.request();
    assert!(silent.is_closed().await && pooled.is_closed().await);
    server.ends_in_order().await;
}

/// Whoever keeps a connection cannot know that the server is about to end.
#[tokio::test]
async fn a_request_on_a_kept_connection_is_answered_after_the_end_has_begun_and_told_that_it_is_the_last()
 {
    let grace = Grace {
        idle: PATIENCE,
        deadline: PATIENCE,
        ..Grace::default()
    };
    let server = Running::with(2, grace);
    let mut pooled = server.known_client().await;
    server.stop.request();
    while TcpStream::connect(server.at).await.is_ok() {}
    pooled.asks(PING).await;
    let heard = pooled.hears("pong").await;
    assert!(heard.contains("\r\nconnection: close\r\n"), "{heard}");
    assert!(pooled.is_closed().await);
    server.ends_in_order().await;
}

/// More of them than the runtime serves before it looks whose turn it is, by a server that blocks on it, as programs do.
#[tokio::test]
async fn all_who_ask_in_the_moment_in_which_idle_connections_close_are_answered() {
    const MANY: usize = 200;
    let socket = service::bind(([127, 0, 0, 1], 0).into(), false).unwrap();
    let at = socket.local_addr().unwrap();
    let router = Router::new().route("/ping", get(async || "pong"));
    let grace = Grace {
        idle: PATIENCE,
        deadline: 2 * PATIENCE,
        ..Grace::default()
    };
    let (stop, limits) = (Stop::new(), Limits::app(1_024));
    let served = serve(socket, router, limits, stop.wait(), grace);
    let asking = async {
        let mut clients = Vec::new();
        for _ in 0..MANY {
            let mut client = Client(TcpStream::connect(at).await.unwrap());
            client.asks(PING).await;
            client.hears("pong").await;
            clients.push(client);
        }
        stop.request();
        while TcpStream::connect(at).await.is_ok() {}
        // Without an await before the time is over, so that the server hears of all at once.
        tokio::time::pause();
        for client in &clients {
            client.0.try_write(PING.as_bytes()).unwrap();
        }
        tokio::time::advance(grace.idle).await;
        tokio::time::resume();
        for client in &mut clients {
            client.hears("pong").await;
        }
    };
    let (ended, ()) = tokio::join!(served, asking);
    ended.unwrap();
}

/// Beyond it nothing more of the head is kept.
#[tokio::test]
async fn a_head_has_64_kib_at_most() {
    let server = Running::for_connections(3);
    let with = |length: usize| {
        let value = "x".repeat(length);
        format!("GET /ping HTTP/1.1\r\nhost: here\r\nx: {value}\r\n\r\n")
    };
    let mut client = server.known_client().await;
    client.asks(&with(63 << 10)).await;
    client.hears("pong").await;
    // It may be refused before all of it is sent.
    drop(client.0.write_all(with(65 << 10).as_bytes()).await);
    let mut heard = Vec::new();
    drop(
        timeout(PATIENCE, client.0.read_to_end(&mut heard))
            .await
            .unwrap(),
    );
    assert!(heard.starts_with(b"HTTP/1.1 431 "), "{heard:?}");
}

/// No path here takes a body: however long it is said to be, nothing of it is waited for or kept.
#[tokio::test]
async fn a_body_that_nobody_asked_for_is_not_waited_for() {
    let server = Running::for_connections(3);
    for framing in [
        "content-length: 1000000000000",
        "transfer-encoding: chunked",
    ] {
        let mut client = server.client().await;
        let head = format!("GET /ping HTTP/1.1\r\nhost: here\r\n{framing}\r\n\r\n");
        client.asks(&head).await;
        client.hears("pong").await;
        assert!(client.is_closed().await, "{framing}: nobody reads on");
    }
}
