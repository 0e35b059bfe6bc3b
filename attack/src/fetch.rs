//! One request on a connection of its own.

use std::time::Duration;

use http::StatusCode;
use tokio::time;

use crate::connection::{Addresses, Connection};
use crate::{Failure, Target};

/// The most bytes of a body that are kept.
const KEEP: usize = 16 << 20;

/// A complete answer that stands for itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// Its status.
    pub status: StatusCode,
    /// The header `HostUID`: which replica answered.
    pub host_uid: Option<String>,
    /// Its body; what is beyond 16 MiB is left out.
    pub body: Vec<u8>,
}

/// Sends one request and waits for its answer, `timeout` at the most, connecting included.
///
/// # Errors
/// When there is no complete answer in time; a host without an address is [`Failure::Unreachable`].
pub async fn fetch(target: &Target, timeout: Duration) -> Result<Reply, Failure> {
    let reply = async {
        let addresses = target.resolve().await.map_err(|_| Failure::Unreachable)?;
        let mut connection = Connection::new(KEEP);
        let answer = connection
            .exchange(target, &Addresses::new(addresses))
            .await?;
        Ok(Reply {
            status: answer.status,
            host_uid: answer
                .host_uid
                .map(|uid| String::from_utf8_lossy(uid.as_bytes()).into_owned()),
            body: answer.body.to_vec(),
        })
    };
    time::timeout(timeout, reply)
        .await
        .unwrap_or(Err(Failure::TimedOut))
}
