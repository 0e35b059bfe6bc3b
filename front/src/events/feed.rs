//! What all viewers share: the present, the past, and the queue of what is new.

use std::collections::VecDeque;
use std::mem;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use parking_lot::Mutex;
use service::Stop;
use tokio::sync::broadcast::{self, Receiver, Sender};
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

use super::frame::{Digest, Frame, Present};
use super::history::History;
use super::marks::{Kind, Known, Mark};
use crate::hosts::{self, Hosts};
use crate::look::{Look, Looks};
use crate::replicas::Change;
use crate::stats::{Counts, Stats};

/// How many events a viewer may be behind: some ten seconds. Then it goes on with the present.
pub(super) const QUEUE: usize = 64;

/// The most characters of a mark's cause, which may be a query of any length.
const LONGEST_CAUSE: usize = 200;

/// The stream of events before it is anybody's.
pub(crate) struct Feed {
    // A sync lock: it is held for a few copies and for writing JSON, never across an await.
    shared: Mutex<Shared>,
    pub(super) looks: Looks,
    stats: Arc<Stats>,
    /// Ends all streams.
    pub(super) stop: Stop,
    /// Wakes the task that looks, because something has changed.
    pub(super) news: Notify,
    places: Arc<Semaphore>,
    limit: usize,
    /// Tells the numbers of this process from those of the one before.
    life: u64,
}

#[derive(Default)]
struct Shared {
    /// The number of the last event.
    number: u64,
    /// `None` while nobody watches.
    queue: Option<Sender<Frame>>,
    /// The last events, as many as the queue holds, for a viewer whose stream has broken off.
    recent: VecDeque<Frame>,
    /// The last look. `None` while nobody watches, and until the first look is done.
    look: Option<Arc<Look>>,
    /// Whether the last look saw a fault, an ejection or a replica that does not answer.
    trouble: bool,
    /// Whether there was an error among the answers of the last digest.
    errors: bool,
    /// All counters at the last digest. The sum of what the digests told since a state, and that state.
    counts: Counts,
    /// What viewers have seen, without what moves all the time.
    shown: Option<Hosts>,
    history: History,
    known: Known,
    /// How many changes `front` has made so far.
    changes: u64,
}

/// What somebody gets who begins to watch.
pub(super) struct Joined {
    /// What is to be sent before anything new.
    pub(super) first: VecDeque<Frame>,
    pub(super) news: Receiver<Frame>,
    /// Whether it is the first: the task that looks is to be started.
    pub(super) watch_begins: bool,
}

impl Feed {
    /// For at most `limit` viewers at once.
    pub(crate) fn new(limit: usize, looks: Looks, stats: Arc<Stats>, stop: Stop) -> Arc<Self> {
        Arc::new(Self {
            shared: Mutex::default(),
            looks,
            stats,
            stop,
            news: Notify::new(),
            places: Arc::new(Semaphore::new(limit)),
            limit,
            life: now(),
        })
    }

    /// How many may watch at once.
    pub(super) fn limit(&self) -> usize {
        self.limit
    }

    /// A place for one more viewer, if there is one.
    pub(super) fn place(&self) -> Option<OwnedSemaphorePermit> {
        self.places.clone().try_acquire_owned().ok()
    }

    /// The id of the event with this number.
    pub(super) fn id(&self, number: u64) -> String {
        format!("{}-{number}", self.life)
    }

    /// The number in an id; `None` when it is not one of this process.
    pub(super) fn number(&self, id: &str) -> Option<u64> {
        let (life, number) = id.split_once('-')?;
        let number = number.parse().ok()?;
        let known = number <= self.shared.lock().number;
        (life.parse() == Ok(self.life) && known).then_some(number)
    }

    /// For a viewer that saw everything up to the event `after`: first the events that it has missed, or, where these are
    /// not known any more, the past and the present.
    pub(super) fn join(&self, after: Option<u64>) -> Joined {
        let shared = &mut *self.shared.lock();
        let watch_begins = shared.queue.is_none();
        let news = match &shared.queue {
            Some(queue) => queue.subscribe(),
            None => {
                let (queue, news) = broadcast::channel(QUEUE);
                shared.queue = Some(queue);
                self.stats.watch();
                shared.counts = self.stats.counts();
                news
            }
        };
        // What happened while nobody watched is in no event.
        let missed = after.filter(|_| !watch_begins);
        let missed = missed.and_then(|after| shared.missed(after));
        let first = missed.unwrap_or_else(|| shared.past_and_present(after));
        Joined {
            first,
            news,
            watch_begins,
        }
    }

    /// How many watch.
    pub(super) fn viewers(&self) -> usize {
        let shared = self.shared.lock();
        shared.queue.as_ref().map_or(0, Sender::receiver_count)
    }

    /// Ends the watch, unless somebody has just joined.
    pub(super) fn end(&self) -> bool {
        let shared = &mut *self.shared.lock();
        if shared
            .queue
            .as_ref()
            .is_some_and(|queue| queue.receiver_count() > 0)
        {
            return false;
        }
        self.stats.unwatch();
        shared.queue = None;
        shared.recent.clear();
        shared.look = None;
        shared.shown = None;
        shared.history.pause();
        true
    }

    /// Tells what was counted since the last time.
    pub(super) fn digest(&self) {
        let shared = &mut *self.shared.lock();
        let was_calm = shared.is_calm();
        shared.digest(&self.stats);
        if was_calm && !shared.is_calm() {
            self.news.notify_one();
        }
    }

    /// Whether all is well, as far as anybody knows.
    pub(super) fn is_calm(&self) -> bool {
        self.shared.lock().is_calm()
    }

    /// How many changes `front` has made so far, to be told to [`saw`](Self::saw).
    pub(super) fn changes(&self) -> u64 {
        self.shared.lock().changes
    }

    /// Tells what is new in a look that began when so many changes were made.
    pub(super) fn saw(&self, look: Arc<Look>, changes: u64) {
        let shared = &mut *self.shared.lock();
        let (first, faults) = (shared.look.is_none(), shared.changes == changes);
        for mark in shared.known.look(&look, first, faults, now()) {
            shared.mark(mark);
        }
        let still = Hosts::new(&look, &shared.counts).still();
        if shared.shown.as_ref() != Some(&still) {
            shared.shown = Some(still);
            // First what was counted, so that the counters of the state are those of all digests before it.
            shared.digest(&self.stats);
            shared.publish("hosts", present(&Hosts::new(&look, &shared.counts)));
        }
        shared.trouble = look.shows_trouble();
        shared.look = Some(look);
    }

    /// The host did as it was told.
    pub(crate) fn changed(&self, uid: &str, address: Option<SocketAddr>, change: Change<'_>) {
        let (kind, options) = match change {
            Change::Fault(options) => (Kind::Fault, options),
            Change::Recover => (Kind::Recover, ""),
        };
        let cause: String = options.chars().take(LONGEST_CAUSE).collect();
        let shared = &mut *self.shared.lock();
        shared.changes += 1;
        shared.known.changed(uid, kind == Kind::Fault);
        shared.mark(Mark {
            number: 0,
            at: now(),
            kind,
            host: uid.to_owned(),
            address,
            cause: Some(cause).filter(|cause| !cause.is_empty()),
        });
        self.news.notify_one();
    }

    /// The counters were set back: they are told anew.
    pub(crate) fn reset(&self) {
        self.shared.lock().shown = None;
        self.news.notify_one();
    }

    /// How many events wait for somebody, for tests.
    #[cfg(test)]
    pub(super) fn waiting(&self) -> usize {
        self.shared.lock().queue.as_ref().map_or(0, Sender::len)
    }
}

impl Shared {
    fn is_calm(&self) -> bool {
        !self.trouble && !self.errors
    }

    fn digest(&mut self, stats: &Stats) {
        let (mut window, counts) = stats.take_window();
        self.counts = counts;
        let at = now();
        let number = self.number + 1;
        let answers = window.answers();
        let latencies = mem::take(&mut window.latencies);
        let (second_is_over, latency_ms) =
            self.history
                .count(&answers, latencies, number, Instant::now(), at);
        self.errors = answers.keys().any(|code| *code >= 500);
        // Silence is told, too, but once a second is enough for it.
        if answers.is_empty() && !second_is_over {
            return;
        }
        let digest = Digest {
            at,
            answers,
            hosts: window.by_host(),
            mesh: &window.mesh,
            front: &window.front,
            latency_ms,
        };
        self.publish("digest", hosts::json(&digest));
    }

    fn mark(&mut self, mut mark: Mark) {
        mark.number = self.number + 1;
        self.publish("mark", hosts::json(&mark));
        self.history.mark(mark);
    }

    fn publish(&mut self, event: &'static str, data: String) {
        self.number += 1;
        let frame = self.frame(event, data);
        if let Some(queue) = &self.queue {
            if self.recent.len() == QUEUE {
                self.recent.pop_front();
            }
            self.recent.push_back(frame.clone());
            // Nobody to send it to is no failure.
            drop(queue.send(frame));
        }
    }

    fn past_and_present(&self, after: Option<u64>) -> VecDeque<Frame> {
        let past = hosts::json(&self.history.since(after, now()));
        let mut frames = VecDeque::from([self.frame("history", past)]);
        if let Some(look) = &self.look {
            let present = present(&Hosts::new(look, &self.counts));
            frames.push_back(self.frame("hosts", present));
        }
        frames
    }

    /// All events after this one; `None` if some of them are not known any more.
    fn missed(&self, after: u64) -> Option<VecDeque<Frame>> {
        let oldest = self
            .recent
            .front()
            .map_or(self.number + 1, |frame| frame.number);
        let later = |frame: &&Frame| frame.number > after;
        (after + 1 >= oldest).then(|| self.recent.iter().filter(later).cloned().collect())
    }

    fn frame(&self, event: &'static str, data: String) -> Frame {
        Frame {
            number: self.number,
            event,
            data: data.into(),
        }
    }
}

fn present(hosts: &Hosts) -> String {
    hosts::json(&Present { at: now(), hosts })
}

/// In milliseconds since 1970.
fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| {
        u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
    })
}
