//! Errors in a row.

use super::*;

/// FACTS 3.6: the fifth error in a row ejects, and says so once.
#[test]
fn the_fifth_error_in_a_row_ejects() {
    let mut cluster = demo();
    cluster.wait(secs(4.44));
    assert_eq!(cluster.fail(HOST, 4), []);
    cluster.assert_ejected(&[]);
    let action = Action::Eject {
        cause: Consecutive5xx,
        enforced: true,
    };
    let event = Event {
        host: HOST,
        action,
        at: secs(4.44),
        ejections: 1,
        since_last_action: None,
    };
    assert_eq!(cluster.fail(HOST, 1), [event]);
    cluster.assert_ejected(&[HOST]);
    let since_and_why = (secs(4.44), Consecutive5xx);
    assert_eq!(cluster.report(HOST).ejected, Some(since_and_why));
}

/// FACTS 3.2: four errors and a success, as often as you like, never eject.
#[test]
fn one_success_resets_the_streak() {
    let mut cluster = demo();
    for _ in 0..10 {
        assert_eq!(cluster.fail(HOST, 4), []);
        cluster.succeed(HOST);
        assert_eq!(cluster.report(HOST).consecutive_5xx, 0);
    }
    assert_eq!(
        ejections(&cluster.fail(HOST, 5)),
        [(Consecutive5xx, true)],
        "then it takes five again"
    );
}

/// FACTS 3.1: the interval plays no part in counting.
#[test]
fn sweeps_and_time_leave_the_streak_alone() {
    let mut cluster = demo();
    cluster.fail(HOST, 4);
    cluster.sweep(100);
    assert_eq!(cluster.report(HOST).consecutive_5xx, 4);
    cluster.fail(HOST, 1);
    cluster.assert_ejected(&[HOST]);
}

/// FACTS 3.1: a counter belongs to one host, so errors spread over the hosts eject none.
#[test]
fn each_host_has_its_own_streak() {
    let mut cluster = demo();
    cluster.fail_all(5, 4);
    cluster.assert_ejected(&[]);
    cluster.fail(HOST, 1);
    cluster.assert_ejected(&[HOST]);
}

/// FACTS 3.1: the workers share the counter, so exactly one of them sees the threshold reached.
#[test]
fn errors_seen_by_two_workers_add_up() {
    let streak = Streak::default();
    let thresholds = Thresholds {
        any_5xx: 200,
        gateway: 0,
    };
    let worker = || {
        (0..100)
            .filter(|_| streak.record(500, thresholds).any_5xx)
            .count()
    };
    let trips = std::thread::scope(|scope| {
        [scope.spawn(worker), scope.spawn(worker)].map(|worker| worker.join().unwrap())
    });
    assert_eq!((trips[0] + trips[1], streak.any_5xx()), (1, 200));
}

/// FACTS 3.6: nothing happens to a host that is out, whatever more it does wrong.
#[test]
fn the_streak_runs_on_while_the_host_is_out() {
    let mut cluster = demo();
    cluster.fail(HOST, 5);
    let (before, counters) = (cluster.report(HOST), cluster.detector.counters());
    cluster.wait(secs(1.0));
    assert_eq!(cluster.fail(HOST, 12), [], "the fifth is no news");
    let mut expected = before;
    expected.consecutive_5xx = 12;
    assert_eq!(cluster.report(HOST), expected);
    cluster.assert_counters(counters);
}

/// FACTS 3.6: ejection sets the streak to zero, and so does the return.
#[test]
fn after_its_return_it_takes_the_full_threshold_again() {
    let mut cluster = demo();
    cluster.fail(HOST, 5);
    assert_eq!(cluster.report(HOST).consecutive_5xx, 0, "ejected");
    cluster.answer(HOST, 503, 4);
    cluster.sweep(1);
    cluster.assert_ejected(&[]);
    cluster.assert_streaks_are_zero(HOST);
    assert_eq!(cluster.fail(HOST, 4), []);
    cluster.fail(HOST, 1);
    cluster.assert_ejected(&[HOST]);
}

/// FACTS 3.6: a refused host is tried again after another full threshold, not at each error.
#[test]
fn a_refusal_sets_the_streak_to_zero() {
    let mut cluster = limited(5, 0, false);
    cluster.fail(HOST, 5);
    assert_eq!(cluster.report(HOST).consecutive_5xx, 0);
    cluster.fail(HOST, 4);
    assert_eq!(cluster.detector.counters().overflow, 1);
    cluster.fail(HOST, 1);
    assert_eq!(cluster.detector.counters().overflow, 2);
}

/// FACTS 3.8.
#[test]
fn a_threshold_of_zero_never_ejects() {
    let mut cluster = demo_but(|policy| policy.consecutive_5xx = 0);
    assert_eq!(cluster.fail(HOST, 100), []);
    cluster.assert_counters(Counters::default());
}

/// FACTS 3.8.
#[test]
fn a_threshold_of_one_ejects_at_the_first_error() {
    let mut cluster = demo_but(|policy| policy.consecutive_5xx = 1);
    cluster.fail(HOST, 1);
    cluster.assert_ejected(&[HOST]);
}

/// FACTS 3.9: Envoy's defaults detect gateway failures, and eject for the 5xx that they are as well.
#[test]
fn five_gateway_failures_are_two_events_and_one_ejection() {
    let mut cluster = demo();
    let events = cluster.answer(HOST, 503, 5);
    assert_eq!(
        ejections(&events),
        [(ConsecutiveGatewayFailure, false), (Consecutive5xx, true)]
    );
    assert_eq!(events[0].ejections, 0, "detected only");
    assert_eq!(events[1].ejections, 1);
    cluster.assert_streaks_are_zero(HOST);
    cluster.assert_counters(Counters {
        total: 1,
        enforced_total: 1,
        detected_consecutive_5xx: 1,
        enforced_consecutive_5xx: 1,
        detected_consecutive_gateway_failure: 1,
        ..Counters::default()
    });
}

/// FACTS 3.9 and 3.6: the gateway failure is heard first; the 5xx then finds the host out already.
#[test]
fn an_enforced_gateway_failure_leaves_nothing_to_do_for_the_5xx() {
    let mut cluster = demo_but(|policy| policy.enforcing_consecutive_gateway_failure = 100);
    let events = cluster.answer(HOST, 502, 5);
    assert_eq!(ejections(&events), [(ConsecutiveGatewayFailure, true)]);
    assert_eq!(
        cluster.report(HOST).ejected,
        Some((Elapsed::ZERO, ConsecutiveGatewayFailure))
    );
    assert_eq!(cluster.report(HOST).consecutive_5xx, 5, "runs on");
    cluster.assert_counters(Counters {
        enforced_total: 1,
        detected_consecutive_gateway_failure: 1,
        enforced_consecutive_gateway_failure: 1,
        ..Counters::default()
    });
}

/// FACTS 3.10, 3.6 and 12.6: each full threshold is logged and counted, and the host stays.
#[test]
fn what_is_not_enforced_is_detected_only() {
    let mut cluster = demo_but(|policy| policy.enforcing_consecutive_5xx = 0);
    let events = cluster.fail(HOST, 14);
    assert_eq!(ejections(&events), [(Consecutive5xx, false); 2]);
    for event in events {
        assert_eq!((event.ejections, event.since_last_action), (0, None));
    }
    assert_eq!(cluster.report(HOST).consecutive_5xx, 4, "zero after each");
    cluster.assert_ejections(HOST, 0, 0);
    cluster.assert_ejected(&[]);
    cluster.assert_counters(Counters {
        total: 2,
        detected_consecutive_5xx: 2,
        ..Counters::default()
    });
}
