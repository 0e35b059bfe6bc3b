//! A name server that answers what it is told.

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use ingress::dns::Lookup;

use crate::proxy::{Proxy, until};

/// The answer, `None` for a failure. Clones give the same.
#[derive(Clone)]
pub(crate) struct Zone(Arc<Mutex<Option<Vec<SocketAddr>>>>);

impl Zone {
    pub(crate) fn of(hosts: &[SocketAddr]) -> Self {
        Self(Arc::new(Mutex::new(Some(hosts.to_vec()))))
    }

    /// Answers so from now on, and waits until `proxy` has heard of it.
    pub(crate) async fn is(&self, hosts: &[SocketAddr], proxy: &Proxy) {
        self.set(Some(hosts.to_vec()), proxy).await;
    }

    /// The same for failures.
    pub(crate) async fn fails(&self, proxy: &Proxy) {
        self.set(None, proxy).await;
    }

    async fn set(&self, answer: Option<Vec<SocketAddr>>, proxy: &Proxy) {
        *self.0.lock().unwrap() = answer;
        let attempts = &proxy.cluster.stats().update_attempt;
        // One may be on its way with the old answer; when the second begins, the first with the new one
        // has been dealt with.
        let known = attempts.get() + 3;
        until("looked up", || attempts.get() >= known).await;
    }
}

impl Lookup for Zone {
    async fn addresses(&self) -> io::Result<Vec<SocketAddr>> {
        let answer = self.0.lock().unwrap().clone();
        answer.ok_or_else(|| io::ErrorKind::TimedOut.into())
    }
}
