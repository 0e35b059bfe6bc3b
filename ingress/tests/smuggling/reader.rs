//! Somebody who gets the bytes that were forwarded, and what they read in them.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::header::HOST;
use http_body_util::BodyExt;
use service::{Grace, Limits};
use tokio::io::AsyncWriteExt;
use tokio::time::timeout;

use crate::case::{NEXT, NEXT_TARGET};
use crate::client::Client;
use crate::origin::{Captured, Read, Reads, SEEN};

/// How long a reader may be silent. nginx waits five seconds before it closes a connection on which it has refused a
/// body.
const SILENCE: Duration = Duration::from_secs(15);

/// One of the four.
pub(crate) struct Reader {
    pub(crate) name: &'static str,
    pub(crate) address: SocketAddr,
    /// What its host, or itself, has taken for whole requests.
    pub(crate) reads: Reads,
}

/// What a reader made of some bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Reading {
    /// It read what was meant.
    Same,
    /// It refused a request with this status, and read the others as they were meant.
    Refused(u16),
    /// It gave up a request that was cut off, and read the others as they were meant.
    GaveUp,
    /// It read something else.
    Different(String),
}

impl Reader {
    /// The server that front has, and colorapp, with a router that keeps what it is asked.
    pub(crate) async fn front() -> Self {
        let listener = service::bind(([127, 0, 0, 1], 0).into(), false).expect("a port");
        let address = listener.local_addr().expect("it is bound");
        let reads = Reads::default();
        let all = Arc::clone(&reads);
        let router = Router::new().fallback(async move |request: Request| {
            // A body that breaks off is no request.
            let read = read(request).await?;
            let mut all = all.lock();
            all.push(read);
            Ok::<_, axum::http::StatusCode>([(SEEN, (all.len() - 1).to_string())])
        });
        let never = std::future::pending();
        let limits = Limits::app(1_024);
        tokio::spawn(service::serve(
            listener,
            router,
            limits,
            never,
            Grace::CONTROL,
        ));
        Self {
            name: "front",
            address,
            reads,
        }
    }

    /// What it makes of `captured`, and of one more request behind it.
    pub(crate) async fn reads(&self, captured: &Captured) -> Reading {
        let before = self.reads.lock().len();
        let mut client = Client::connect(self.address).await;
        // A reader that has closed already does not take it.
        client.stream.write_all(&captured.bytes).await.ok();
        if captured.whole {
            client.stream.write_all(NEXT.as_bytes()).await.ok();
        }
        let mut read = Vec::new();
        let is_silent = loop {
            if !captured.whole && read.len() == captured.reads.len() {
                // As ingress ends it, once the others are answered.
                client.stream.shutdown().await.ok();
            }
            match timeout(SILENCE, client.next_answer(false)).await {
                Ok(Some(answer)) if answer.status < 200 => {}
                Ok(Some(answer)) => read.push(match answer.get(SEEN) {
                    Some(n) => Ok(n.parse().expect("a number")),
                    None => Err(answer.status),
                }),
                Ok(None) => break false,
                Err(_) => break true,
            }
        };
        let all = self.reads.lock();
        let told = |read: Vec<Result<usize, u16>>| {
            let read = read.into_iter().map(|it| it.map(|n| &all[n]));
            let read: Vec<_> = read.collect();
            let silence = if is_silent { ", then silence" } else { "" };
            Reading::Different(format!("{read:?}{silence}"))
        };
        let taken = read.iter().filter(|it| it.is_ok()).count();
        if is_silent || taken != all.len() - before {
            return told(read);
        }
        let mut meant = captured.reads.clone();
        if captured.whole {
            meant.push(next());
        }
        let mut refused = None;
        for (n, it) in read.iter().enumerate() {
            match (*it, meant.get(n)) {
                (Ok(at), Some(meant)) if all[at] == *meant => {}
                // What is cut off is not taken, and may be refused.
                (Err(status), _) if status >= 400 && n <= captured.reads.len() => {
                    refused = Some(status);
                }
                _ => return told(read),
            }
        }
        match refused {
            Some(status) => Reading::Refused(status),
            None if read.len() < meant.len() => told(read),
            None if captured.whole => Reading::Same,
            None => Reading::GaveUp,
        }
    }
}

async fn read(request: Request<Body>) -> Result<Read, axum::http::StatusCode> {
    let (head, body) = request.into_parts();
    let body = body.collect().await;
    let body = body.map_err(|_| axum::http::StatusCode::BAD_REQUEST)?;
    let hosts: Vec<&[u8]> = head
        .headers
        .get_all(HOST)
        .iter()
        .map(|host| host.as_bytes())
        .collect();
    Ok(Read {
        method: head.method.to_string(),
        target: head.uri.to_string(),
        host: hosts.join(&b" and "[..]),
        body: body.to_bytes().to_vec(),
    })
}

/// [`NEXT`], read.
fn next() -> Read {
    Read {
        method: "GET".to_owned(),
        target: NEXT_TARGET.to_owned(),
        host: b"front".to_vec(),
        body: Vec::new(),
    }
}
