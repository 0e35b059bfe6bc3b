//! A replica that tells what it sees.

use std::net::SocketAddr;

use axum::Router;
use axum::extract::Request;
use tokio::net::TcpListener;

/// A request as a replica sees it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Seen {
    /// Whose replica it is.
    pub(crate) node: String,
    pub(crate) host: String,
    pub(crate) target: String,
}

impl Seen {
    /// Reads what a replica answered.
    pub(crate) fn parse(answer: &str) -> Self {
        let mut lines = answer.lines().map(str::to_owned);
        let mut next = || lines.next().expect("an answer has three lines");
        Self {
            node: next(),
            host: next(),
            target: next(),
        }
    }
}

/// Starts a replica of `node`, which serves until the test ends.
pub(crate) async fn start(node: &'static str) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = Router::new().fallback(async move |request: Request| {
        let host = request.headers()["host"].to_str().unwrap().to_owned();
        format!("{node}\n{host}\n{}\n", request.uri())
    });
    let (limits, grace) = (service::Limits::CONTROL, service::Grace::default());
    let stop = std::future::pending();
    tokio::spawn(service::serve(listener, router, limits, stop, grace));
    address
}
