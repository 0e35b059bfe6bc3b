//! A host that does what it is told, and tells what it saw.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use socket2::SockRef;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::timeout;

use crate::client::find;
use crate::proxy::SOON;

/// What a host does about a request. After the last step it waits for the next request.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    /// Reads the body, then reports the request. Without this step only its head is reported.
    Body,
    Send(Vec<u8>),
    /// Waits for the test.
    Wait(Arc<Notify>),
    Close,
    Reset,
    Hang,
}

/// A request as it arrived.
#[derive(Debug)]
pub(crate) struct Seen {
    /// Which connection it came on, counted from 0.
    pub(crate) connection: usize,
    pub(crate) head: String,
    /// Without its chunks' framing.
    pub(crate) body: Vec<u8>,
}

pub(crate) struct Upstream {
    pub(crate) address: SocketAddr,
    seen: UnboundedReceiver<Seen>,
    gone: UnboundedReceiver<usize>,
}

/// A whole plain answer.
pub(crate) fn ok(body: &str) -> Vec<Step> {
    answer(200, body)
}

pub(crate) fn answer(status: u16, body: &str) -> Vec<Step> {
    let length = body.len();
    let answer = format!("HTTP/1.1 {status} Whatever\r\nContent-Length: {length}\r\n\r\n{body}");
    vec![Step::Body, send(answer)]
}

pub(crate) fn send(bytes: impl Into<Vec<u8>>) -> Step {
    Step::Send(bytes.into())
}

/// An address where nobody listens.
pub(crate) fn refusing() -> SocketAddr {
    let socket = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    socket.local_addr().unwrap()
}

impl Upstream {
    /// Treats every request the same.
    pub(crate) async fn always(steps: Vec<Step>) -> Self {
        Self::script(move |_| steps.clone()).await
    }

    /// Request number `n`, counted from 0 over all connections, is treated as `script(n)` says.
    pub(crate) async fn script(script: impl Fn(usize) -> Vec<Step> + Send + 'static) -> Self {
        let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = socket.local_addr().unwrap();
        let (tell, seen) = unbounded_channel();
        let (left, gone) = unbounded_channel();
        let script = Arc::new(std::sync::Mutex::new((0, script)));
        tokio::spawn(async move {
            for connection in 0.. {
                let (stream, _) = socket.accept().await.unwrap();
                stream.set_nodelay(true).unwrap();
                let (script, tell, left) = (Arc::clone(&script), tell.clone(), left.clone());
                let next = move || {
                    let mut script = script.lock().unwrap();
                    script.0 += 1;
                    (script.1)(script.0 - 1)
                };
                tokio::spawn(async move {
                    let _over = serve(stream, connection, next, tell).await;
                    left.send(connection).ok();
                });
            }
        });
        Self {
            address,
            seen,
            gone,
        }
    }

    /// The next request that arrives.
    pub(crate) async fn seen(&mut self) -> Seen {
        let seen = timeout(SOON, self.seen.recv()).await;
        seen.expect("a request in time").expect("a running host")
    }

    /// The requests that arrived and were not looked at yet.
    pub(crate) fn seen_so_far(&mut self) -> Vec<Seen> {
        std::iter::from_fn(|| self.seen.try_recv().ok()).collect()
    }

    /// The next connection that ended, by whom ever.
    pub(crate) async fn gone(&mut self) -> usize {
        let gone = timeout(SOON, self.gone.recv()).await;
        gone.expect("an end in time").expect("a running host")
    }
}

/// `None` when the connection is over.
async fn serve(
    mut stream: TcpStream,
    connection: usize,
    next: impl Fn() -> Vec<Step>,
    tell: UnboundedSender<Seen>,
) -> Option<()> {
    let mut received = Vec::new();
    loop {
        let end = loop {
            match find(&received, b"\r\n\r\n") {
                Some(end) => break end + 4,
                None => more(&mut stream, &mut received).await?,
            }
        };
        let head: Vec<u8> = received.drain(..end).collect();
        let head = String::from_utf8(head).unwrap();
        let steps = next();
        let report = |body| {
            let head = head.clone();
            tell.send(Seen {
                connection,
                head,
                body,
            })
            .ok();
        };
        if !steps.iter().any(|step| matches!(step, Step::Body)) {
            report(Vec::new());
        }
        for step in steps {
            match step {
                Step::Body => report(body(&mut stream, &mut received, &head).await?),
                Step::Send(bytes) => stream.write_all(&bytes).await.ok()?,
                Step::Wait(notify) => notify.notified().await,
                Step::Close => return None,
                Step::Reset => {
                    let now = Some(Duration::ZERO);
                    SockRef::from(&stream).set_linger(now).unwrap();
                    return None;
                }
                Step::Hang => while more(&mut stream, &mut received).await.is_some() {},
            }
        }
    }
}

async fn body(stream: &mut TcpStream, received: &mut Vec<u8>, head: &str) -> Option<Vec<u8>> {
    if head.contains("\r\ntransfer-encoding: chunked\r\n") {
        let mut body = Vec::new();
        loop {
            let size = sized(stream, received, b"\r\n").await?;
            let size = usize::from_str_radix(&String::from_utf8(size).unwrap(), 16).unwrap();
            while received.len() < size + 2 {
                more(stream, received).await?;
            }
            body.extend(received.drain(..size + 2).take(size));
            if size == 0 {
                return Some(body);
            }
        }
    }
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "));
    let length = length.map_or(0, |length| length.parse().unwrap());
    while received.len() < length {
        more(stream, received).await?;
    }
    Some(received.drain(..length).collect())
}

async fn sized(stream: &mut TcpStream, received: &mut Vec<u8>, end: &[u8]) -> Option<Vec<u8>> {
    loop {
        if let Some(at) = find(received, end) {
            let line = received[..at].to_vec();
            received.drain(..at + end.len());
            return Some(line);
        }
        more(stream, received).await?;
    }
}

async fn more(stream: &mut TcpStream, received: &mut Vec<u8>) -> Option<()> {
    let read = stream.read_buf(received).await.ok()?;
    (read > 0).then_some(())
}
