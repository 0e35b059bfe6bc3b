//! A client that sends and receives bytes.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::proxy::SOON;

/// A plain request.
pub(crate) const GET: &str = "GET /get HTTP/1.1\r\nHost: colorapp:8080\r\n\r\n";

/// The most bytes of one read of somebody who is slow.
pub(crate) const SLOW: u64 = 2_048;

pub(crate) struct Client {
    pub(crate) stream: TcpStream,
    received: Vec<u8>,
    /// The most bytes of one read.
    at_once: u64,
    ending: Option<Ending>,
}

/// How a connection ended, seen from this side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// The other side sent its last byte.
    End,
    /// The other side threw the connection away.
    Reset,
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
    /// The lines behind the last chunk.
    pub(crate) trailers: Vec<String>,
}

impl Client {
    pub(crate) async fn connect(address: SocketAddr) -> Self {
        Self::over(TcpStream::connect(address).await.unwrap())
    }

    pub(crate) fn over(stream: TcpStream) -> Self {
        stream.set_nodelay(true).unwrap();
        Self {
            stream,
            received: Vec::new(),
            at_once: u64::MAX,
            ending: None,
        }
    }

    pub(crate) async fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.stream.write_all(bytes.as_ref()).await.unwrap();
    }

    /// Takes everything in small parts from now on.
    pub(crate) fn slow_down(&mut self) {
        self.at_once = SLOW;
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

    /// The next answer; `None` when the connection ends before its head is whole.
    pub(crate) async fn next_answer(&mut self, to_head: bool) -> Option<Answer> {
        let head = loop {
            if let Some(end) = find(&self.received, b"\r\n\r\n") {
                break self.cut(end + 4);
            }
            if !self.more().await {
                return None;
            }
        };
        let mut answer = parse(&latin1(&head));
        let informational = answer.status < 200;
        if to_head || informational || matches!(answer.status, 204 | 304) {
            return Some(answer);
        }
        if answer.framing("transfer-encoding").is_some() {
            (answer.body, answer.trailers, answer.whole) = self.chunked().await;
        } else if let Some(length) = answer.framing("content-length") {
            let length = length.split(',').next().expect("a split has parts");
            let length = length.parse().expect("a length");
            (answer.body, answer.whole) = self.sized(length).await;
        } else {
            while self.more().await {}
            answer.body = self.rest();
            answer.whole = self.ending == Some(Ending::End);
        }
        Some(answer)
    }

    /// What was received and belongs to no whole answer.
    pub(crate) fn rest(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.received)
    }

    /// How the connection ended, if it was seen to.
    pub(crate) fn ending(&self) -> Option<Ending> {
        self.ending
    }

    async fn take(&mut self, to_head: bool) -> Answer {
        let answer = self.next_answer(to_head).await;
        answer.unwrap_or_else(|| panic!("closed before a whole head: {:?}", latin1(&self.received)))
    }

    async fn sized(&mut self, length: usize) -> (Vec<u8>, bool) {
        while self.received.len() < length && self.more().await {}
        let whole = self.received.len() >= length;
        (self.cut(length.min(self.received.len())), whole)
    }

    async fn chunked(&mut self) -> (Vec<u8>, Vec<String>, bool) {
        let (mut body, mut trailers) = (Vec::new(), Vec::new());
        while let Some(size) = self.line().await {
            let size = usize::from_str_radix(&size, 16).expect("a chunk's size");
            if size == 0 {
                while let Some(line) = self.line().await {
                    if line.is_empty() {
                        return (body, trailers, true);
                    }
                    trailers.push(line);
                }
                break;
            }
            let (chunk, whole) = self.sized(size).await;
            body.extend(chunk);
            if !whole || self.line().await.as_deref() != Some("") {
                break;
            }
        }
        (body, trailers, false)
    }

    async fn line(&mut self) -> Option<String> {
        loop {
            if let Some(end) = find(&self.received, b"\r\n") {
                let line = self.cut(end + 2);
                return Some(latin1(&line[..end]));
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
        let mut part = (&mut self.stream).take(self.at_once);
        let read = timeout(SOON, part.read_buf(&mut self.received)).await;
        self.ending = match read.expect("bytes or the end in time") {
            Ok(0) => Some(Ending::End),
            Ok(_) => None,
            Err(_) => Some(Ending::Reset),
        };
        self.ending.is_none()
    }
}

impl Answer {
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }

    /// The same whatever the case of its name, which is not everybody's lower one.
    fn framing(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        let found = headers.find(|(known, _)| known.eq_ignore_ascii_case(name));
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
        trailers: Vec::new(),
    }
}

/// Every byte as a character.
pub(crate) fn latin1(bytes: &[u8]) -> String {
    bytes.iter().copied().map(char::from).collect()
}

pub(crate) fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|part| part == what)
}
