//! A name that stands for replicas, and the addresses that it had when a name server last told them.
//!
//! A name server that is silent for a moment must not keep anybody from making a replica ill or well.

use std::convert::Infallible;
use std::future::pending;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use parking_lot::Mutex;
use service::SystemLookup;
use tokio::time;
use tracing::debug;

use crate::Endpoint;

/// Between two questions that nobody waits for, as Envoy asks for the hosts of a cluster (FACTS 14.1).
const REFRESH: Duration = Duration::from_secs(5);

/// How long a name server may take where nothing is known yet: as long as the C libraries wait for an answer before
/// they ask again.
const FIRST: Duration = Duration::from_secs(5);

/// An endpoint whose name may have another address each time.
pub(crate) struct ReplicaName {
    endpoint: Endpoint,
    lookup: SystemLookup,
    /// A sync lock, for it is held for a copy only.
    known: Mutex<Vec<SocketAddr>>,
}

impl ReplicaName {
    pub(crate) fn new(endpoint: Endpoint) -> Self {
        let lookup = SystemLookup::new(endpoint.host().to_owned(), endpoint.port());
        let known = Mutex::default();
        Self {
            endpoint,
            lookup,
            known,
        }
    }

    pub(crate) fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    /// Keeps the addresses known, so that somebody who wants them while the name server is silent has those of a
    /// moment ago. What is an address itself need not be asked for.
    pub(crate) async fn follow(&self) -> Infallible {
        if self.endpoint.host().parse::<IpAddr>().is_ok() {
            return pending().await;
        }
        loop {
            self.addresses(FIRST).await;
            time::sleep(REFRESH).await;
        }
    }

    /// All its addresses now. Those of before where that cannot be found out within `patience`; none when the
    /// name is unknown. Where nothing is known yet, it may take [`FIRST`].
    pub(crate) async fn addresses(&self, patience: Duration) -> Vec<SocketAddr> {
        let patience = if self.known.lock().is_empty() {
            FIRST
        } else {
            patience
        };
        let told = time::timeout(patience, self.lookup.addresses()).await;
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
    use tokio::net::UdpSocket;
    use tokio::time::Instant;

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

    #[tokio::test(start_paused = true)]
    async fn a_silent_name_server_is_waited_for_longer_where_nothing_is_known() {
        let silent = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let mut name = name();
        name.lookup = name.lookup.asking(&[silent.local_addr().unwrap()]);
        let patience = Duration::from_secs(2);

        let start = Instant::now();
        assert_eq!(name.addresses(patience).await, at(&[]));
        assert_eq!(start.elapsed().as_secs(), FIRST.as_secs());

        name.settle(Ok(at(&[1, 2])));
        let start = Instant::now();
        assert_eq!(name.addresses(patience).await, at(&[1, 2]));
        assert_eq!(start.elapsed().as_secs(), patience.as_secs());
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
