//! The one place that decides: takes trips from the workers, sweeps, publishes.

use std::sync::Arc;

use tokio::sync::mpsc;
use tokio::time;
use tracing::info;

use super::{Change, Cluster, Host, Hosts, Membership, Snapshot};
use crate::outlier::{Action, Cause, Elapsed, Event};

/// A streak that reached a threshold.
#[derive(Clone, Debug)]
pub struct Trip {
    /// Whose. It may be gone by the time the trip is heard of.
    pub host: Arc<Host>,
    /// Which threshold.
    pub cause: Cause,
}

/// Trips on their way from the workers to the watch.
pub type Trips = mpsc::UnboundedReceiver<Trip>;

/// Where events are written, besides the log of this process.
pub trait EventSink {
    /// Writes one event of `host`, one of `cluster`.
    fn write(&self, cluster: &Cluster, host: &Host, event: &Event);
}

impl Cluster {
    /// Decides about ejections and returns until nobody can send trips any more: with the cluster itself,
    /// so in practice for as long as it is polled.
    pub async fn watch_over(self: Arc<Self>, mut trips: Trips, sink: Arc<impl EventSink>) {
        loop {
            let deadline = self.membership().next_deadline();
            let (hosts, change) = tokio::select! {
                trip = trips.recv() => {
                    let Some(trip) = trip else { return };
                    self.decide(|membership, snapshot| match snapshot.place(&trip.host) {
                        Some(place) => membership.tripped(place, trip.cause, self.now()),
                        None => Change::default(),
                    })
                }
                () = until(&self, deadline) => {
                    self.decide(|membership, _| membership.advance(self.now()))
                }
            };
            self.apply(&hosts, &change, &*sink);
        }
    }

    /// Lets `decide` have the membership, and tells the balancers what it says they must know. Returns
    /// also the hosts at the places that the change speaks of.
    fn decide(&self, decide: impl FnOnce(&mut Membership, &Snapshot) -> Change) -> (Hosts, Change) {
        let mut membership = self.membership();
        let snapshot = self.snapshot();
        let mut change = decide(&mut membership, &snapshot);
        let hosts = Arc::clone(snapshot.hosts());
        if let Some(view) = change.publish.take() {
            let next = Snapshot::new(Arc::clone(&hosts), view);
            self.snapshot.store(Arc::new(next));
        }
        (hosts, change)
    }

    fn apply(&self, hosts: &Hosts, change: &Change, sink: &impl EventSink) {
        for event in &change.events {
            let host = &hosts[event.host];
            self.announce(host, event);
            sink.write(self, host, event);
            if matches!(event.action, Action::Eject { enforced: true, .. }) {
                host.retire_connections();
                self.drained.send_replace(());
            }
        }
        if let Some((place, refusal)) = &change.refused {
            let host = hosts[*place].address();
            info!(cluster = self.spec.name, %host, why = %refusal, "not ejected");
        }
    }

    fn announce(&self, host: &Host, event: &Event) {
        let at = host.address();
        let (cluster, ejections) = (&self.spec.name, event.ejections);
        match event.action {
            Action::Uneject => info!(cluster, host = %at, ejections, "returned"),
            Action::Eject { cause, enforced } => {
                let earliest = self.earliest_return(host);
                let returns_in = earliest
                    .map(|earliest| earliest.saturating_sub(event.at))
                    .map(|left| format!("{:.1} s", left.as_secs_f64()));
                let (cause, returns_in) = (cause.event_type(), returns_in.as_deref());
                info!(cluster, host = %at, cause, enforced, ejections, returns_in, "ejected");
            }
        }
    }

    /// `None` also for a host that is gone.
    fn earliest_return(&self, host: &Host) -> Option<Elapsed> {
        let membership = self.membership();
        let place = self.snapshot().place(host)?;
        membership.detector()?.report(place).earliest_return
    }
}

async fn until(cluster: &Cluster, deadline: Option<Elapsed>) {
    // A time that no clock will reach is never.
    match deadline.and_then(|deadline| cluster.born.checked_add(deadline)) {
        Some(deadline) => time::sleep_until(deadline).await,
        None => std::future::pending().await,
    }
}
