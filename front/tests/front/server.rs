//! Both servers: their ports, and how they end.

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use front::{Server, Settings};
use reqwest::{Client, Response};
use service::{Limits, Stop};
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::fakes::serve;

/// Far more than anything here takes; only a test that fails waits for it.
const PATIENCE: Duration = Duration::from_secs(30);

struct Running {
    server: SocketAddr,
    control: SocketAddr,
    stop: Stop,
    ended: JoinHandle<io::Result<()>>,
    http: Client,
}

impl Running {
    fn start(color: SocketAddr) -> Self {
        let color = color.to_string();
        let settings = settings(&[
            ("COLOR_SERVICE_ENDPOINT", &color),
            ("SHUTDOWN_DEADLINE", "1m"),
        ]);
        let server = Server::bind(&settings).unwrap();
        let stop = Stop::new();
        Self {
            server: server.server_addr(),
            control: server.control_addr(),
            stop: stop.clone(),
            ended: tokio::spawn(server.run(stop)),
            http: Client::builder().no_proxy().build().unwrap(),
        }
    }

    async fn get(&self, address: SocketAddr, path: &str) -> reqwest::Result<Response> {
        self.http
            .get(format!("http://{address}{path}"))
            .send()
            .await
    }

    async fn end(self) -> io::Result<()> {
        timeout(PATIENCE, self.ended).await.unwrap().unwrap()
    }
}

fn settings(more: &[(&str, &str)]) -> Settings {
    let mut env = BTreeMap::from([
        ("SERVER_HOST", "127.0.0.1"),
        ("SERVER_PORT", "0"),
        ("CONTROL_PORT", "0"),
        ("COLOR_SERVICE_ENDPOINT", "colorapp.invalid:8080"),
    ]);
    env.extend(more.iter().copied());
    Settings::from_env(&env).unwrap()
}

/// A colorapp that answers once it is told to, and says when it was asked.
async fn slow_color() -> (SocketAddr, Arc<Notify>, Arc<Notify>) {
    let (asked, answer) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let shared = (asked.clone(), answer.clone());
    let handler = async move || {
        shared.0.notify_one();
        shared.1.notified().await;
        "purple"
    };
    (serve(Router::new().fallback(handler)).await, asked, answer)
}

#[tokio::test]
async fn each_port_answers_its_own_paths() {
    let (color, _, _) = slow_color().await;
    let front = Running::start(color);
    for (address, path, status) in [
        (front.server, "/ping", 200),
        (front.server, "/metrics", 404),
        (front.control, "/ping", 200),
        (front.control, "/healthz", 200),
        (front.control, "/readyz", 200),
        (front.control, "/metrics", 200),
        (front.control, "/get", 404),
    ] {
        let response = front.get(address, path).await.unwrap();
        assert_eq!(response.status(), status, "{path}");
    }
    front.stop.request();
    front.end().await.unwrap();
}

#[tokio::test]
async fn at_the_stop_readiness_goes_down_and_what_runs_is_finished() {
    let (color, asked, answer) = slow_color().await;
    let front = Running::start(color);
    let (response, ()) = tokio::join!(front.get(front.server, "/get"), async {
        asked.notified().await;
        front.stop.request();
        while front.get(front.control, "/readyz").await.unwrap().status() != 503 {
            tokio::task::yield_now().await;
        }
        while front.get(front.server, "/ping").await.is_ok() {
            tokio::task::yield_now().await;
        }
        let alive = front.get(front.control, "/healthz").await.unwrap();
        assert_eq!(alive.status(), 200);
        answer.notify_one();
    });
    assert_eq!(response.unwrap().text().await.unwrap(), "purple\n");
    front.end().await.unwrap();
}

/// Whoever opens connections and says nothing must not keep the probes out.
#[tokio::test]
async fn the_silent_make_room_on_the_control_port() {
    let (color, _, _) = slow_color().await;
    let front = Running::start(color);
    let mut silent = Vec::new();
    for _ in 0..Limits::CONTROL.connections {
        silent.push(TcpStream::connect(front.control).await.unwrap());
    }
    let alive = front.get(front.control, "/healthz").await.unwrap();
    assert_eq!(alive.status(), 200);
    let first = timeout(PATIENCE, silent[0].read(&mut [0])).await.unwrap();
    assert_eq!(first.unwrap(), 0, "it is closed");
    front.stop.request();
    front.end().await.unwrap();
}

/// A page that somebody left open must not cost the whole deadline.
#[tokio::test]
async fn a_viewer_does_not_hold_up_the_end() {
    let (color, _, _) = slow_color().await;
    let front = Running::start(color);
    let mut events = front.get(front.server, "/events").await.unwrap();
    let first = events.chunk().await.unwrap().unwrap();
    assert!(first.starts_with(b"event: history\n"));
    front.stop.request();
    while events.chunk().await.unwrap().is_some() {}
    front.end().await.unwrap();
}

#[tokio::test]
async fn a_port_in_use_is_named_with_the_variable_that_changes_it() {
    let taken = service::bind(([127, 0, 0, 1], 0).into(), false).unwrap();
    let address = taken.local_addr().unwrap();
    let port = address.port().to_string();
    for variable in ["SERVER_PORT", "CONTROL_PORT"] {
        let error = Server::bind(&settings(&[(variable, &port)])).err().unwrap();
        assert_eq!(
            error.to_string(),
            format!("{address} is in use by another program: set {variable} to a free port")
        );
    }
}

#[tokio::test]
async fn a_shared_port_may_be_reserved_by_somebody_else() {
    let reserved = service::bind(([127, 0, 0, 1], 0).into(), true).unwrap();
    let address = reserved.local_addr().unwrap();
    let port = address.port().to_string();
    let settings = settings(&[("SERVER_PORT", &port), ("SHARE_PORT", "true")]);
    assert_eq!(Server::bind(&settings).unwrap().server_addr(), address);
}
