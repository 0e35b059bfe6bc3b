//! Listening sockets.

use std::error::Error;
use std::fmt;
use std::io;
use std::iter;
use std::net::SocketAddr;

use socket2::{Domain, Protocol, Socket, Type};
use tokio::net::{TcpListener, TcpStream};

/// How many connections may wait to be accepted. The kernel caps it (`net.core.somaxconn`, 4096 on Linux).
const BACKLOG: u16 = 4096;

/// An address that cannot be listened on.
#[derive(Debug)]
pub struct BindError {
    /// The address that was asked for.
    pub address: SocketAddr,
    cause: io::Error,
}

impl BindError {
    /// Whether somebody else listens on the address already.
    pub fn in_use(&self) -> bool {
        self.cause.kind() == io::ErrorKind::AddrInUse
    }
}

impl fmt::Display for BindError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.in_use() {
            write!(f, "{} is in use by another program", self.address)
        } else {
            write!(f, "cannot listen on {}: {}", self.address, self.cause)
        }
    }
}

impl Error for BindError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.cause)
    }
}

/// Listens on `address`. With `share_port` the port may be bound by other sockets of this user too
/// (`SO_REUSEPORT`), if they all ask for it: several workers, or the one who reserved the port.
///
/// # Errors
/// When the address is in use or not to be had.
pub fn bind(address: SocketAddr, share_port: bool) -> Result<TcpListener, BindError> {
    let listen = || {
        let socket = Socket::new(
            Domain::for_address(address),
            Type::STREAM,
            Some(Protocol::TCP),
        )?;
        socket.set_reuse_address(true)?;
        if share_port {
            socket.set_reuse_port(true)?;
        }
        socket.set_nonblocking(true)?;
        socket.bind(&address.into())?;
        socket.listen(BACKLOG.into())?;
        TcpListener::from_std(socket.into())
    };
    listen().map_err(|cause| BindError { address, cause })
}

/// Those who wait in the queue of `listener`, which is closed behind the last of them: they have been told that they are
/// connected, and the kernel would reset them. Whoever comes later finds nobody, or another socket that shares the port.
pub fn close(listener: TcpListener) -> impl Iterator<Item = (TcpStream, SocketAddr)> {
    // The system is asked itself. Tokio would only ask it if it had heard of somebody.
    let listener = listener.into_std();
    let next = move || {
        let listener = listener.as_ref().ok()?;
        let (stream, client) = loop {
            match listener.accept() {
                Ok(accepted) => break accepted,
                // Of one who has left in the queue the system may tell; others wait behind.
                Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => {}
                Err(_) => return None,
            }
        };
        let stream = stream
            .set_nonblocking(true)
            .and_then(|()| TcpStream::from_std(stream));
        Some((stream.ok(), client))
    };
    // No more than the queue can hold: who still comes then could go on doing so.
    iter::from_fn(next)
        .take(BACKLOG.into())
        .filter_map(|(stream, client)| Some((stream?, client)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn whoever_waits_in_the_queue_of_a_listener_that_closes_is_handed_over() {
        let listener = bind(([127, 0, 0, 1], 0).into(), false).unwrap();
        let address = listener.local_addr().unwrap();
        let clients: Vec<_> = (0..3)
            .map(|_| std::net::TcpStream::connect(address).unwrap())
            .collect();
        let queue: Vec<_> = close(listener).collect();
        let of = |(_, client): &(TcpStream, SocketAddr)| *client;
        let came: Vec<_> = clients.iter().map(|it| it.local_addr().unwrap()).collect();
        assert_eq!(queue.iter().map(of).collect::<Vec<_>>(), came);
        assert!(std::net::TcpStream::connect(address).is_err());
    }

    #[tokio::test]
    async fn a_port_in_use_is_told_apart() {
        let first = bind(([127, 0, 0, 1], 0).into(), false).unwrap();
        let address = first.local_addr().unwrap();
        let error = bind(address, false).unwrap_err();
        assert!(error.in_use());
        assert_eq!(
            error.to_string(),
            format!("{address} is in use by another program")
        );
    }

    #[tokio::test]
    async fn a_shared_port_can_be_bound_twice() {
        let first = bind(([127, 0, 0, 1], 0).into(), true).unwrap();
        bind(first.local_addr().unwrap(), true).unwrap();
    }
}
