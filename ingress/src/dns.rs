//! The hosts behind a DNS name, as Envoy's `STRICT_DNS` follows them (FACTS 14).
//!
//! The name is looked up again some time after each answer. An answer is the whole truth: who is not in it
//! is gone, and a name without addresses is a cluster without hosts. A lookup that fails says nothing, and
//! the hosts stay as they are.

mod follower;

pub use follower::Follower;

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use service::SystemLookup;

/// How long after an answer a name is looked up again: Envoy's default `dns_refresh_rate`.
pub const DEFAULT_REFRESH: Duration = Duration::from_secs(5);

/// Who knows where the hosts are.
pub trait Lookup {
    /// The addresses that the name has now, none if it has none or does not exist, in any order and
    /// number.
    ///
    /// # Errors
    /// When that cannot be found out.
    fn addresses(&self) -> impl Future<Output = io::Result<Vec<SocketAddr>>> + Send;
}

/// Asks whom this machine asks.
impl Lookup for SystemLookup {
    async fn addresses(&self) -> io::Result<Vec<SocketAddr>> {
        SystemLookup::addresses(self).await
    }
}
