//! The one place that decides: takes trips from the workers, sweeps, publishes.

use std::sync::Arc;

use tokio::sync::mpsc;
use tokio::time;
use tracing::info;

use super::{Change, Cluster};
use crate::outlier::{Action, Cause, Elapsed, Event, HostIndex};

/// A streak that reached a threshold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trip {
    /// Whose.
    pub host: HostIndex,
    /// Which threshold.
    pub cause: Cause,
}

/// Trips on their way from the workers to the watch.
pub type Trips = mpsc::UnboundedReceiver<Trip>;

/// Where events are written, besides the log of this process.
pub trait EventSink {
    /// Writes one event of `cluster`.
    fn write(&self, cluster: &Cluster, event: &Event);
}

impl Cluster {
    /// Decides about ejections and returns until nobody can send trips any more: with the cluster itself,
    /// so in practice for as long as it is polled.
    pub async fn watch_over(self: Arc<Self>, mut trips: Trips, sink: Arc<impl EventSink>) {
        loop {
            let deadline = self.membership().next_deadline();
            let change = tokio::select! {
                trip = trips.recv() => {
                    let Some(Trip { host, cause }) = trip else { return };
                    self.membership().tripped(host, cause, self.now())
                }
                () = until(&self, deadline) => self.membership().advance(self.now()),
            };
            self.apply(change, &*sink);
        }
    }

    fn apply(&self, change: Change, sink: &impl EventSink) {
        if let Some(view) = change.publish {
            self.view.store(Arc::new(view));
        }
        for event in &change.events {
            self.announce(event);
            sink.write(self, event);
            if matches!(event.action, Action::Eject { enforced: true, .. }) {
                self.hosts[event.host].retire_connections();
                self.drained.send_replace(());
            }
        }
        if let Some((host, refusal)) = change.refused {
            let host = self.hosts[host].address();
            info!(cluster = self.spec.name, %host, why = %refusal, "not ejected");
        }
    }

    fn announce(&self, event: &Event) {
        let host = self.hosts[event.host].address();
        let (cluster, ejections) = (&self.spec.name, event.ejections);
        match event.action {
            Action::Uneject => info!(cluster, %host, ejections, "returned"),
            Action::Eject { cause, enforced } => {
                let earliest = self
                    .membership()
                    .detector()
                    .and_then(|detector| detector.report(event.host).earliest_return);
                let returns_in = earliest
                    .map(|earliest| earliest.saturating_sub(event.at))
                    .map(|left| format!("{:.1} s", left.as_secs_f64()));
                let (cause, returns_in) = (cause.event_type(), returns_in.as_deref());
                info!(cluster, %host, cause, enforced, ejections, returns_in, "ejected");
            }
        }
    }
}

async fn until(cluster: &Cluster, deadline: Option<Elapsed>) {
    // A time that no clock will reach is never.
    match deadline.and_then(|deadline| cluster.born.checked_add(deadline)) {
        Some(deadline) => time::sleep_until(deadline).await,
        None => std::future::pending().await,
    }
}
