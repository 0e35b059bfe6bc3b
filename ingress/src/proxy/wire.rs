//! A socket, what came on it and is not understood yet, and what is to go and is not taken yet.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::AsyncWrite;
use tokio::net::TcpStream;
use tokio_util::io::poll_read_buf;

use super::buffers::Buffers;

/// Where less than this is free behind what was read, it is made more before the next read.
const LEAST_READ: usize = 4 << 10;

/// One end of a connection. It has memory only while there is something in it.
#[derive(Debug)]
pub(super) struct Wire {
    stream: TcpStream,
    buffers: Buffers,
    /// From `understood` on it is unread.
    input: Vec<u8>,
    understood: usize,
    /// From `sent` on it has not gone yet.
    output: Vec<u8>,
    sent: usize,
}

impl Wire {
    pub(super) fn new(stream: TcpStream, buffers: Buffers) -> Self {
        Self {
            stream,
            buffers,
            input: Vec::new(),
            understood: 0,
            output: Vec::new(),
            sent: 0,
        }
    }

    /// What came and is not understood yet.
    pub(super) fn unread(&self) -> &[u8] {
        &self.input[self.understood..]
    }

    /// The first `n` bytes of it are understood.
    pub(super) fn consume(&mut self, n: usize) {
        self.understood += n;
        if self.understood == self.input.len() {
            self.understood = 0;
            self.buffers.give_back(&mut self.input);
        }
    }

    /// Reads what is there to [`unread`](Self::unread), and tells how much it was; 0 is the end.
    pub(super) fn poll_fill(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
        if self.input.is_empty() {
            self.input = self.buffers.take();
        } else if self.input.capacity() - self.input.len() < LEAST_READ {
            self.input.drain(..self.understood);
            self.understood = 0;
            self.input.reserve(LEAST_READ);
        }
        let read = poll_read_buf(Pin::new(&mut self.stream), cx, &mut self.input);
        if self.input.is_empty() {
            self.buffers.give_back(&mut self.input);
        }
        read
    }

    /// Where to write what is to go next. What has gone is made room of now and then, so that a peer who is always a
    /// little behind takes no more memory than what waits for it.
    pub(super) fn output(&mut self) -> &mut Vec<u8> {
        if self.output.capacity() == 0 {
            self.output = self.buffers.take();
        } else if self.sent > 0 && self.sent >= self.waiting() {
            self.output.drain(..self.sent);
            self.sent = 0;
        }
        &mut self.output
    }

    /// Whether nothing is unread, and nothing is to go.
    pub(super) fn is_empty(&self) -> bool {
        self.unread().is_empty() && self.waiting() == 0
    }

    /// How many bytes have not gone yet.
    pub(super) fn waiting(&self) -> usize {
        self.output.len() - self.sent
    }

    /// Lets go of what has not gone yet.
    pub(super) fn forget(&mut self) {
        self.sent = 0;
        self.buffers.give_back(&mut self.output);
    }

    /// Sends what is to go; ready when all of it has.
    pub(super) fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while self.waiting() > 0 {
            let rest = &self.output[self.sent..];
            let n = ready!(Pin::new(&mut self.stream).poll_write(cx, rest))?;
            if n == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.sent += n;
        }
        self.forget();
        Poll::Ready(Ok(()))
    }

    /// Whether it is over or something came that nobody asked for. Without a system call unless there is news.
    pub(super) fn has_news(&self) -> bool {
        let news = self.stream.try_read(&mut [0]);
        !matches!(news, Err(error) if error.kind() == io::ErrorKind::WouldBlock)
    }

    /// Says that nothing more will go.
    pub(super) fn poll_shutdown(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        self.buffers.give_back(&mut self.input);
        self.buffers.give_back(&mut self.output);
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use tokio::net::TcpListener;

    use super::*;

    #[tokio::test]
    async fn a_peer_that_is_always_behind_takes_no_memory_for_what_it_has() {
        let (mut wire, _peer) = pair().await;
        for _ in 0..200 {
            wire.output().extend_from_slice(&[7; 16 << 10]);
            // As after a flush that ended early.
            wire.sent += wire.waiting() - 1_000;
            assert_eq!(wire.waiting(), 1_000);
        }
        let size = wire.output().capacity();
        assert!(size <= 64 << 10, "{size}");
    }

    async fn pair() -> (Wire, Wire) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let stream = TcpStream::connect(address).await.unwrap();
        let (peer, _) = listener.accept().await.unwrap();
        let wire = |stream| Wire::new(stream, Buffers::default());
        (wire(stream), wire(peer))
    }

    #[tokio::test]
    async fn a_wire_is_empty_only_when_all_has_gone_and_all_is_understood() {
        let (mut wire, mut other) = pair().await;
        wire.output().extend_from_slice(b"purple");
        assert!(!wire.is_empty());
        poll_fn(|cx| wire.poll_flush(cx)).await.unwrap();
        assert!(wire.is_empty());
        poll_fn(|cx| other.poll_fill(cx)).await.unwrap();
        assert!(!other.is_empty());
        other.consume(6);
        assert!(other.is_empty());
    }
}
