//! The ports of all processes, taken by `up` itself before anything starts.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};

use service::ConfigError;
use socket2::{Domain, Socket, Type};

/// A port that stays this demo's own for as long as the value lives.
///
/// The socket is bound and never listens, so it gets no connections; a child of the same user that asks
/// to share the port (`SO_REUSEPORT`) can listen on it, again and again. So a replica keeps its address
/// while it is started anew, and nobody else gets it in between.
#[derive(Debug)]
pub(super) struct Reservation {
    address: SocketAddr,
    /// `None` once it was given up.
    _socket: Option<Socket>,
}

impl Reservation {
    /// Any free port of the loopback address.
    ///
    /// # Errors
    /// When there is none.
    pub(super) fn any() -> io::Result<Self> {
        Self::take(loopback(0), false)
    }

    /// The port that `flag` asks for; 0 is any free one.
    ///
    /// # Errors
    /// When somebody listens there already, or it is not to be had; the sentence names the flag.
    pub(super) fn asked_for(port: u16, flag: &str) -> Result<Self, ConfigError> {
        let address = loopback(port);
        // The reservation itself would succeed beside a listener that shares its port, such as another demo's.
        TcpListener::bind(address)
            .and_then(|probe| {
                drop(probe);
                Self::take(address, true)
            })
            .map_err(|error| {
                ConfigError::new(if error.kind() == io::ErrorKind::AddrInUse {
                    format!(
                        "port {port} is in use by another program: choose another one with {flag}"
                    )
                } else {
                    format!(
                        "port {port} is not to be had ({error}): choose another one with {flag}"
                    )
                })
            })
    }

    /// The same for a program of others, which does not ask to share its port. On Linux it can listen all
    /// the same, for nobody else does; elsewhere the port is only known to have been free.
    ///
    /// # Errors
    /// As those of [`asked_for`](Self::asked_for).
    pub(super) fn for_others(port: u16, flag: &str) -> Result<Self, ConfigError> {
        let mut taken = Self::asked_for(port, flag)?;
        if !cfg!(target_os = "linux") {
            taken._socket = None;
        }
        Ok(taken)
    }

    /// The address.
    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    /// `lingering` connections of an earlier listener do not keep a port from being taken; the price is
    /// that others may take it too until somebody listens, so it is for ports that a person chose.
    fn take(address: SocketAddr, lingering: bool) -> io::Result<Self> {
        let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
        socket.set_reuse_address(lingering)?;
        socket.set_reuse_port(true)?;
        socket.bind(&address.into())?;
        let address = socket
            .local_addr()?
            .as_socket()
            .expect("an IPv4 socket has an IPv4 address");
        Ok(Self {
            address,
            _socket: Some(socket),
        })
    }
}

fn loopback(port: u16) -> SocketAddr {
    (Ipv4Addr::LOCALHOST, port).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn whoever_shares_the_port_can_listen_again_and_again() {
        let reserved = Reservation::any().unwrap();
        for _ in 0..2 {
            drop(service::bind(reserved.address(), true).unwrap());
        }
    }

    #[test]
    fn a_reserved_port_is_closed_to_others() {
        let reserved = Reservation::any().unwrap();
        assert!(TcpListener::bind(reserved.address()).is_err());
    }

    #[test]
    fn a_port_in_use_is_named_with_its_flag() {
        let other = TcpListener::bind(loopback(0)).unwrap();
        let port = other.local_addr().unwrap().port();
        let error = Reservation::asked_for(port, "--port").unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("port {port} is in use by another program: choose another one with --port")
        );
    }

    /// Two demos at once: both share their ports, but not with one another.
    #[tokio::test]
    async fn a_port_in_use_by_another_demo_is_refused_too() {
        let reserved = Reservation::any().unwrap();
        let _listener = service::bind(reserved.address(), true).unwrap();
        assert!(Reservation::asked_for(reserved.address().port(), "--port").is_err());
    }
}
