//! `/events`: what `/hosts` tells, what was answered, and what happened, as server-sent events. The format is in
//! `docs/events.md`.
//!
//! One task looks and counts for all viewers together, and only while there is one. A viewer that does not keep up
//! loses what it missed and goes on with the present, so that it holds up nobody and fills no memory. Requests pay
//! for it with one more addition while somebody watches, and with nothing otherwise.

mod feed;
mod frame;
mod history;
mod marks;
mod watch;

#[cfg(test)]
mod tests;

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::http::{HeaderMap, StatusCode};
use axum::response::sse::{Event, Sse};
use futures_util::{Stream, StreamExt, stream};
use tokio::sync::OwnedSemaphorePermit;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::time;

pub(crate) use feed::Feed;
use feed::Joined;
use frame::Frame;
use watch::watch;

/// How long a stream lasts. Some gateways cut every answer after 15 s (App Mesh's default for a route); a viewer
/// whose stream has ended in good order comes back and misses nothing.
const LIFETIME: Duration = Duration::from_secs(14);

/// How long a browser waits before it comes back. Its own default is several seconds.
const RETRY: Duration = Duration::from_millis(200);

/// Somebody who watches.
struct Viewer {
    feed: Arc<Feed>,
    /// What is to be sent before anything new.
    first: VecDeque<Frame>,
    news: Receiver<Frame>,
    /// The number of the last event that was sent.
    last: Option<u64>,
    /// One of the places that there are.
    _place: OwnedSemaphorePermit,
}

/// `/events`. Ends after a while, and when the server is asked to stop, which would otherwise wait for its viewers.
pub(crate) fn stream(
    feed: &Arc<Feed>,
    headers: &HeaderMap,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>> + use<>>, (StatusCode, String)> {
    let Some(place) = feed.place() else {
        let limit = feed.limit();
        let sentence = format!(
            "{limit} are watching already, as many as EVENTS_LIMIT lets: try again later\n"
        );
        return Err((StatusCode::SERVICE_UNAVAILABLE, sentence));
    };
    let last = headers.get("last-event-id");
    let last = last.and_then(|id| feed.number(id.to_str().ok()?));
    let stop = feed.stop.wait();
    let viewer = Viewer::new(Arc::clone(feed), last, place);
    let events = stream::unfold(viewer, async |mut viewer| {
        let frame = viewer.next().await?;
        let event = Event::default()
            .event(frame.event)
            .id(viewer.feed.id(frame.number))
            .retry(RETRY)
            .data(&*frame.data);
        Some((Ok(event), viewer))
    });
    let end = async move {
        // Either way it is over.
        let _stopped = time::timeout(LIFETIME, stop).await;
    };
    Ok(Sse::new(events.take_until(end)))
}

impl Viewer {
    fn new(feed: Arc<Feed>, last: Option<u64>, place: OwnedSemaphorePermit) -> Self {
        let (first, news) = join(&feed, last);
        Self {
            feed,
            first,
            news,
            last,
            _place: place,
        }
    }

    async fn next(&mut self) -> Option<Frame> {
        loop {
            let frame = match self.first.pop_front() {
                Some(frame) => frame,
                None => match self.news.recv().await {
                    Ok(frame) => frame,
                    Err(RecvError::Lagged(_)) => {
                        (self.first, self.news) = join(&self.feed, self.last);
                        continue;
                    }
                    Err(RecvError::Closed) => return None,
                },
            };
            self.last = Some(frame.number);
            return Some(frame);
        }
    }
}

/// What a viewer that saw everything up to the event `after` gets first, and what is new from then on. Starts the task
/// that looks, if it does not run.
fn join(feed: &Arc<Feed>, after: Option<u64>) -> (VecDeque<Frame>, Receiver<Frame>) {
    let Joined {
        first,
        news,
        watch_begins,
    } = feed.join(after);
    if watch_begins {
        tokio::spawn(watch(Arc::clone(feed)));
    }
    (first, news)
}
