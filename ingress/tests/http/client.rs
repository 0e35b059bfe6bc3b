//! A client that sends and receives bytes.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::proxy::SOON;

/// A plain request.
pub(crate) const GET: &str = "GET /get HTTP/1.1\r\nHost: colorapp:8080\r\n\r\n";

pub(crate) struct Client {
    pub(crate) stream: TcpStream,
    received: Vec<u8>,
}

/// Head and body of an answer. The body may be shorter than announced when the connection ended.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) line: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    /// Whether the body is as long as announced.
    pub(crate) whole: bool,
}

impl Client {
    pub(crate) async fn connect(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        Self {
            stream,
            received: Vec::new(),
        }
    }

    pub(crate) async fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.stream.write_all(bytes.as_ref()).await.unwrap();
    }

    /// Sends a request and takes its answer.
    pub(crate) async fn ask(&mut self, request: &str) -> Answer {
        self.send(request).await;
        if request.starts_with("HEAD") {
            self.answer_to_head().await
        } else {
            self.answer().await
        }
    }

    pub(crate) async fn answer(&mut self) -> Answer {
        self.take(false).await
    }

    pub(crate) async fn answer_to_head(&mut self) -> Answer {
        self.take(true).await
    }

    /// Receives up to these bytes and leaves them for the answer.
    pub(crate) async fn until_received(&mut self, what: &[u8]) {
        while find(&self.received, what).is_none() {
            assert!(self.more().await, "closed before {}", what.escape_ascii());
        }
    }

    /// Whether the connection ends with nothing more on it.
    pub(crate) async fn is_closed(&mut self) -> bool {
        self.received.is_empty() && !self.more().await
    }

    async fn take(&mut self, to_head: bool) -> Answer {
        let head = loop {
            if let Some(end) = find(&self.received, b"\r\n\r\n") {
                break self.cut(end + 4);
            }
            let so_far = String::from_utf8_lossy(&self.received).into_owned();
            assert!(self.more().await, "closed before a whole head: {so_far:?}");
        };
        let mut answer = parse(&String::from_utf8(head).unwrap());
        let informational = answer.status < 200;
        if to_head || informational || matches!(answer.status, 204 | 304) {
            return answer;
        }
        (answer.body, answer.whole) = match answer.get("content-length") {
            Some(length) => self.sized(length.parse().unwrap()).await,
            None => self.chunked().await,
        };
        answer
    }

    async fn sized(&mut self, length: usize) -> (Vec<u8>, bool) {
        while self.received.len() < length && self.more().await {}
        let whole = self.received.len() >= length;
        (self.cut(length.min(self.received.len())), whole)
    }

    async fn chunked(&mut self) -> (Vec<u8>, bool) {
        let mut body = Vec::new();
        loop {
            let Some(size) = self.line().await else {
                return (body, false);
            };
            let size = usize::from_str_radix(&size, 16).expect("a chunk's size");
            let (chunk, whole) = self.sized(size).await;
            body.extend(chunk);
            if !whole || self.line().await.as_deref() != Some("") {
                return (body, false);
            }
            if size == 0 {
                return (body, true);
            }
        }
    }

    async fn line(&mut self) -> Option<String> {
        loop {
            if let Some(end) = find(&self.received, b"\r\n") {
                let line = self.cut(end + 2);
                return Some(String::from_utf8(line[..end].to_vec()).unwrap());
            }
            if !self.more().await {
                return None;
            }
        }
    }

    fn cut(&mut self, length: usize) -> Vec<u8> {
        self.received.drain(..length).collect()
    }

    /// Receives; `false` at the end, whichever way it comes.
    async fn more(&mut self) -> bool {
        let read = timeout(SOON, self.stream.read_buf(&mut self.received)).await;
        matches!(read.expect("bytes or the end in time"), Ok(n) if n > 0)
    }
}

impl Answer {
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }
}

/// Status line and headers.
pub(crate) fn parse(head: &str) -> Answer {
    let mut lines = head.trim_end_matches("\r\n").split("\r\n");
    let line = lines.next().unwrap().to_owned();
    let header = |line: &str| {
        let (name, value) = line.split_once(": ").expect("a header line");
        (name.to_owned(), value.to_owned())
    };
    Answer {
        status: line[9..12].parse().unwrap(),
        line,
        headers: lines.map(header).collect(),
        body: Vec::new(),
        whole: true,
    }
}

pub(crate) fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|part| part == what)
}
