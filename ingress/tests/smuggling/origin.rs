//! The host behind a proxy: it keeps what arrives, and answers it.

use std::net::SocketAddr;
use std::sync::Arc;

use http1::{Decoder, Length, RequestHead, Room};
use parking_lot::Mutex;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::timeout;

use crate::proxy::SOON;

/// In each answer of a host: which of its requests it is the answer to.
pub(crate) const SEEN: &str = "x-seen";

/// A request as somebody read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Read {
    pub(crate) method: String,
    pub(crate) target: String,
    /// All its hosts, if there is more than one.
    pub(crate) host: Vec<u8>,
    pub(crate) body: Vec<u8>,
}

/// All that a host has read in whole.
pub(crate) type Reads = Arc<Mutex<Vec<Read>>>;

/// What came on one connection.
#[derive(Debug)]
pub(crate) struct Captured {
    pub(crate) bytes: Vec<u8>,
    /// The requests in it.
    pub(crate) reads: Vec<Read>,
    /// Whether it ended between two requests.
    pub(crate) whole: bool,
}

pub(crate) struct Origin {
    pub(crate) address: SocketAddr,
    pub(crate) reads: Reads,
    captured: UnboundedReceiver<Captured>,
}

impl Origin {
    pub(crate) async fn start() -> Self {
        let socket = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = socket.local_addr().expect("it is bound");
        let reads = Reads::default();
        let (tell, captured) = unbounded_channel();
        let all = Arc::clone(&reads);
        tokio::spawn(async move {
            loop {
                let (stream, _) = socket.accept().await.expect("a connection");
                let connection = Connection {
                    stream,
                    bytes: Vec::new(),
                    from: 0,
                    reads: Vec::new(),
                };
                tokio::spawn(connection.serve(Arc::clone(&all), tell.clone()));
            }
        });
        Self {
            address,
            reads,
            captured,
        }
    }

    /// What came on the next connection that ended.
    pub(crate) async fn captured(&mut self) -> Captured {
        let captured = timeout(SOON, self.captured.recv()).await;
        captured.expect("an end in time").expect("a running host")
    }
}

struct Connection {
    stream: TcpStream,
    bytes: Vec<u8>,
    /// Where the request begins that is not whole yet.
    from: usize,
    reads: Vec<Read>,
}

impl Connection {
    async fn serve(mut self, all: Reads, tell: UnboundedSender<Captured>) {
        loop {
            while let Some((read, length)) = first(&self.bytes[self.from..]) {
                self.from += length;
                self.reads.push(read.clone());
                let n = {
                    let mut all = all.lock();
                    all.push(read);
                    all.len() - 1
                };
                let answer = format!("HTTP/1.1 200 OK\r\n{SEEN}: {n}\r\nContent-Length: 0\r\n\r\n");
                // Who has left does not take it.
                self.stream.write_all(answer.as_bytes()).await.ok();
            }
            match self.stream.read_buf(&mut self.bytes).await {
                Ok(0) | Err(_) => break,
                Ok(_) => {}
            }
        }
        let captured = Captured {
            whole: self.from == self.bytes.len(),
            bytes: self.bytes,
            reads: self.reads,
        };
        // The test may be over.
        tell.send(captured).ok();
    }
}

/// The request at the beginning of `bytes`, once it is there in whole, and its length.
fn first(bytes: &[u8]) -> Option<(Read, usize)> {
    let mut room = Room::new(500);
    let (head, mut at) = RequestHead::parse(bytes, &mut room).ok()??;
    let length = Length::of_request(&head).ok()?;
    let mut decoder = Decoder::new(length, 1 << 20);
    let mut body = Vec::new();
    while !decoder.has_ended() {
        let decoded = decoder.decode(&bytes[at..]).ok()?;
        if decoded.consumed == 0 {
            return None;
        }
        body.extend_from_slice(decoded.data);
        at += decoded.consumed;
    }
    let hosts: Vec<&[u8]> = head.fields.all("host").collect();
    let read = Read {
        method: head.method.to_owned(),
        target: head.target.to_owned(),
        host: hosts.join(&b" and "[..]),
        body,
    };
    Some((read, at))
}
