//! What workers count together.

use std::sync::Arc;

use loom::thread;

use crate::cluster::{Counter, Gauge};

/// `max_connections` and `max_pending`: of three workers that would take one of two places, two do, and there are never
/// more.
pub fn no_more_than_the_limit_come_in() {
    loom::model(|| {
        let gauge = Arc::new(Gauge::default());
        let others = [(); 2].map(|()| {
            let gauge = Arc::clone(&gauge);
            thread::spawn(move || {
                let is_in = gauge.inc_below(2);
                assert!(gauge.get() <= 2);
                is_in
            })
        });
        let mut inside = usize::from(gauge.inc_below(2));
        for other in others {
            inside += usize::from(other.join().expect("no worker panics"));
        }
        assert_eq!((inside, gauge.get()), (2, 2));
    });
}

/// Whoever leaves makes room, also while others come: in the end there are as many as are inside.
pub fn who_leaves_makes_room() {
    loom::model(|| {
        let gauge = Arc::new(Gauge::default());
        gauge.inc();
        let other = {
            let gauge = Arc::clone(&gauge);
            thread::spawn(move || gauge.inc_below(1))
        };
        gauge.dec();
        let came = other.join().expect("no worker panics");
        assert_eq!(gauge.get(), u64::from(came));
        assert_eq!(gauge.inc_below(1), !came);
    });
}

/// Nothing that is counted is lost.
pub fn a_counter_is_the_sum() {
    loom::model(|| {
        let counter = Arc::new(Counter::default());
        let other = {
            let counter = Arc::clone(&counter);
            thread::spawn(move || {
                counter.inc();
                counter.add(2);
            })
        };
        counter.add(4);
        other.join().expect("no worker panics");
        assert_eq!(counter.get(), 7);
    });
}
