//! Connections to a host that is ejected or leaves, with the word of it on its way to the workers.

use std::sync::Arc;

use loom::sync::Mutex;
use loom::thread;

use crate::cluster::{eject, host, remove};

/// A worker that has heard of an ejection uses no connection from before it (FACTS 6.8), and a new one as usual: the
/// generation is `Relaxed`, and the channel over which it hears of it orders the two.
pub fn who_heard_of_an_ejection_keeps_no_connection_from_before() {
    loom::model(|| {
        let host = Arc::new(host());
        let heard = Arc::new(Mutex::new(false));
        let watch = {
            let (host, heard) = (Arc::clone(&host), Arc::clone(&heard));
            thread::spawn(move || {
                eject(&host);
                *heard.lock().expect("nobody panics") = true;
            })
        };
        let before = host.generation();
        let has_heard = *heard.lock().expect("nobody panics");
        if has_heard {
            assert!(before == 1 || !host.keeps(before));
            assert!(host.keeps(host.generation()));
        }
        watch.join().expect("nobody panics");
        assert!(!host.keeps(0));
        assert!(host.keeps(host.generation()));
    });
}

/// The same of a host that leaves the cluster (FACTS 14.6), of which no connection is used again, old or new.
pub fn who_heard_of_a_leave_keeps_no_connection() {
    loom::model(|| {
        let host = Arc::new(host());
        let heard = Arc::new(Mutex::new(false));
        let watch = {
            let (host, heard) = (Arc::clone(&host), Arc::clone(&heard));
            thread::spawn(move || {
                remove(&host);
                *heard.lock().expect("nobody panics") = true;
            })
        };
        if *heard.lock().expect("nobody panics") {
            assert!(!host.keeps(host.generation()));
        }
        watch.join().expect("nobody panics");
        assert!(!host.keeps(host.generation()));
    });
}
