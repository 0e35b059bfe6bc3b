//! Replicas that do what no replica should.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use socket2::{Domain, SockRef, Socket, Type};

/// What it does to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Vice {
    /// It accepts, reads, and says nothing.
    NeverAnswers,
    /// It answers with what is no HTTP.
    Garbage,
    /// It promises more than it sends, and closes.
    HalfABody,
    /// Its answer's head has no end.
    EndlessHead,
    /// It resets the connection.
    Reset,
    /// Each answer takes longer than the one before.
    SlowToDeath,
}

/// A replica that runs in this process.
pub(crate) struct Villain {
    over: Arc<AtomicBool>,
    address: SocketAddr,
    thread: Option<JoinHandle<()>>,
}

impl Villain {
    /// Takes the place of the replica at `address`, whose port is shared.
    pub(crate) fn start(address: SocketAddr, vice: Vice) -> io::Result<Self> {
        let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
        socket.set_reuse_address(true)?;
        socket.set_reuse_port(true)?;
        socket.bind(&address.into())?;
        socket.listen(1_024)?;
        let listener = TcpListener::from(socket);
        let over = Arc::new(AtomicBool::new(false));
        let seen = Arc::clone(&over);
        let asked = Arc::new(AtomicU32::new(0));
        let thread = thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if seen.load(Ordering::Relaxed) {
                    break;
                }
                let (over, asked) = (Arc::clone(&seen), Arc::clone(&asked));
                thread::spawn(move || {
                    // However it ends, it is what it is about.
                    let _ended = serve(&stream, vice, &asked, &over);
                });
            }
        });
        Ok(Self {
            over,
            address,
            thread: Some(thread),
        })
    }
}

impl Drop for Villain {
    /// Gives the place back.
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
        // Its thread looks whether it is over when somebody comes.
        drop(TcpStream::connect(self.address));
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}

fn serve(
    mut stream: &TcpStream,
    vice: Vice,
    asked: &AtomicU32,
    over: &AtomicBool,
) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut head = Vec::new();
    let mut chunk = [0; 4_096];
    loop {
        let read = stream.read(&mut chunk)?;
        if read == 0 || over.load(Ordering::Relaxed) {
            return Ok(());
        }
        head.extend_from_slice(&chunk[..read]);
        if !head.ends_with(b"\r\n\r\n") {
            continue;
        }
        head.clear();
        match vice {
            Vice::NeverAnswers => {}
            Vice::Garbage => return stream.write_all(b"\x16\x03\x01 what is this\r\n\r\n"),
            Vice::HalfABody => {
                let half =
                    b"HTTP/1.1 200 OK\r\nHostUID: villain\r\ncontent-length: 100\r\n\r\nhalf";
                return stream.write_all(half);
            }
            Vice::EndlessHead => {
                stream.write_all(b"HTTP/1.1 200 OK\r\n")?;
                while !over.load(Ordering::Relaxed) {
                    stream.write_all(b"x-more: and more and more and more and more\r\n")?;
                }
                return Ok(());
            }
            Vice::Reset => return SockRef::from(stream).set_linger(Some(Duration::ZERO)),
            Vice::SlowToDeath => {
                let time = 4 * asked.fetch_add(1, Ordering::Relaxed);
                thread::sleep(Duration::from_millis(time.into()));
                let answer =
                    b"HTTP/1.1 200 OK\r\nHostUID: villain\r\ncontent-length: 6\r\n\r\npurple";
                stream.write_all(answer)?;
            }
        }
    }
}
