//! Nothing is left behind, whatever way it ends.

use std::time::{Duration, Instant};

use rustix::process::Signal;

use crate::harness::Demo;
use crate::process::{all_end, children_of, is_running};

/// From the request to stop until everything has ended.
const BOUND: Duration = Duration::from_secs(5);

#[test]
fn either_signal_ends_everything_within_five_seconds() {
    for signal in [Signal::TERM, Signal::INT] {
        let mut demo = Demo::start(&[]);
        let children = children_of(demo.pid());
        assert_eq!(children.len(), 7, "five of colorapp, front and ingress");
        let start = Instant::now();
        demo.signal(signal);
        assert_eq!(demo.ended().code(), Some(0));
        assert!(start.elapsed() < BOUND, "{:?}", start.elapsed());
        for child in children {
            assert!(!is_running(child), "{child}");
        }
    }
}

/// A page that is open holds its stream for as long as it can; the end does not wait for it.
#[tokio::test]
async fn an_open_page_does_not_hold_up_the_end() {
    let mut demo = Demo::start(&[]);
    let stream = demo.ask("/events").await;
    assert_eq!(stream.status(), 200);
    let start = Instant::now();
    demo.signal(Signal::TERM);
    assert_eq!(demo.ended().code(), Some(0));
    assert!(start.elapsed() < BOUND, "{:?}", start.elapsed());
    drop(stream);
}

#[test]
fn a_killed_demo_leaves_no_process_behind() {
    let mut demo = Demo::start(&[]);
    let children = children_of(demo.pid());
    assert_eq!(children.len(), 7, "five of colorapp, front and ingress");
    demo.signal(Signal::KILL);
    demo.ended();
    all_end(&children);
}
