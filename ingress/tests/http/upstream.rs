//! A host that does what it is told, and tells what it saw.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use socket2::{Domain, SockRef, Socket, Type};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::timeout;

use crate::client::{Ending, SLOW, find, latin1};
use crate::proxy::SOON;

/// What a host does about a request. After the last step it waits for the next request.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    /// Reads the body, then reports the request. Without this step only its head is reported.
    Body,
    Send(Vec<u8>),
    /// Takes everything in small parts from now on.
    Slowly,
    /// Waits for the test.
    Wait(Arc<Notify>),
    /// Says that nothing more comes, and goes on reading.
    Shutdown,
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
    /// The lines behind the last chunk.
    pub(crate) trailers: Vec<String>,
    /// Whether the body was read to its end.
    pub(crate) whole: bool,
}

pub(crate) struct Upstream {
    pub(crate) address: SocketAddr,
    seen: UnboundedReceiver<Seen>,
    gone: UnboundedReceiver<(usize, Option<Ending>)>,
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

/// An address where nobody listens, and nobody will before the process ends.
pub(crate) fn refusing() -> SocketAddr {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    let any = SocketAddr::from(([127, 0, 0, 1], 0));
    socket.bind(&any.into()).unwrap();
    let address = socket.local_addr().unwrap().as_socket().unwrap();
    std::mem::forget(socket);
    address
}

impl Upstream {
    /// Treats every request the same.
    pub(crate) async fn always(steps: Vec<Step>) -> Self {
        Self::script(move |_| steps.clone()).await
    }

    /// Request number `n`, counted from 0 over all connections, is treated as `script(n)` says.
    pub(crate) async fn script(script: impl Fn(usize) -> Vec<Step> + Send + 'static) -> Self {
        let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
        Self::listen(socket, script)
    }

    /// On all addresses of this machine, of which it has many (127.0.0.0/8), as if it were many hosts.
    pub(crate) async fn everywhere(script: impl Fn(usize) -> Vec<Step> + Send + 'static) -> Self {
        let socket = TcpListener::bind("0.0.0.0:0").await.unwrap();
        let mut this = Self::listen(socket, script);
        this.address.set_ip([127, 0, 0, 1].into());
        this
    }

    fn listen(socket: TcpListener, script: impl Fn(usize) -> Vec<Step> + Send + 'static) -> Self {
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
                    let mut host = Host {
                        stream,
                        received: Vec::new(),
                        at_once: u64::MAX,
                        ending: None,
                    };
                    let _over = host.serve(connection, next, tell).await;
                    let ending = host.ending;
                    drop(host);
                    left.send((connection, ending)).ok();
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
        self.gone_how().await.0
    }

    /// The same, and how the proxy ended it, if it was the proxy.
    pub(crate) async fn gone_how(&mut self) -> (usize, Option<Ending>) {
        let gone = timeout(SOON, self.gone.recv()).await;
        gone.expect("an end in time").expect("a running host")
    }
}

/// One connection of a host.
struct Host {
    stream: TcpStream,
    received: Vec<u8>,
    /// The most bytes of one read.
    at_once: u64,
    ending: Option<Ending>,
}

/// What is known of a body while it is read.
#[derive(Default)]
struct Reading {
    body: Vec<u8>,
    trailers: Vec<String>,
}

impl Host {
    /// `None` when the connection is over.
    async fn serve(
        &mut self,
        connection: usize,
        next: impl Fn() -> Vec<Step>,
        tell: UnboundedSender<Seen>,
    ) -> Option<()> {
        loop {
            let head = self.line(b"\r\n\r\n").await?;
            let steps = next();
            let report = |reading: Reading, whole| {
                let seen = Seen {
                    connection,
                    head: format!("{head}\r\n\r\n"),
                    body: reading.body,
                    trailers: reading.trailers,
                    whole,
                };
                tell.send(seen).ok();
            };
            if !steps.iter().any(|step| matches!(step, Step::Body)) {
                report(Reading::default(), true);
            }
            for step in steps {
                match step {
                    Step::Body => {
                        let mut reading = Reading::default();
                        let read = self.body(&head, &mut reading).await;
                        report(reading, read.is_some());
                        read?;
                    }
                    Step::Send(bytes) => self.stream.write_all(&bytes).await.ok()?,
                    Step::Slowly => self.at_once = SLOW,
                    Step::Wait(notify) => notify.notified().await,
                    Step::Shutdown => self.stream.shutdown().await.ok()?,
                    Step::Close => return None,
                    Step::Reset => {
                        let now = Some(Duration::ZERO);
                        SockRef::from(&self.stream).set_linger(now).unwrap();
                        return None;
                    }
                    Step::Hang => while self.more().await.is_some() {},
                }
            }
        }
    }

    async fn body(&mut self, head: &str, reading: &mut Reading) -> Option<()> {
        let header = |name: &str| head.lines().find_map(|line| line.strip_prefix(name));
        if header("transfer-encoding: ").is_some() {
            return self.chunks(reading).await;
        }
        let length = header("content-length: ").map_or(0, |length| length.parse().unwrap());
        self.sized(length, &mut reading.body).await
    }

    async fn chunks(&mut self, reading: &mut Reading) -> Option<()> {
        loop {
            let size = self.line(b"\r\n").await?;
            let size = usize::from_str_radix(&size, 16).unwrap();
            if size == 0 {
                break;
            }
            self.sized(size, &mut reading.body).await?;
            assert_eq!(self.line(b"\r\n").await?, "", "behind a chunk");
        }
        loop {
            match self.line(b"\r\n").await? {
                line if line.is_empty() => return Some(()),
                line => reading.trailers.push(line),
            }
        }
    }

    /// What there is of it when the connection ends before.
    async fn sized(&mut self, length: usize, to: &mut Vec<u8>) -> Option<()> {
        let mut over = Some(());
        while self.received.len() < length && over.is_some() {
            over = self.more().await;
        }
        let length = self.received.len().min(length);
        to.extend(self.received.drain(..length));
        over
    }

    async fn line(&mut self, end: &[u8]) -> Option<String> {
        loop {
            if let Some(at) = find(&self.received, end) {
                let line = latin1(&self.received[..at]);
                self.received.drain(..at + end.len());
                return Some(line);
            }
            self.more().await?;
        }
    }

    async fn more(&mut self) -> Option<()> {
        let mut part = (&mut self.stream).take(self.at_once);
        self.ending = match part.read_buf(&mut self.received).await {
            Ok(0) => Some(Ending::End),
            Ok(_) => return Some(()),
            Err(_) => Some(Ending::Reset),
        };
        None
    }
}
