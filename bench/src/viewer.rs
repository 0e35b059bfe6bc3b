//! Somebody who looks at the page: at its live stream, as a browser does. When that ends, which it does every now and
//! then, it is opened again, with the last event that was seen.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// How long front goes on looking and counting after its last viewer, 5 s, and a little more.
const LINGER: Duration = Duration::from_secs(6);

/// How long an event may take; there is one in each second.
const PATIENCE: Duration = Duration::from_secs(5);

/// One who looks from its beginning until it leaves.
#[derive(Debug)]
pub struct Viewer {
    seen: Arc<Seen>,
    looks: JoinHandle<()>,
}

#[derive(Debug, Default)]
struct Seen {
    events: AtomicU64,
    enough: AtomicBool,
}

impl Viewer {
    /// Looks at the page of the suite at `address` from now on.
    ///
    /// # Errors
    /// When there is no stream.
    pub fn of(address: SocketAddr) -> io::Result<Self> {
        let mut stream = open(address, None)?;
        let seen = Arc::<Seen>::default();
        let to_see = Arc::clone(&seen);
        let looks = thread::Builder::new().name("viewer".to_owned());
        let looks = looks.spawn(move || {
            let mut last = None;
            // Whoever sees no more, since front has ended or is silent, is found out by the number of events.
            while read(stream, &to_see, &mut last).is_ok()
                && !to_see.enough.load(Ordering::Relaxed)
                && let Ok(next) = open(address, last.as_deref())
            {
                stream = next;
            }
        })?;
        Ok(Self { seen, looks })
    }

    /// How many events it has seen so far.
    pub fn events(&self) -> u64 {
        self.seen.events.load(Ordering::Relaxed)
    }

    /// Leaves with the next event, and waits until front does nothing more for it.
    ///
    /// # Errors
    /// When it could not look.
    pub fn leave(self) -> io::Result<()> {
        self.seen.enough.store(true, Ordering::Relaxed);
        let looked = self.looks.join();
        looked.map_err(|_| io::Error::other("the viewer panicked"))?;
        thread::sleep(LINGER);
        Ok(())
    }
}

fn open(address: SocketAddr, last: Option<&str>) -> io::Result<TcpStream> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    let last = last.map_or_else(String::new, |id| format!("last-event-id: {id}\r\n"));
    write!(
        stream,
        "GET /events HTTP/1.1\r\nhost: {address}\r\naccept: text/event-stream\r\nconnection: close\r\n{last}\r\n"
    )?;
    let mut status = [0; 12];
    stream.read_exact(&mut status)?;
    if &status != b"HTTP/1.1 200" {
        return Err(io::Error::other("front has no stream of events"));
    }
    Ok(stream)
}

/// Reads a stream to its end, or until enough was seen.
fn read(stream: TcpStream, seen: &Seen, last: &mut Option<String>) -> io::Result<()> {
    for line in BufReader::new(stream).lines() {
        if let Some(id) = line?.strip_prefix("id: ") {
            *last = Some(id.to_owned());
            seen.events.fetch_add(1, Ordering::Relaxed);
            if seen.enough.load(Ordering::Relaxed) {
                break;
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;

    /// Answers one request with so many events; returns the request.
    fn events(listener: &TcpListener, first: u64, number: u64) -> io::Result<String> {
        let (mut stream, _) = listener.accept()?;
        let mut request = String::new();
        let mut lines = BufReader::new(&stream);
        while !request.ends_with("\r\n\r\n") {
            lines.read_line(&mut request)?;
        }
        write!(stream, "HTTP/1.1 200 OK\r\n\r\n")?;
        for id in first..first + number {
            write!(stream, "event: digest\nid: {id}\ndata: {{}}\n\n")?;
        }
        Ok(request)
    }

    #[test]
    fn a_stream_that_ends_is_opened_again_where_it_ended() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let opened = thread::spawn(move || Viewer::of(address).unwrap());
        assert!(!events(&listener, 1, 3).unwrap().contains("last-event-id"));
        let again = events(&listener, 4, 1).unwrap();
        assert!(again.contains("\r\nlast-event-id: 3\r\n"), "{again}");
        assert!(opened.join().unwrap().events() >= 3);
    }
}
