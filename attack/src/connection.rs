//! A connection that is made when it is needed, kept, and made again.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use http::header::HeaderName;
use http::response::Parts;
use http_body_util::{BodyExt, Empty};
use hyper::body::Incoming;
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio_util::task::AbortOnDropHandle;

use crate::{Answer, Failure, Target};

static HOST_UID: HeaderName = HeaderName::from_static("hostuid");

/// The addresses of a host. Each new connection goes to the next of them, and to the others if it is refused.
#[derive(Debug)]
pub(crate) struct Addresses {
    all: Vec<SocketAddr>,
    turn: AtomicUsize,
}

impl Addresses {
    /// `all` holds at least one.
    pub(crate) fn new(all: Vec<SocketAddr>) -> Self {
        Self {
            all,
            turn: AtomicUsize::new(0),
        }
    }

    async fn connect(&self) -> Result<TcpStream, Failure> {
        let first = self.turn.fetch_add(1, Ordering::Relaxed);
        let mut failure = Failure::NoConnection;
        for offset in 0..self.all.len() {
            let address = self.all[first.wrapping_add(offset) % self.all.len()];
            match TcpStream::connect(address).await {
                Ok(stream) => return Ok(stream),
                Err(error) => failure = Failure::of_connecting(&error),
            }
        }
        Err(failure)
    }
}

/// One connection, and the answer that came on it last.
#[derive(Debug)]
pub(crate) struct Connection {
    open: Option<Open>,
    head: Option<Parts>,
    body: Vec<u8>,
    /// How many bytes of a body are kept.
    keep: usize,
}

#[derive(Debug)]
struct Open {
    sender: SendRequest<Empty<Bytes>>,
    /// Moves the bytes; its end closes the connection.
    _mover: AbortOnDropHandle<()>,
}

impl Connection {
    /// Not connected yet; keeps the first `keep` bytes of a body.
    pub(crate) fn new(keep: usize) -> Self {
        Self {
            open: None,
            head: None,
            body: Vec::new(),
            keep,
        }
    }

    /// Sends one request and takes its answer. The connection closes if this is dropped before its end.
    pub(crate) async fn exchange(
        &mut self,
        target: &Target,
        addresses: &Addresses,
    ) -> Result<Answer<'_>, Failure> {
        let mut request = target.request();
        let (response, open) = loop {
            let kept = self.open.take();
            let is_kept = kept.is_some();
            let mut open = match kept {
                Some(open) => open,
                None => Open::new(addresses).await?,
            };
            // A kept connection that the other side has closed is seen here, or when the request comes back unsent.
            if is_kept && open.sender.ready().await.is_err() {
                continue;
            }
            match open.sender.try_send_request(request).await {
                Ok(response) => break (response, open),
                Err(mut error) => match error.take_message() {
                    Some(unsent) if is_kept => request = unsent,
                    _ => return Err(Failure::of_answer(error.error())),
                },
            }
        };
        let (head, body) = response.into_parts();
        let length = self.take(body).await?;
        self.open = Some(open);
        let head = self.head.insert(head);
        Ok(Answer {
            status: head.status,
            host_uid: head.headers.get(&HOST_UID),
            length,
            body: &self.body,
        })
    }

    /// Reads a body to its end and keeps its beginning; returns its length.
    async fn take(&mut self, mut body: Incoming) -> Result<u64, Failure> {
        self.body.clear();
        let mut length = 0;
        while let Some(frame) = body.frame().await {
            let frame = frame.map_err(|error| Failure::of_body(&error))?;
            if let Some(data) = frame.data_ref() {
                length += data.len() as u64;
                let room = self.keep - self.body.len();
                self.body.extend_from_slice(&data[..room.min(data.len())]);
            }
        }
        Ok(length)
    }
}

impl Open {
    async fn new(addresses: &Addresses) -> Result<Self, Failure> {
        let stream = addresses.connect().await?;
        // Without it a request could wait for the acknowledgement of the one before. A failure costs no more than that.
        drop(stream.set_nodelay(true));
        let (sender, connection) = http1::handshake(TokioIo::new(stream))
            .await
            .map_err(|error| Failure::of_answer(&error))?;
        let mover = tokio::spawn(async {
            // What goes wrong is told to whoever waits for the answer.
            drop(connection.await);
        });
        Ok(Self {
            sender,
            _mover: AbortOnDropHandle::new(mover),
        })
    }
}
