//! One connection, which does something only while somebody waits for an answer on it.

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

use axum::body::HttpBody;
use bytes::{Bytes, BytesMut};
use http_body_util::Empty;
use hyper::body::Incoming;
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use super::error::FetchError;
use super::{Answer, Request};

/// A connection to somebody.
pub(super) struct Connection {
    sender: SendRequest<Empty<Bytes>>,
    driver: Driver,
}

/// What came of sending a request.
pub(super) enum Sent {
    /// A whole answer.
    Answered(Answer),
    /// The connection was over before anything was sent; the request is unharmed.
    Unsent(hyper::Error, Box<Request>),
}

/// hyper's half of the connection that reads and writes. `None` when it is over: only its drop tells the
/// sender that nobody will take its request any more.
struct Driver(Option<Pin<Box<Halves>>>);

type Halves = http1::Connection<TokioIo<TcpStream>, Empty<Bytes>>;

impl Connection {
    /// Connects to `peer` (host:port), a name's first address that answers.
    ///
    /// # Errors
    /// When it cannot be reached.
    pub(super) async fn open(peer: &str) -> Result<Self, FetchError> {
        let stream = TcpStream::connect(peer)
            .await
            .map_err(FetchError::Unreachable)?;
        stream.set_nodelay(true).map_err(FetchError::Unreachable)?;
        let (sender, driver) = http1::handshake(TokioIo::new(stream)).await?;
        Ok(Self {
            sender,
            driver: Driver(Some(Box::pin(driver))),
        })
    }

    /// Sends `request` and reads the whole answer, whose body may have `limit` bytes at most.
    ///
    /// # Errors
    /// When the answer is too long or not whole. Nothing more can be sent then.
    pub(super) async fn send(
        &mut self,
        request: Request,
        limit: usize,
    ) -> Result<Sent, FetchError> {
        let mut answer = pin!(self.sender.try_send_request(request));
        let driver = &mut self.driver;
        let answered = poll_fn(|cx| {
            driver.drive(cx);
            answer.as_mut().poll(cx)
        });
        match answered.await {
            Ok(response) => {
                let (head, body) = response.into_parts();
                Ok(Sent::Answered(Answer {
                    status: head.status,
                    headers: head.headers,
                    body: self.driver.read(body, limit).await?,
                }))
            }
            Err(mut error) => match error.take_message() {
                Some(request) => Ok(Sent::Unsent(error.into_error(), Box::new(request))),
                None => Err(error.into_error().into()),
            },
        }
    }

    /// Brings the last exchange to its end; `false` when there cannot be another one.
    pub(super) fn is_ready(&mut self) -> bool {
        self.driver.drive(&mut Context::from_waker(Waker::noop()));
        self.sender.is_ready()
    }
}

impl Driver {
    /// Reads and writes what can be. Why the connection ended is told to whoever waits for an answer.
    fn drive(&mut self, cx: &mut Context<'_>) {
        if let Some(alive) = &mut self.0
            && alive.as_mut().poll(cx).is_ready()
        {
            self.0 = None;
        }
    }

    async fn read(&mut self, mut body: Incoming, limit: usize) -> Result<Bytes, FetchError> {
        let mut read = Bytes::new();
        while !body.is_end_stream() {
            let frame = poll_fn(|cx| {
                if let Poll::Ready(frame) = Pin::new(&mut body).poll_frame(cx) {
                    return Poll::Ready(frame);
                }
                self.drive(cx);
                Pin::new(&mut body).poll_frame(cx)
            });
            let Some(frame) = frame.await else { break };
            let Ok(chunk) = frame?.into_data() else {
                continue;
            };
            if read.len() + chunk.len() > limit {
                return Err(FetchError::TooLong);
            }
            // Most answers come in one piece, which is not copied.
            read = if read.is_empty() {
                chunk
            } else {
                let mut longer = BytesMut::from(read);
                longer.extend_from_slice(&chunk);
                longer.freeze()
            };
        }
        Ok(read)
    }
}
