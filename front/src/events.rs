//! `/events`: the JSON of `/hosts` as server-sent events, once at the start and whenever it changes.
//!
//! One task looks for all viewers together, and only while there is one.

use std::convert::Infallible;
use std::sync::{Arc, Weak};
use std::time::Duration;

use axum::extract::State;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::{Stream, StreamExt, stream};
use parking_lot::Mutex;
use tokio::sync::watch;
use tokio::time::{self, MissedTickBehavior};
use tokio_util::task::AbortOnDropHandle;

use crate::hosts;
use crate::state::Front;

/// Often enough for an eye, seldom enough for the replicas.
const INTERVAL: Duration = Duration::from_millis(500);

/// The watcher, while somebody watches.
#[derive(Default)]
pub(crate) struct Feed {
    // A sync lock: it is held for an upgrade or a spawn, never across an await.
    watcher: Mutex<Weak<Watcher>>,
}

/// The task that looks, and what it saw last. Each viewer holds the watcher; it ends with the last one.
struct Watcher {
    /// Nobody marks its value as seen, so that every clone begins with the latest one.
    latest: watch::Receiver<Arc<str>>,
    _task: AbortOnDropHandle<()>,
}

/// `/events`. Ends when the server is asked to stop, which would otherwise wait for its viewers.
pub(crate) async fn events(
    State(front): State<Arc<Front>>,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let watcher = front.feed.join(&front);
    let latest = watcher.latest.clone();
    let events = stream::unfold((watcher, latest), async |(watcher, mut latest)| {
        latest.changed().await.ok()?;
        let hosts = latest.borrow_and_update().clone();
        let event = Event::default().event("hosts").data(hosts);
        Some((Ok(event), (watcher, latest)))
    });
    Sse::new(events.take_until(front.stop.wait())).keep_alive(KeepAlive::default())
}

impl Feed {
    /// The watcher that runs already, or a new one.
    fn join(&self, front: &Arc<Front>) -> Arc<Watcher> {
        let mut current = self.watcher.lock();
        if let Some(watcher) = current.upgrade() {
            return watcher;
        }
        let (sender, latest) = watch::channel(Arc::default());
        let watcher = Arc::new(Watcher {
            latest,
            _task: AbortOnDropHandle::new(tokio::spawn(watch_hosts(front.clone(), sender))),
        });
        *current = Arc::downgrade(&watcher);
        watcher
    }
}

async fn watch_hosts(front: Arc<Front>, latest: watch::Sender<Arc<str>>) {
    let mut ticks = time::interval(INTERVAL);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        let hosts = hosts::json(&hosts::read(&front).await);
        latest.send_if_modified(|last| {
            let changed = **last != *hosts;
            if changed {
                *last = hosts.into();
            }
            changed
        });
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use service::Stop;

    use super::*;
    use crate::{AppState, Settings};

    #[tokio::test]
    async fn viewers_share_one_watcher_that_ends_with_the_last_of_them() {
        let env = BTreeMap::from([("COLOR_SERVICE_ENDPOINT", "colorapp:8080")]);
        let front = AppState::new(&Settings::from_env(&env).unwrap(), Stop::new()).0;
        let first = front.feed.join(&front);
        let second = front.feed.join(&front);
        assert!(Arc::ptr_eq(&first, &second));
        drop(first);
        assert!(front.feed.watcher.lock().upgrade().is_some());
        drop(second);
        assert!(front.feed.watcher.lock().upgrade().is_none());
        assert_eq!(
            front.feed.join(&front).latest.borrow().len(),
            0,
            "a new one"
        );
    }
}
