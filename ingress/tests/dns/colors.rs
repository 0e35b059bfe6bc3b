//! Replicas that differ in their addresses only, as pods do.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use axum::Router;
use axum::http::StatusCode;
use service::{Grace, Limits};
use tokio::net::TcpListener;

/// Addresses 127.0.0.1 to 127.0.0.5, with one port.
pub(crate) struct Colors {
    pub(crate) port: u16,
    faulty: Arc<AtomicU8>,
}

/// A replica's address.
pub(crate) fn address(host: u8) -> Ipv4Addr {
    Ipv4Addr::new(127, 0, 0, host)
}

impl Colors {
    pub(crate) async fn start() -> Self {
        let faulty = Arc::new(AtomicU8::new(0));
        let sockets = sockets().await;
        let port = sockets[0].local_addr().unwrap().port();
        for (host, socket) in (1..).zip(sockets) {
            let faulty = Arc::clone(&faulty);
            let answer = async move || {
                if faulty.load(Ordering::Relaxed) == host {
                    StatusCode::INTERNAL_SERVER_ERROR
                } else {
                    StatusCode::OK
                }
            };
            let router = Router::new().fallback(answer);
            tokio::spawn(service::serve(
                socket,
                router,
                Limits::CONTROL,
                std::future::pending(),
                Grace::default(),
            ));
        }
        Self { port, faulty }
    }

    /// This one answers 500 from now on.
    pub(crate) fn fail(&self, host: u8) {
        self.faulty.store(host, Ordering::Relaxed);
    }

    /// Replicas, and whether they are ejected, as [`crate::peers::Seen`] has them.
    pub(crate) fn list(&self, hosts: &[(u8, bool)]) -> Vec<(SocketAddr, bool)> {
        let at = |&(host, ejected): &(u8, bool)| ((address(host), self.port).into(), ejected);
        hosts.iter().map(at).collect()
    }
}

/// A port that is free on the first address may be in use on another.
async fn sockets() -> Vec<TcpListener> {
    'port: loop {
        let mut sockets = vec![TcpListener::bind((address(1), 0)).await.unwrap()];
        let port = sockets[0].local_addr().unwrap().port();
        for host in 2..=5 {
            match TcpListener::bind((address(host), port)).await {
                Ok(socket) => sockets.push(socket),
                Err(_) => continue 'port,
            }
        }
        return sockets;
    }
}
