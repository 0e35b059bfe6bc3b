//! The task that looks and counts for all viewers.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::{self, Instant, MissedTickBehavior};

use crate::hosts;
use crate::state::Front;

/// Often enough for an eye.
pub(super) const DIGEST: Duration = Duration::from_millis(250);

/// Between two looks when nobody changes anything: seldom enough for the replicas and the mesh.
const LOOK: Duration = Duration::from_millis(500);

/// Between two looks when somebody changes something all the time.
const SHORTEST_LOOK: Duration = Duration::from_millis(100);

/// How long the task goes on without a viewer: a page that is loaded again, or whose stream a gateway has cut, is back
/// by then and misses nothing.
pub(super) const LINGER: Duration = Duration::from_secs(5);

/// Runs until the last viewer has been gone for a while, or until the stop.
pub(super) async fn watch(front: Arc<Front>) {
    tokio::select! {
        () = digests(&front) => {}
        never = looks(&front) => match never {},
        () = front.stop.wait() => {}
    }
}

/// Apart from the looks, so that a replica that does not answer delays no digest.
async fn digests(front: &Front) {
    let mut ticks = time::interval(DIGEST);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
    let mut watched = Instant::now();
    loop {
        ticks.tick().await;
        front.feed.digest(&front.stats);
        if front.feed.viewers() > 0 {
            watched = Instant::now();
        } else if watched.elapsed() >= LINGER && front.feed.end(&front.stats) {
            return;
        }
    }
}

async fn looks(front: &Front) -> Infallible {
    loop {
        let began = Instant::now();
        let changes = front.feed.changes();
        let look = hosts::look(front).await;
        front.feed.saw(look, changes, &front.stats);
        time::sleep_until(began + SHORTEST_LOOK).await;
        tokio::select! {
            () = time::sleep_until(began + LOOK) => {}
            () = front.feed.news.notified() => {}
        }
    }
}
