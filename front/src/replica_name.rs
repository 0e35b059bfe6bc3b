//! A name that stands for replicas, and the addresses that it had when a name server last told them.
//!
//! A name server that is silent for a moment must not keep anybody from making a replica well.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use parking_lot::Mutex;
use service::SystemLookup;
use tokio::time;
use tracing::debug;

use crate::Endpoint;

/// An endpoint whose name may have another address each time.
pub(crate) struct ReplicaName {
    endpoint: Endpoint,
    /// A sync lock, for it is held for a copy only.
    known: Mutex<Vec<SocketAddr>>,
}

impl ReplicaName {
    pub(crate) fn new(endpoint: Endpoint) -> Self {
        let known = Mutex::default();
        Self { endpoint, known }
    }

    pub(crate) fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    /// All its addresses now. Those of before where that cannot be found out within `patience`; none when the
    /// name is unknown.
    pub(crate) async fn addresses(&self, patience: Duration) -> Vec<SocketAddr> {
        let lookup = SystemLookup::new(self.endpoint.host().to_owned(), self.endpoint.port());
        let told = time::timeout(patience, lookup.addresses()).await;
        self.settle(told.unwrap_or_else(|elapsed| Err(elapsed.into())))
    }

    fn settle(&self, told: io::Result<Vec<SocketAddr>>) -> Vec<SocketAddr> {
        match told {
            Ok(addresses) => self.known.lock().clone_from(&addresses),
            Err(error) => debug!(endpoint = %self.endpoint, %error, "no answer from a name server"),
        }
        self.known.lock().clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name() -> ReplicaName {
        ReplicaName::new("replicas:8081".parse().unwrap())
    }

    fn at(hosts: &[u8]) -> Vec<SocketAddr> {
        let address = |&host| SocketAddr::from(([10, 0, 0, host], 8081));
        hosts.iter().map(address).collect()
    }

    #[test]
    fn a_silent_name_server_leaves_the_addresses_of_before() {
        let name = name();
        assert_eq!(name.settle(Err(io::ErrorKind::TimedOut.into())), at(&[]));
        assert_eq!(name.settle(Ok(at(&[1, 2]))), at(&[1, 2]));
        assert_eq!(
            name.settle(Err(io::ErrorKind::TimedOut.into())),
            at(&[1, 2])
        );
    }

    #[test]
    fn a_name_server_that_knows_of_none_is_believed() {
        let name = name();
        name.settle(Ok(at(&[1, 2])));
        assert_eq!(name.settle(Ok(at(&[3]))), at(&[3]));
        assert_eq!(name.settle(Ok(at(&[]))), at(&[]));
        assert_eq!(name.settle(Err(io::ErrorKind::TimedOut.into())), at(&[]));
    }
}
