//! What is counted and logged.

use super::*;

/// FACTS 12.6: the deprecated total is of allowed 5xx, enforced or not; the enforced total is of all
/// causes. Here one ejection of the second kind, then two detections of the first.
#[test]
fn the_two_totals_count_different_things() {
    let mut cluster = only_gateway_enforced();
    cluster.answer(HOST, 502, 5);
    cluster.fail(0, 10);
    cluster.assert_counters(Counters {
        total: 2,
        enforced_total: 1,
        detected_consecutive_5xx: 2,
        detected_consecutive_gateway_failure: 1,
        enforced_consecutive_gateway_failure: 1,
        ..Counters::default()
    });
}

/// FACTS 12.9: absent in a host's first event, then the time since the opposite one; other hosts' events
/// and what was only detected do not matter.
#[test]
fn events_tell_the_time_since_the_opposite_action() {
    let mut cluster = demo();
    let since = |events: &[Event]| -> Vec<_> {
        events.iter().map(|event| event.since_last_action).collect()
    };
    cluster.wait(secs(4.0));
    assert_eq!(since(&cluster.fail(HOST, 5)), [None]);
    cluster.sweep_at(secs(10.0));
    assert_eq!(since(&cluster.sweep_at(secs(20.0))), [Some(secs(16.0))]);
    cluster.wait(secs(3.0));
    assert_eq!(since(&cluster.fail(0, 5)), [None], "this host's first");
    cluster.wait(secs(4.0));
    assert_eq!(
        since(&cluster.answer(HOST, 503, 5)),
        [Some(secs(7.0)); 2],
        "detected and ejected"
    );
}
