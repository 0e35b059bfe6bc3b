//! Errors in a row of one host, counted by workers that know nothing of each other.

use std::collections::BTreeSet;
use std::sync::Arc;

use loom::thread;

use crate::outlier::{Streak, Thresholds, heard_of};

/// What is done to a streak.
#[derive(Clone, Copy, Debug)]
enum Step {
    /// A worker has an answer of this status.
    Answer(u16),
    /// The detector has heard of a trip (FACTS 3.6).
    Heard,
}

/// Where a counter stands, and after how many of the answers it tripped.
type Outcome = (u32, usize);

const HEARD: Step = Step::Heard;
const OK: Step = Step::Answer(200);
const ERROR: Step = Step::Answer(500);
const GATEWAY: Step = Step::Answer(503);

/// Errors of several workers add up, and exactly one of them is told that they are enough.
pub fn enough_errors_trip_once() {
    loom::model(|| {
        let (any_5xx, gateway) = run(2, &[&[GATEWAY, GATEWAY], &[GATEWAY]]);
        assert_eq!((any_5xx, gateway), ((3, 1), (3, 1)));
    });
}

/// So also with three workers.
pub fn enough_errors_of_three_trip_once() {
    loom::model(|| {
        let (any_5xx, _) = run(3, &[&[ERROR], &[ERROR], &[ERROR]]);
        assert_eq!(any_5xx, (3, 1));
    });
}

/// Whatever workers and the detector do at once, each counter stands where it would if they had done it one after the
/// other, in some order, and has tripped as often.
pub fn each_streak_is_that_of_some_order() {
    for (threshold, scripts) in [
        (2, vec![&[ERROR, ERROR][..], &[OK]]),
        (2, vec![&[ERROR, OK][..], &[ERROR, ERROR]]),
        (2, vec![&[GATEWAY, GATEWAY][..], &[ERROR, GATEWAY]]),
        (1, vec![&[GATEWAY][..], &[OK, GATEWAY]]),
        (2, vec![&[ERROR][..], &[ERROR], &[OK]]),
        (2, vec![&[GATEWAY, ERROR, GATEWAY][..], &[HEARD]]),
        (1, vec![&[GATEWAY, OK][..], &[HEARD]]),
        (2, vec![&[ERROR][..], &[GATEWAY], &[HEARD]]),
    ] {
        let any_5xx = in_some_order(&scripts, threshold, |status| status >= 500);
        let gateway = in_some_order(&scripts, threshold, |status| (502..=504).contains(&status));
        loom::model(move || {
            let found = run(threshold, &scripts);
            assert!(
                any_5xx.contains(&found.0),
                "{scripts:?} {found:?} {any_5xx:?}"
            );
            assert!(
                gateway.contains(&found.1),
                "{scripts:?} {found:?} {gateway:?}"
            );
        });
    }
}

/// All scripts at once, and what came of both counters.
fn run(threshold: u32, scripts: &[&'static [Step]]) -> (Outcome, Outcome) {
    let streak = Arc::new(Streak::default());
    let thresholds = Thresholds {
        any_5xx: threshold,
        gateway: threshold,
    };
    let work = move |script: &'static [Step], streak: Arc<Streak>| {
        let mut trips = (0, 0);
        for step in script {
            match step {
                Step::Answer(status) => {
                    let tripped = streak.record(*status, thresholds);
                    trips.0 += usize::from(tripped.any_5xx);
                    trips.1 += usize::from(tripped.gateway);
                }
                Step::Heard => heard_of(&streak),
            }
        }
        trips
    };
    let (first, others) = scripts.split_first().expect("somebody does something");
    let others: Vec<_> = others
        .iter()
        .map(|&script| {
            let streak = Arc::clone(&streak);
            thread::spawn(move || work(script, streak))
        })
        .collect();
    let mut trips = work(first, Arc::clone(&streak));
    for other in others {
        let (any_5xx, gateway) = other.join().expect("no worker panics");
        trips = (trips.0 + any_5xx, trips.1 + gateway);
    }
    ((streak.any_5xx(), trips.0), (streak.gateway(), trips.1))
}

/// What may come of a counter of errors: of each order of the steps in which each script keeps its own.
fn in_some_order(
    scripts: &[&[Step]],
    threshold: u32,
    is_error: impl Fn(u16) -> bool + Copy,
) -> BTreeSet<Outcome> {
    fn go(
        left: &[&[Step]],
        so_far: Outcome,
        threshold: u32,
        is_error: impl Fn(u16) -> bool + Copy,
        all: &mut BTreeSet<Outcome>,
    ) {
        if left.iter().all(|script| script.is_empty()) {
            all.insert(so_far);
        }
        for (n, script) in left.iter().enumerate() {
            let Some((step, rest)) = script.split_first() else {
                continue;
            };
            let (count, trips) = so_far;
            let next = match step {
                Step::Answer(status) if is_error(*status) => {
                    (count + 1, trips + usize::from(count + 1 == threshold))
                }
                Step::Answer(_) | Step::Heard => (0, trips),
            };
            let mut left = left.to_vec();
            left[n] = rest;
            go(&left, next, threshold, is_error, all);
        }
    }
    let mut all = BTreeSet::new();
    go(scripts, (0, 0), threshold, is_error, &mut all);
    all
}
