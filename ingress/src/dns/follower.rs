//! Keeps a cluster's hosts what its name says.

use std::collections::HashSet;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::time;
use tracing::{info, warn};

use super::Lookup;
use crate::cluster::{Cluster, Replaced, Trips};
use crate::mesh;

/// A cluster whose hosts are looked up.
#[derive(Debug)]
pub struct Follower<L> {
    cluster: Arc<Cluster>,
    lookup: L,
    refresh: Duration,
    /// Whether the last lookup failed.
    failing: bool,
}

impl<L: Lookup> Follower<L> {
    /// The cluster of `spec` with the hosts that a first lookup finds, none if it fails, and the receiving
    /// end of its trips. As in Envoy the first hosts are no change that the merge window knows of.
    pub async fn start(spec: mesh::Cluster, lookup: L, refresh: Duration) -> (Self, Trips) {
        let answer = lookup.addresses().await.map(each_once);
        let found = answer.as_deref().unwrap_or_default();
        let (cluster, trips) = Cluster::new(spec, found);
        let mut this = Self {
            cluster,
            lookup,
            refresh,
            failing: false,
        };
        let came = found.len();
        this.cluster.stats().update_attempt.inc();
        this.heard(answer.as_ref());
        if answer.is_ok() {
            this.changed((came > 0).then_some(Replaced { came, went: 0 }));
            if came == 0 {
                warn!(
                    cluster = this.cluster.spec().name,
                    "the hostname has no addresses"
                );
            }
        }
        (this, trips)
    }

    /// The cluster.
    pub fn cluster(&self) -> &Arc<Cluster> {
        &self.cluster
    }

    /// Looks up again and again, for as long as it is polled.
    pub async fn run(mut self) {
        loop {
            time::sleep(self.refresh).await;
            self.cluster.stats().update_attempt.inc();
            let answer = self.lookup.addresses().await.map(each_once);
            self.heard(answer.as_ref());
            if let Ok(found) = answer {
                let stats = self.cluster.stats();
                stats.total_match_count.add(found.len() as u64);
                self.changed(self.cluster.replace_hosts(&found));
            }
        }
    }

    /// One line when lookups begin to fail and one when that is over, however often they are made.
    fn heard(&mut self, answer: Result<&Vec<SocketAddr>, &io::Error>) {
        let (cluster, stats) = (&self.cluster.spec().name, self.cluster.stats());
        match answer {
            Ok(_) => {
                stats.update_success.inc();
                if self.failing {
                    info!(cluster, "the hostname can be looked up again");
                }
            }
            Err(cause) => {
                stats.update_failure.inc();
                if !self.failing {
                    let hosts = self.cluster.hosts().len();
                    warn!(cluster, %cause, hosts, "the hostname cannot be looked up; the hosts stay");
                }
            }
        }
        self.failing = answer.is_err();
    }

    fn changed(&self, replaced: Option<Replaced>) {
        match replaced {
            Some(Replaced { came, went }) => {
                let (cluster, hosts) = (&self.cluster.spec().name, self.cluster.hosts().len());
                info!(cluster, came, went, hosts, "the hosts changed");
            }
            None => self.cluster.stats().update_no_rebuild.inc(),
        }
    }
}

/// A name server may say an address twice; the first place counts.
fn each_once(mut addresses: Vec<SocketAddr>) -> Vec<SocketAddr> {
    let mut seen = HashSet::new();
    addresses.retain(|address| seen.insert(*address));
    addresses
}

#[cfg(test)]
mod tests;
