//! A client's connection as hyper sees it, with deadlines.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::Instant;

use super::limits::Limits;
use super::talk::Talk;
use crate::Alarm;

/// What a client gets to hear whose head takes too long (RFC 9110, 15.5.9).
const TOO_LATE: &[u8] =
    b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";

/// The last bytes of a head.
const END_OF_HEAD: [u8; 3] = *b"\n\r\n";

/// The connection.
#[derive(Debug)]
pub(super) struct Client<S> {
    stream: S,
    talk: Arc<Talk>,
    limits: Limits,
    /// The turn of the wait that the next two are about.
    turn: u64,
    /// Whether a part of the request has come.
    has_begun: bool,
    /// The last bytes that came.
    last: [u8; 3],
    /// When the wait is over; `None` until it is looked at.
    due: Option<Instant>,
    stalled_since: Option<Instant>,
    alarm: Alarm,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Client<S> {
    pub(super) fn new(stream: S, talk: Arc<Talk>, limits: Limits) -> Self {
        Self {
            stream,
            talk,
            limits,
            turn: 0,
            has_begun: false,
            last: END_OF_HEAD,
            due: None,
            stalled_since: None,
            alarm: Alarm::new(),
        }
    }

    /// Whether nothing has come behind the head of the last request: of what has, hyper may have read a part with it. No
    /// path here takes a body.
    fn ends_with_a_head(&self) -> bool {
        self.last == END_OF_HEAD || self.last.ends_with(b"\n\n")
    }

    fn came(&mut self, bytes: &[u8]) {
        let last = bytes.len().min(self.last.len());
        self.last.rotate_left(last);
        let kept = self.last.len() - last;
        self.last[kept..].copy_from_slice(&bytes[bytes.len() - last..]);
    }

    /// After a look for bytes: ready when the client has been too slow to send them.
    fn poll_late(&mut self, cx: &mut Context<'_>, got_bytes: bool) -> Poll<io::Error> {
        let Some(turn) = self.talk.waiting() else {
            return Poll::Pending;
        };
        if turn != self.turn {
            (self.turn, self.has_begun, self.due) = (turn, !self.ends_with_a_head(), None);
        }
        if got_bytes {
            if !self.has_begun {
                (self.has_begun, self.due) = (true, None);
            }
            return Poll::Pending;
        }
        let patience = if self.has_begun {
            self.limits.head
        } else {
            self.limits.idle
        };
        let due = *self.due.get_or_insert_with(|| Instant::now() + patience);
        ready!(self.alarm.poll_at(cx, due));
        if self.has_begun {
            // All that can be done for a client that does not do its part.
            let _tried = Pin::new(&mut self.stream).poll_write(cx, TOO_LATE);
        }
        Poll::Ready(io::ErrorKind::TimedOut.into())
    }

    fn poll_stalled<T>(
        &mut self,
        cx: &mut Context<'_>,
        written: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if written.is_ready() {
            self.stalled_since = None;
            return written;
        }
        let since = *self.stalled_since.get_or_insert_with(Instant::now);
        ready!(self.alarm.poll_at(cx, since + self.limits.stall));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncRead for Client<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buffer.filled().len();
        let read = Pin::new(&mut this.stream).poll_read(cx, buffer);
        let got = &buffer.filled()[before..];
        let got_bytes = !got.is_empty();
        this.came(got);
        if (got_bytes || read.is_pending())
            && let Poll::Ready(error) = this.poll_late(cx, got_bytes)
        {
            return Poll::Ready(Err(error));
        }
        read
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Client<S> {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let written = Pin::new(&mut this.stream).poll_write(cx, bytes);
        this.poll_stalled(cx, written)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let written = Pin::new(&mut this.stream).poll_write_vectored(cx, slices);
        this.poll_stalled(cx, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        ready!(Pin::new(&mut this.stream).poll_flush(cx))?;
        this.talk.flushed();
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use axum::body::Body;
    use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};
    use tokio::time;

    use super::super::talk::Turns;
    use super::*;

    const LIMITS: Limits = Limits {
        connections: 1,
        head: Duration::from_secs(10),
        idle: Duration::from_secs(120),
        stall: Duration::from_secs(30),
    };

    fn client() -> (Client<DuplexStream>, DuplexStream) {
        let (near, far) = duplex(16);
        (Client::new(near, Talk::new(&Turns::new()), LIMITS), far)
    }

    /// Reads until the client is given up, and says after how many seconds that was.
    async fn patience(client: &mut Client<DuplexStream>) -> u64 {
        let start = Instant::now();
        let error = loop {
            if let Err(error) = client.read_u8().await {
                break error;
            }
        };
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        start.elapsed().as_secs()
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_says_nothing_has_the_idle_time() {
        let (mut client, mut far) = client();
        assert_eq!(patience(&mut client).await, 120);
        drop(client);
        assert_eq!(far.read(&mut [0]).await.unwrap(), 0, "it hears nothing");
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_drips_its_request_has_the_time_of_a_head_from_the_first_byte_on() {
        let (mut client, mut far) = client();
        let drip = async {
            let mut heard = Vec::new();
            time::sleep(Duration::from_secs(100)).await;
            for byte in b"GET / HTTP/1.1" {
                if far.write_u8(*byte).await.is_err() {
                    break;
                }
                time::sleep(Duration::from_secs(1)).await;
            }
            far.read_to_end(&mut heard).await.unwrap();
            heard
        };
        let waiting = async {
            let patience = patience(&mut client).await;
            client.shutdown().await.unwrap();
            patience
        };
        let (patience, heard) = tokio::join!(waiting, drip);
        assert_eq!(patience, 110);
        assert!(TOO_LATE.starts_with(&heard) && !heard.is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_takes_its_time_and_the_wait_for_the_next_request_begins_after_it() {
        let (mut client, mut far) = client();
        far.write_all(b"\n\n").await.unwrap();
        client.read_u16().await.unwrap();
        let answer = client.talk.begin();
        let nothing = time::timeout(Duration::from_secs(3_600), client.read_u8()).await;
        assert!(nothing.is_err(), "it is being answered");
        drop(answer(Body::empty()));
        client.flush().await.unwrap();
        assert_eq!(patience(&mut client).await, 120);
    }

    /// hyper reads it with the request before.
    #[tokio::test(start_paused = true)]
    async fn a_head_that_begins_in_the_bytes_of_the_request_before_has_the_time_of_a_head() {
        for (sent, seconds) in [("a\r\n\r\n", 120), ("a\n\nGE", 10), ("a\r\n\r\nGE", 10)] {
            let (mut client, mut far) = client();
            far.write_all(sent.as_bytes()).await.unwrap();
            client.read_exact(&mut vec![0; sent.len()]).await.unwrap();
            drop(client.talk.begin()(Body::empty()));
            client.flush().await.unwrap();
            assert_eq!(patience(&mut client).await, seconds, "{sent:?}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_takes_nothing_is_given_up_and_one_that_takes_a_little_is_not() {
        let (mut client, mut far) = client();
        let start = Instant::now();
        let take = async {
            for _ in 0..10 {
                time::sleep(Duration::from_secs(29)).await;
                far.read_u8().await.unwrap();
            }
        };
        let (written, ()) = tokio::join!(client.write_all(&[0; 100]), take);
        assert_eq!(written.unwrap_err().kind(), io::ErrorKind::TimedOut);
        assert_eq!(start.elapsed().as_secs(), 10 * 29 + 30);
    }
}
