//! A case through a proxy, and what the client hears.

use std::net::SocketAddr;
use std::time::Duration;

use ingress::proxy::Patience;
use tokio::io::AsyncWriteExt;

use crate::case::NEXT;
use crate::client::Client;
use crate::origin::{Captured, Origin, SEEN};
use crate::proxy::Setup;

/// How long a proxy waits for the rest of a body. Some cases have none.
pub(crate) const PAUSE: Duration = Duration::from_millis(300);

/// What a client hears for a case and for the request behind it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Heard {
    /// What became of each request of the case.
    pub(crate) answers: Vec<Answered>,
    /// Whether the request behind it was answered, too.
    pub(crate) goes_on: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answered {
    /// By the host.
    Forwarded,
    /// By the proxy itself, with this status.
    Refused(u16),
}

/// Through `ingress`, and what the host got on its connections.
pub(crate) async fn ingress(bytes: &[u8]) -> (Heard, Vec<Captured>) {
    let mut origin = Origin::start().await;
    let patience = Patience {
        body: PAUSE,
        ..Patience::default()
    };
    let setup = Setup::to(&[origin.address]).gateway();
    let proxy = setup.patience(patience).start();
    let heard = through(proxy.address, bytes).await;
    let connections = proxy.cluster.stats().upstream_cx_total.get();
    proxy.end().await;
    let mut captured = Vec::new();
    for _ in 0..connections {
        captured.push(origin.captured().await);
    }
    (heard, captured)
}

/// Through the proxy at `address`, whose host tells with [`SEEN`] that it was asked.
pub(crate) async fn through(address: SocketAddr, bytes: &[u8]) -> Heard {
    let mut client = Client::connect(address).await;
    let all = [bytes, NEXT.as_bytes()].concat();
    // A proxy that has closed already does not take it.
    client.stream.write_all(&all).await.ok();
    let mut answers = Vec::new();
    let mut said_close = false;
    while let Some(answer) = client.next_answer(false).await {
        if answer.status < 200 {
            continue;
        }
        said_close = answer.get("connection") == Some("close");
        answers.push(match answer.get(SEEN) {
            Some(_) => Answered::Forwarded,
            None => Answered::Refused(answer.status),
        });
    }
    // Only the last request asks for the end, so a forwarded answer that announces it is the last one's.
    let goes_on = said_close && answers.last() == Some(&Answered::Forwarded);
    if goes_on {
        answers.pop();
    }
    Heard { answers, goes_on }
}
