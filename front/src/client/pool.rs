//! Connections that wait for their next request.

use std::collections::HashMap;
use std::sync::{Arc, Weak};
use std::time::Duration;

use parking_lot::Mutex;
use tokio::time::{self, Instant};

use super::connection::Connection;

/// How long a connection waits for its next request before it is closed.
const IDLE: Duration = Duration::from_secs(90);

/// How often those that are over, or have waited too long, are looked for.
const SWEEP: Duration = Duration::from_secs(10);

/// Connections by peer (host:port), the last used on top. Nobody polls them while they wait: whether the
/// peer has closed one is seen when it is taken, or when they are swept.
#[derive(Default)]
pub(super) struct Pool {
    // A sync lock: it is held for a look, never across an await.
    waiting: Mutex<Waiting>,
}

#[derive(Default)]
struct Waiting {
    peers: HashMap<Box<str>, Vec<(Connection, Instant)>>,
    /// Whether a task sweeps, as one does while there are connections.
    is_swept: bool,
}

impl Pool {
    /// A connection to `peer` that can take a request.
    pub(super) fn take(&self, peer: &str) -> Option<Connection> {
        let mut waiting = self.waiting.lock();
        let connections = waiting.peers.get_mut(peer)?;
        while let Some((mut connection, _)) = connections.pop() {
            if connection.is_ready() {
                return Some(connection);
            }
        }
        None
    }

    /// Keeps `connection` for the next request to `peer`.
    pub(super) fn put(self: &Arc<Self>, peer: &str, connection: Connection) {
        let mut waiting = self.waiting.lock();
        let since = (connection, Instant::now());
        match waiting.peers.get_mut(peer) {
            Some(connections) => connections.push(since),
            None => {
                waiting.peers.insert(peer.into(), vec![since]);
            }
        }
        if !std::mem::replace(&mut waiting.is_swept, true) {
            tokio::spawn(sweep(Arc::downgrade(self)));
        }
    }
}

/// Closes what is of no more use, until nothing is left.
async fn sweep(pool: Weak<Pool>) {
    loop {
        time::sleep(SWEEP).await;
        let Some(pool) = pool.upgrade() else { return };
        let mut waiting = pool.waiting.lock();
        waiting.peers.retain(|_, connections| {
            connections
                .retain_mut(|(connection, since)| since.elapsed() < IDLE && connection.is_ready());
            !connections.is_empty()
        });
        if waiting.peers.is_empty() {
            waiting.is_swept = false;
            return;
        }
    }
}
