//! The backends behind what is measured: as cheap as they can be, since they share its CPU. They answer
//! what colorapp answers, always the same bytes, and look at nothing of a request but where it ends.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Builder;
use tokio::time;

const PURPLE: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-type: text/plain; charset=utf-8\r\n\
    hostuid: 5c0e9f3c-2f04-4c1c-9e57-52a2d0f2a9b1\r\ncontent-length: 6\r\n\
    date: Tue, 24 Nov 2026 12:00:00 GMT\r\n\r\npurple";
const NO_COLORS: &[u8] =
    b"HTTP/1.1 500 Internal Server Error\r\ncontent-type: text/plain; charset=utf-8\r\n\
    hostuid: 5c0e9f3c-2f04-4c1c-9e57-52a2d0f2a9b1\r\ncontent-length: 13\r\n\
    date: Tue, 24 Nov 2026 12:00:00 GMT\r\n\r\nno colors 4 u";

/// As long as any header of a proxy may be.
const BUFFER_BYTES: usize = 8192;

/// Some backends on one thread, until the process ends.
#[derive(Debug)]
pub struct Backends {
    each: Vec<Backend>,
}

#[derive(Debug)]
struct Backend {
    address: SocketAddr,
    sick: Arc<AtomicBool>,
}

impl Backends {
    /// Starts `count` of them, each on a port of its own.
    ///
    /// # Errors
    /// When the system gives no socket or thread.
    pub fn start(count: usize) -> io::Result<Self> {
        Self::start_slow(count, Duration::ZERO)
    }

    /// Starts `count` of them, which think for some time before they answer.
    ///
    /// # Errors
    /// When the system gives no socket or thread.
    pub fn start_slow(count: usize, delay: Duration) -> io::Result<Self> {
        let mut each = Vec::with_capacity(count);
        let mut listeners = Vec::with_capacity(count);
        for _ in 0..count {
            let (listener, address) = listen(Ipv4Addr::LOCALHOST)?;
            let sick = Arc::new(AtomicBool::new(false));
            listeners.push((listener, Arc::clone(&sick)));
            each.push(Backend { address, sick });
        }
        serve(listeners, delay)?;
        Ok(Self { each })
    }

    /// Starts one that has `count` addresses, up to 64,000: all of 127.0.0.0/8 is this machine on Linux.
    ///
    /// # Errors
    /// When the system gives no socket or thread.
    pub fn start_crowd(count: u16) -> io::Result<Self> {
        let (listener, any) = listen(Ipv4Addr::UNSPECIFIED)?;
        let sick = Arc::new(AtomicBool::new(false));
        serve(vec![(listener, Arc::clone(&sick))], Duration::ZERO)?;
        let each = (0..count).map(|number| Backend {
            address: SocketAddr::from((
                [127, 1, (number / 250) as u8, (number % 250 + 1) as u8],
                any.port(),
            )),
            sick: Arc::clone(&sick),
        });
        Ok(Self {
            each: each.collect(),
        })
    }

    /// Where they are.
    pub fn addresses(&self) -> Vec<SocketAddr> {
        self.each.iter().map(|backend| backend.address).collect()
    }

    /// Makes one answer 500, or 200 again.
    pub fn set_sick(&self, number: usize, sick: bool) {
        self.each[number].sick.store(sick, Ordering::Relaxed);
    }
}

fn listen(on: Ipv4Addr) -> io::Result<(std::net::TcpListener, SocketAddr)> {
    let listener = std::net::TcpListener::bind((on, 0))?;
    listener.set_nonblocking(true)?;
    let address = listener.local_addr()?;
    Ok((listener, address))
}

fn serve(
    listeners: Vec<(std::net::TcpListener, Arc<AtomicBool>)>,
    delay: Duration,
) -> io::Result<()> {
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let serving = move || {
        runtime.block_on(async move {
            let mut tasks = Vec::new();
            for (listener, sick) in listeners {
                let listener =
                    TcpListener::from_std(listener).expect("the runtime is this thread's");
                tasks.push(tokio::spawn(accept(listener, sick, delay)));
            }
            for task in tasks {
                drop(task.await);
            }
        });
    };
    thread::Builder::new()
        .name("backends".to_owned())
        .spawn(serving)?;
    Ok(())
}

async fn accept(listener: TcpListener, sick: Arc<AtomicBool>, delay: Duration) {
    // A connection that was gone before it was accepted is nothing to end for.
    loop {
        if let Ok((stream, _)) = listener.accept().await {
            drop(stream.set_nodelay(true));
            tokio::spawn(answer(stream, Arc::clone(&sick), delay));
        }
    }
}

/// Answers until the other side goes, whatever way it goes.
async fn answer(mut stream: TcpStream, sick: Arc<AtomicBool>, delay: Duration) {
    let mut buffer = vec![0; BUFFER_BYTES];
    let mut filled = 0;
    while let Ok(read @ 1..) = stream.read(&mut buffer[filled..]).await {
        filled += read;
        // Requests have no bodies here, and none is sent before the last one is answered.
        if buffer[..filled].ends_with(b"\r\n\r\n") {
            filled = 0;
            if !delay.is_zero() {
                time::sleep(delay).await;
            }
            let answer = if sick.load(Ordering::Relaxed) {
                NO_COLORS
            } else {
                PURPLE
            };
            if stream.write_all(answer).await.is_err() {
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::response::parse;

    async fn get(address: SocketAddr) -> (u16, Vec<u8>) {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream
            .write_all(b"GET /get HTTP/1.1\r\nhost: x\r\n\r\n")
            .await
            .unwrap();
        let mut bytes = vec![0; 1024];
        let read = stream.read(&mut bytes).await.unwrap();
        let answer = parse(&bytes[..read])
            .unwrap()
            .expect("it comes in one piece");
        assert_eq!(answer.length, read, "its length is right");
        bytes.truncate(read);
        (answer.status, bytes)
    }

    #[tokio::test]
    async fn each_answers_and_one_alone_can_be_sick() {
        let backends = Backends::start(2).unwrap();
        backends.set_sick(1, true);
        let [well, sick] = backends.addresses()[..] else {
            panic!("there are two");
        };
        assert_eq!(get(well).await.0, 200);
        let (status, bytes) = get(sick).await;
        assert_eq!(status, 500);
        assert!(bytes.ends_with(b"no colors 4 u"));
    }

    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn a_crowd_has_as_many_addresses_as_it_should() {
        let crowd = Backends::start_crowd(600).unwrap();
        let mut addresses = crowd.addresses();
        assert_eq!(get(addresses[599]).await.0, 200);
        addresses.dedup();
        assert_eq!(addresses.len(), 600);
    }
}
