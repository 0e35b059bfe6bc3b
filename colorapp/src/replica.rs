//! One replica: its name, its fault, its counts. The shell around the pure [`Injector`].

use std::sync::Arc;

use humantime::format_duration;
use parking_lot::Mutex;
use service::Readiness;
use tokio::time::Instant;
use tracing::info;

use crate::injector::{Active, Injector};
use crate::metrics::Metrics;
use crate::{Fault, HostUid, Outcome};

/// One replica, healthy at first. Clones are the same replica.
#[derive(Clone, Debug)]
pub struct Replica(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    uid: HostUid,
    port: u16,
    readiness: Readiness,
    /// A sync lock, because it is held for a few instructions and never across an await.
    injector: Mutex<Injector>,
    metrics: Metrics,
}

impl Replica {
    /// A replica of this name, whose main server listens on `port`. It is not ready yet.
    pub fn new(uid: HostUid, port: u16) -> Self {
        Self(Arc::new(Inner {
            metrics: Metrics::new(&uid),
            uid,
            port,
            readiness: Readiness::new(),
            injector: Mutex::default(),
        }))
    }

    /// Its name.
    pub fn uid(&self) -> &HostUid {
        &self.0.uid
    }

    /// The port of its main server.
    pub fn port(&self) -> u16 {
        self.0.port
    }

    /// Whether it wants new requests. No fault changes that.
    pub fn readiness(&self) -> &Readiness {
        &self.0.readiness
    }

    /// Makes it faulty from now on. Another fault ends; requests that met that one end as it says.
    pub fn fault(&self, fault: Fault) {
        self.injector(|injector, now| injector.arm(fault, now));
        let status = fault.outcome().status().map(|status| status.as_u16());
        let delay = fault
            .delay()
            .map(|delay| format_duration(delay).to_string());
        let lasts = fault
            .lasts()
            .map(|lasts| format_duration(lasts).to_string());
        let abort = fault.outcome() == Outcome::Abort;
        info!(host = %self.uid(), status, percent = fault.percent(), delay, abort, "for" = lasts, "faulty");
    }

    /// Makes it healthy, for requests that arrive from now on.
    pub fn recover(&self) {
        if self.injector(|injector, _| injector.disarm()).is_some() {
            info!(host = %self.uid(), "recovered");
        }
    }

    /// The fault in force.
    pub fn active_fault(&self) -> Option<Active> {
        self.injector(|injector, now| injector.active(now))
    }

    /// Takes the turn of one request on `/get`: the fault that it meets, if any.
    pub fn next_fault(&self) -> Option<Fault> {
        self.injector(|injector, now| injector.next(now))
    }

    pub(crate) fn metrics(&self) -> &Metrics {
        &self.0.metrics
    }

    /// Every look at the injector notices a fault that has ended by itself meanwhile.
    fn injector<T>(&self, look: impl FnOnce(&mut Injector, std::time::Instant) -> T) -> T {
        let now = Instant::now().into_std();
        let (expired, result) = {
            let mut injector = self.0.injector.lock();
            (injector.expire(now), look(&mut injector, now))
        };
        if expired.is_some() {
            info!(host = %self.uid(), "recovered by itself");
        }
        result
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    #[test]
    fn the_rate_is_exact_when_threads_share_the_replica() {
        let replica = Replica::new(HostUid::random(), 0);
        replica.fault("percent=33".parse().unwrap());
        let faulty: usize = thread::scope(|scope| {
            let threads: Vec<_> = (0..4)
                .map(|_| {
                    scope.spawn(|| {
                        (0..1_000)
                            .filter(|_| replica.next_fault().is_some())
                            .count()
                    })
                })
                .collect();
            threads.into_iter().map(|t| t.join().unwrap()).sum()
        });
        assert_eq!(faulty, 4_000 * 33 / 100);
    }
}
