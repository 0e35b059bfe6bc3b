//! Connections that are asked to make room for others, and whoever waits for that room.

use std::future::poll_fn;
use std::sync::Arc;
use std::task::Poll;

use axum::body::Body;
use loom::future::block_on;
use loom::sync::Mutex;
use loom::thread;

use crate::talk::{Talk, Turns};

/// One that waits for a request leaves, and whoever asked hears of it: no wake-up is lost on either side.
pub fn who_waits_leaves_when_asked() {
    loom::model(|| {
        let turns = Turns::new();
        let talk = Talk::new(&turns);
        let task = {
            let talk = Arc::clone(&talk);
            thread::spawn(move || {
                block_on(poll_fn(|cx| talk.poll_leave(cx)));
                assert!(talk.waiting().is_some(), "who is answered is never cut");
                talk.end();
            })
        };
        talk.ask_to_leave();
        block_on(turns.settled());
        task.join().expect("nobody panics");
    });
}

/// One whose request comes at the same time is answered first. It leaves only if it was asked when its answer was
/// out, and whoever asked hears either way.
pub fn who_is_answered_stays() {
    loom::model(|| {
        let turns = Turns::new();
        let guests = Guests::of(Talk::new(&turns));
        let task = {
            let (talk, guests) = (guests.talk(), guests.clone());
            thread::spawn(move || {
                let answer = talk.begin();
                assert!(!looks(&talk), "it is being answered");
                drop(answer(Body::empty()));
                assert!(!looks(&talk), "its answer is not out");
                talk.flushed();
                assert!(talk.waiting().is_some());
                // It would wait for its next request; here its client leaves.
                let _leaves = looks(&talk);
                guests.end(&talk);
            })
        };
        guests.ask_one(&turns);
        task.join().expect("nobody panics");
    });
}

/// One whose client leaves at the same time: it is taken from the list under the lock under which others are asked, and
/// ends behind that, so whoever asked hears of it.
pub fn who_ends_by_itself_is_heard_of() {
    loom::model(|| {
        let turns = Turns::new();
        let guests = Guests::of(Talk::new(&turns));
        let task = {
            let (talk, guests) = (guests.talk(), guests.clone());
            thread::spawn(move || guests.end(&talk))
        };
        guests.ask_one(&turns);
        task.join().expect("nobody panics");
    });
}

/// The list of a server with one connection, as `serve/admission.rs` has it.
#[derive(Clone)]
struct Guests(Arc<Mutex<Option<Arc<Talk>>>>);

impl Guests {
    fn of(talk: Arc<Talk>) -> Self {
        Self(Arc::new(Mutex::new(Some(talk))))
    }

    fn talk(&self) -> Arc<Talk> {
        let guest = self.0.lock().expect("nobody panics").clone();
        guest.expect("it has just come")
    }

    /// Asks the one, if it is there and waits, and then waits for what becomes of it.
    fn ask_one(&self, turns: &Turns) {
        let is_asked = {
            let guests = self.0.lock().expect("nobody panics");
            let waits = guests.as_ref().filter(|talk| talk.waiting().is_some());
            waits.map(|talk| talk.ask_to_leave())
        };
        if is_asked.is_some() {
            block_on(turns.settled());
        }
    }

    /// The connection is closed.
    fn end(&self, talk: &Talk) {
        *self.0.lock().expect("nobody panics") = None;
        talk.end();
    }
}

/// One look of its task: whether it is to leave.
fn looks(talk: &Talk) -> bool {
    block_on(poll_fn(|cx| Poll::Ready(talk.poll_leave(cx).is_ready())))
}
