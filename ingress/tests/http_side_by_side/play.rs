//! A case with one of the proxies.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use socket2::SockRef;
use tokio::io::AsyncWriteExt;
use tokio::sync::Notify;
use tokio::time::timeout;

use crate::case::{Act, Case, OK, Setting, Told, says};
use crate::client::{Client, Ending};
use crate::proxy::SOON;
use crate::transcript::Transcript;
use crate::upstream::{Step, Upstream};

/// Asked at the end to see whether the connection is still good: it leads nowhere, and the proxy closes.
const PROBE: &str = "GET /nothere HTTP/1.1\r\nHost: colorapp\r\nConnection: close\r\n\r\n";

/// How long it may be silent when something is expected.
const SILENCE: Duration = Duration::from_secs(3);

/// The hosts of one side of a case.
pub(crate) struct Stage {
    pub(crate) upstream: Upstream,
    go: Arc<Notify>,
}

impl Stage {
    pub(crate) async fn set(case: &Case) -> Self {
        let go = Arc::new(Notify::new());
        let mut host = case.host.clone();
        if host.is_empty() {
            host.push(says(OK));
        }
        for step in host.iter_mut().flatten() {
            if let Step::Wait(notify) = step {
                *notify = Arc::clone(&go);
            }
        }
        let script = move |n: usize| host[n.min(host.len() - 1)].clone();
        let upstream = match case.setting {
            Setting::Limited(_) => Upstream::everywhere(script).await,
            _ => Upstream::script(script).await,
        };
        Self { upstream, go }
    }
}

/// Plays `case` with the proxy at `address`. `told` waits until the proxy tells something, and returns it.
pub(crate) async fn play(
    case: &Case,
    mut stage: Stage,
    address: SocketAddr,
    told: impl AsyncFn(Told) -> Vec<String>,
) -> Vec<String> {
    let mut transcript = Transcript {
        shows_server: case.compares_server,
        ..Transcript::default()
    };
    let mut client = Some(Client::connect(address).await);
    let (mut number, mut others) = (0, BTreeMap::new());
    for act in &case.acts {
        if let Act::As(other) = *act {
            if let Some(client) = client.take() {
                others.insert(number, client);
            }
            number = other;
            client = Some(match others.remove(&number) {
                Some(client) => client,
                None => Client::connect(address).await,
            });
            continue;
        }
        if let Act::Again = act {
            if let Some(client) = client.take() {
                part(client, &mut transcript).await;
            }
            client = Some(Client::connect(address).await);
            continue;
        }
        match act {
            Act::Ejected | Act::Waiting(_) | Act::Counted => {
                let what = match act {
                    Act::Ejected => Told::Ejected,
                    Act::Waiting(n) => Told::Waiting(*n),
                    _ => Told::Counted,
                };
                let lines = timeout(SOON, told(what)).await.expect("told in time");
                lines.iter().for_each(|line| transcript.say("#", line));
                continue;
            }
            Act::Seen => {
                let seen = stage.upstream.seen().await;
                transcript.request(&seen);
                continue;
            }
            Act::Go => {
                stage.go.notify_one();
                continue;
            }
            Act::HostGone => {
                let (connection, ending) = stage.upstream.gone_how().await;
                transcript.host_end(connection, ending);
                continue;
            }
            _ => {}
        }
        let Some(mut this) = client.take() else {
            continue;
        };
        match act {
            Act::Send(bytes) => {
                transcript.sent += bytes.len();
                // A proxy that has closed already does not take it, and that is seen at the end.
                this.stream.write_all(bytes).await.ok();
            }
            Act::Answer { to_head } => match timeout(SILENCE, this.next_answer(*to_head)).await {
                Ok(Some(answer)) => transcript.answer(&answer),
                Ok(None) => {}
                Err(_) => transcript.say("<", "[silence]"),
            },
            Act::Until(what) => this.until_received(what.as_bytes()).await,
            Act::Shutdown => this.stream.shutdown().await.expect("still open"),
            Act::Slowly => this.slow_down(),
            Act::Leave => continue,
            Act::Reset => {
                let now = Some(Duration::ZERO);
                SockRef::from(&this.stream).set_linger(now).expect("set");
                continue;
            }
            _ => {}
        }
        client = Some(this);
    }
    if let Some(client) = client {
        others.insert(number, client);
    }
    for client in others.into_values() {
        part(client, &mut transcript).await;
    }
    // A host hears late of a request that broke off; a case that wants to see it waits for it.
    let arrived = stage.upstream.seen_so_far();
    for seen in arrived.iter().filter(|seen| seen.whole) {
        transcript.request(seen);
    }
    transcript.lines
}

/// The end of a client's conversation.
async fn part(mut client: Client, transcript: &mut Transcript) {
    // Behind `connection: close` it would only turn the end into a reset.
    if client.ending().is_none() && !transcript.said_close {
        client.stream.write_all(PROBE.as_bytes()).await.ok();
    }
    let mut answers = Vec::new();
    while client.ending().is_none() {
        match timeout(SILENCE, client.next_answer(false)).await {
            Ok(Some(answer)) => answers.push(answer),
            Ok(None) => {}
            Err(_) => {
                transcript.say("<", "[silence]");
                break;
            }
        }
    }
    let probed = answers.pop_if(|last| {
        last.status == 404 && last.get("connection") == Some("close") && last.body.is_empty()
    });
    for answer in &answers {
        transcript.answer(answer);
    }
    let rest = client.rest();
    let ending: Option<Ending> = client.ending().filter(|_| probed.is_none());
    transcript.client_end(ending, &rest);
}
