//! The task that looks and counts for all viewers.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::{self, Instant, MissedTickBehavior};

use super::feed::Feed;
use super::history::DIGEST;

/// Between two looks while there is something to see: an error, a fault, an ejection.
const LOOK: Duration = Duration::from_millis(500);

/// Between two looks while all is well. The first error ends it, and so does a change made here; what is left
/// (a fault set around `front`, a replica more or less) can wait, and a page that stays open costs little.
const CALM_LOOK: Duration = Duration::from_secs(2);

/// How long the task goes on without a viewer: a page that is loaded again, or whose stream a gateway has cut, is back
/// by then and misses nothing.
pub(super) const LINGER: Duration = Duration::from_secs(5);

/// Runs until the last viewer has been gone for a while, or until the stop.
pub(super) async fn watch(feed: Arc<Feed>) {
    tokio::select! {
        () = digests(&feed) => {}
        never = looks(&feed) => match never {},
        () = feed.stop.wait() => {}
    }
}

/// Apart from the looks, so that a replica that does not answer delays no digest.
async fn digests(feed: &Feed) {
    let mut ticks = time::interval(DIGEST);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
    let mut watched = Instant::now();
    loop {
        ticks.tick().await;
        feed.digest();
        if feed.viewers() > 0 {
            watched = Instant::now();
        } else if watched.elapsed() >= LINGER && feed.end() {
            return;
        }
    }
}

async fn looks(feed: &Feed) -> Infallible {
    loop {
        let began = Instant::now();
        let changes = feed.changes();
        feed.saw(feed.looks.one().await, changes);
        let pause = if feed.is_calm() { CALM_LOOK } else { LOOK };
        tokio::select! {
            () = time::sleep_until(began + pause) => {}
            () = feed.news.notified() => {}
        }
    }
}
