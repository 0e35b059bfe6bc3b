//! How long hosts stay out.

use super::*;

/// FACTS 4.1: one interval after the creation, then one interval after each run, however late that was.
#[test]
fn a_sweep_is_due_one_interval_after_the_one_before() {
    let mut cluster = demo();
    assert_eq!(cluster.detector.next_sweep(), secs(10.0));
    assert_eq!(cluster.sweep_at(secs(10.004)), []);
    assert_eq!(cluster.detector.next_sweep(), secs(20.004));
}

/// FACTS 2.4 and 4.2: 15.5 seconds with a base of ten, because the sweep at 10 s came too early.
#[test]
fn a_host_returns_at_the_first_sweep_after_its_time() {
    let mut cluster = demo();
    cluster.wait(secs(4.44));
    cluster.fail(HOST, 5);
    assert_eq!(cluster.sweep_at(secs(10.0)), []);
    cluster.assert_ejected(&[HOST]);
    let since_last_action = Some(secs(15.56));
    let event = Event {
        host: HOST,
        action: Action::Uneject,
        at: secs(20.0),
        ejections: 1,
        since_last_action,
    };
    assert_eq!(cluster.sweep_at(secs(20.0)), [event]);
    cluster.assert_ejected(&[]);
    let report = cluster.report(HOST);
    assert_eq!((report.ejected, report.earliest_return), (None, None));
}

/// FACTS 4.2: `>=`, so a host whose time ends with the sweep returns with it.
#[test]
fn exactly_the_time_is_enough() {
    for (early, back) in [(Duration::ZERO, true), (NANOSECOND, false)] {
        let mut cluster = demo();
        cluster.sweep_at(secs(10.0));
        cluster.fail(HOST, 5);
        cluster.sweep_at(secs(20.0) - early);
        assert_eq!(!cluster.detector.is_ejected(HOST), back, "{early:?} early");
    }
}

/// FACTS 4.2: a sweep takes all whose time has come, and no other.
#[test]
fn one_sweep_brings_back_every_host_that_is_due() {
    let mut cluster = demo();
    cluster.fail(4, 5);
    cluster.fail(0, 5);
    cluster.wait(secs(1.0));
    cluster.fail(HOST, 5);
    let events = cluster.sweep_at(secs(10.0));
    assert_eq!([events[0].host, events[1].host], [0, 4]);
    assert_eq!(events.len(), 2);
    cluster.assert_ejected(&[HOST]);
}

/// FACTS 4.2, as measured but for the milliseconds by which real sweeps drift: base and interval 1 s,
/// re-ejected 0.58 s after each return.
#[test]
fn each_ejection_in_a_row_is_one_base_longer() {
    let mut cluster = Cluster::new(5, policy(1.0, 1.0));
    cluster.wait(secs(0.95));
    for length in [1.05, 2.42, 3.42, 4.42, 5.42] {
        assert_eq!(cluster.out_and_back(HOST), secs(length));
        cluster.wait(secs(0.58));
    }
}

/// FACTS 4.3, as measured: max 3 s, base 1 s.
#[test]
fn no_ejection_needs_more_than_the_cap() {
    let mut cluster = capped(policy(1.0, 1.0), 3.0);
    cluster.wait(secs(0.9));
    for length in [1.1, 2.5, 3.5, 3.5, 3.5, 3.5] {
        assert_eq!(cluster.out_and_back(HOST), secs(length));
        cluster.wait(secs(0.5));
    }
}

/// FACTS 4.3, as measured: base 200 s, and Envoy's default cap of 300 s.
#[test]
fn the_default_cap_is_five_minutes() {
    let mut cluster = Cluster::new(5, policy(1.0, 200.0));
    cluster.wait(secs(0.5));
    assert_eq!(cluster.out_and_back(HOST), secs(200.5));
    cluster.wait(secs(0.1));
    assert_eq!(cluster.out_and_back(HOST), secs(300.9));
}

/// FACTS 4.3, as measured: max 1 s, base 0.5 s stops at 3, so that it takes two healthy sweeps, not
/// one, until the next ejection is shorter than the cap.
#[test]
fn the_multiplier_stops_one_step_beyond_the_cap() {
    let mut cluster = capped(policy(0.5, 0.5), 1.0);
    for multiplier in [1, 2, 3, 3, 3, 3] {
        cluster.out_and_back(HOST);
        assert_eq!(cluster.report(HOST).multiplier, multiplier);
    }
    for (sweeps, multiplier, next) in [(0, 3, 1.0), (1, 2, 1.0), (1, 1, 1.0), (1, 0, 0.5)] {
        cluster.sweep(sweeps);
        cluster.assert_ejections(HOST, 6, multiplier);
        cluster.assert_next_ejection(HOST, next);
    }
}

/// FACTS 4.5, as measured: after three ejections in a row the fourth depends on the healthy sweeps
/// between, down to one base and never below.
#[test]
fn each_healthy_sweep_shortens_the_next_ejection_by_one_base() {
    for (sweeps, length) in [(0, 2.0), (1, 1.5), (2, 1.0), (3, 0.5), (4, 0.5), (100, 0.5)] {
        let mut cluster = Cluster::new(5, policy(0.5, 0.5));
        for _ in 0..3 {
            cluster.out_and_back(HOST);
        }
        cluster.sweep(sweeps);
        assert_eq!(
            cluster.report(HOST).next_ejection,
            secs(length),
            "{sweeps} sweeps"
        );
        assert_eq!(cluster.out_and_back(HOST), secs(length), "{sweeps} sweeps");
    }
}

/// FACTS 4.4: the sweep one interval after the return counts if it is not early by a hair; that is why
/// Envoy takes off k or k-1 for k sweeps.
#[test]
fn the_first_sweep_counts_if_a_whole_interval_has_passed() {
    for (early, left) in [(Duration::ZERO, 0), (NANOSECOND, 1)] {
        let mut cluster = demo();
        cluster.out_and_back(HOST);
        let returned = cluster.now;
        cluster.sweep_at(returned + secs(10.0) - early);
        assert_eq!(cluster.report(HOST).multiplier, left, "{early:?} early");
    }
}

/// FACTS 4.4: only sweeps that find the host in take something off.
#[test]
fn the_multiplier_does_not_shrink_while_the_host_is_out() {
    let mut cluster = Cluster::new(5, policy(1.0, 10.0));
    cluster.fail(HOST, 5);
    cluster.sweep(9);
    cluster.assert_ejected(&[HOST]);
    cluster.sweep(1);
    cluster.assert_ejected(&[]);
    assert_eq!(
        cluster.report(HOST).multiplier,
        1,
        "nor at the return itself"
    );
}

/// FACTS 4.5: before the first ejection, while out, and after.
#[test]
fn the_next_ejection_is_one_base_more_than_the_multiplier() {
    let mut cluster = demo();
    cluster.assert_next_ejection(HOST, 10.0);
    cluster.fail(HOST, 5);
    cluster.assert_next_ejection(HOST, 20.0);
    cluster.sweep(1);
    cluster.assert_next_ejection(HOST, 20.0);
    cluster.sweep(1);
    cluster.assert_next_ejection(HOST, 10.0);
}

/// FACTS 4.2: the report foretells the sweep, and learns when a sweep was late.
#[test]
fn the_earliest_return_is_the_first_sweep_after_the_time() {
    for (ejected_at, sweep) in [(0.0, 10.0), (0.001, 20.0), (4.44, 20.0), (9.999, 20.0)] {
        let mut cluster = demo();
        cluster.wait(secs(ejected_at));
        cluster.fail(HOST, 5);
        assert_eq!(
            cluster.report(HOST).earliest_return,
            Some(secs(sweep)),
            "out at {ejected_at} s"
        );
    }
    let mut cluster = demo();
    cluster.wait(secs(4.44));
    cluster.fail(HOST, 5);
    cluster.sweep_at(secs(10.004));
    assert_eq!(cluster.report(HOST).earliest_return, Some(secs(20.004)));
}

/// FACTS 4.2: with an interval that does not divide the time, through growth and cap.
#[test]
fn hosts_return_when_the_report_said() {
    let mut cluster = capped(policy(0.7, 1.0), 3.0);
    for _ in 0..6 {
        cluster.wait(secs(0.1));
        cluster.fail(HOST, 5);
        let foretold = cluster.report(HOST).earliest_return;
        cluster.out_and_back(HOST);
        assert_eq!(Some(cluster.now), foretold);
    }
}

/// FACTS 4.6: recovered or not, it stays out until its sweep.
#[test]
fn successes_do_not_shorten_an_ejection() {
    let mut cluster = demo();
    cluster.wait(secs(4.44));
    cluster.fail(HOST, 5);
    let before = cluster.report(HOST);
    cluster.answer(HOST, 200, 100);
    assert_eq!(cluster.sweep_at(secs(10.0)), []);
    assert_eq!(cluster.report(HOST), before);
}

/// FACTS 4.7: the lifetime count goes on where the multiplier has long decayed, and detection without
/// enforcement does not add to it.
#[test]
fn the_number_of_ejections_never_decays() {
    let mut cluster = only_gateway_enforced();
    for lifetime in 1..=3 {
        assert_eq!(cluster.answer(HOST, 502, 5)[0].ejections, lifetime);
        let returned = cluster.sweep_at(cluster.detector.next_sweep());
        assert_eq!(returned[0].ejections, lifetime);
        cluster.sweep(20);
        cluster.assert_ejections(HOST, lifetime, 0);
    }
    assert_eq!(cluster.fail(HOST, 5)[0].ejections, 3, "not enforced");
}

/// However long the times of a policy are: their sums have no overflow, and the host is out for good.
#[test]
fn times_without_end_eject_for_good() {
    let endless = OutlierPolicy {
        interval: Duration::MAX,
        base_ejection_time: Duration::MAX,
        max_ejection_time: Duration::MAX,
        max_ejection_percent: 100,
        ..OutlierPolicy::default()
    };
    let mut cluster = Cluster::new(5, endless);
    cluster.wait(secs(1.0));
    cluster.fail(HOST, 5);
    assert_eq!(cluster.report(HOST).earliest_return, Some(Duration::MAX));
    assert_eq!(cluster.sweep_at(secs(2.0)), []);
    assert_eq!(cluster.detector.next_sweep(), Duration::MAX);
    assert_eq!(cluster.report(HOST).earliest_return, Some(Duration::MAX));
    cluster.assert_ejected(&[HOST]);
}
