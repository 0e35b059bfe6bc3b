//! The rules, one by one, by their numbers in `docs/envoy-facts.md`.

use std::sync::Arc;

use super::*;
use crate::mesh::OutlierPolicy;

use Cause::{Consecutive5xx, ConsecutiveGatewayFailure};

/// A host that fails in most tests; any other would do.
const HOST: HostIndex = 2;
const NANOSECOND: Duration = Duration::from_nanos(1);

/// The detector with its streaks and a clock that only the test moves.
struct Cluster {
    detector: Detector,
    streaks: Vec<Arc<Streak>>,
    now: Elapsed,
}

impl Cluster {
    fn new(hosts: usize, policy: OutlierPolicy) -> Self {
        let streaks: Vec<_> = (0..hosts).map(|_| Arc::default()).collect();
        let detector = Detector::new(policy, streaks.iter().cloned());
        Self {
            detector,
            streaks,
            now: Elapsed::ZERO,
        }
    }

    /// `n` times `status` from `host`, each told to the detector at once.
    fn answer(&mut self, host: HostIndex, status: u16, n: usize) -> Vec<Event> {
        let thresholds = Thresholds::from(self.detector.policy());
        let mut events = Vec::new();
        for _ in 0..n {
            let tripped = self.streaks[host].record(status, thresholds);
            events.extend(
                tripped
                    .causes()
                    .filter_map(|cause| self.detector.tripped(host, cause, self.now)),
            );
        }
        events
    }

    fn fail(&mut self, host: HostIndex, n: usize) -> Vec<Event> {
        self.answer(host, 500, n)
    }

    /// The first `hosts` of the list fail `n` times each.
    fn fail_all(&mut self, hosts: usize, n: usize) {
        for host in 0..hosts {
            self.fail(host, n);
        }
    }

    fn succeed(&mut self, host: HostIndex) {
        assert_eq!(self.answer(host, 200, 1), [], "a success is no event");
    }

    fn wait(&mut self, time: Duration) {
        self.now += time;
    }

    fn sweep_at(&mut self, time: Elapsed) -> Vec<Event> {
        self.now = time;
        self.detector.sweep(time)
    }

    /// Sweeps on time, `n` times.
    fn sweep(&mut self, n: usize) {
        for _ in 0..n {
            self.sweep_at(self.detector.next_sweep());
        }
    }

    /// Five errors in a row, then sweeps until the host is back. Returns how long it was out.
    fn out_and_back(&mut self, host: HostIndex) -> Duration {
        let since = self.now;
        self.fail(host, 5);
        while self.detector.is_ejected(host) {
            self.sweep(1);
        }
        self.now - since
    }

    fn report(&self, host: HostIndex) -> Report {
        self.detector.report(host)
    }

    #[track_caller]
    fn assert_ejected(&self, expected: &[HostIndex]) {
        let hosts = 0..self.detector.hosts();
        let ejected: Vec<_> = hosts
            .filter(|&host| self.detector.is_ejected(host))
            .collect();
        assert_eq!(ejected, expected, "the hosts that are out");
        assert_eq!(self.detector.ejected(), expected.len(), "the gauge");
    }

    /// Both streaks, of any 5xx and of gateway failures.
    #[track_caller]
    fn assert_streaks_are_zero(&self, host: HostIndex) {
        let streak = &self.streaks[host];
        assert_eq!((streak.any_5xx(), streak.gateway()), (0, 0));
    }

    /// Ejections in its life, and those that still count for the length of the next one.
    #[track_caller]
    fn assert_ejections(&self, host: HostIndex, lifetime: u32, multiplier: u32) {
        let report = self.report(host);
        assert_eq!(
            (report.ejections, report.multiplier),
            (lifetime, multiplier)
        );
    }

    #[track_caller]
    fn assert_next_ejection(&self, host: HostIndex, length: f64) {
        assert_eq!(self.report(host).next_ejection, secs(length));
    }

    #[track_caller]
    fn assert_counters(&self, expected: Counters) {
        assert_eq!(self.detector.counters(), expected);
    }
}

/// Exact to the nanosecond for the numbers used here.
fn secs(secs: f64) -> Duration {
    Duration::from_secs_f64(secs)
}

/// 5 errors, all hosts may go, the times in seconds.
fn policy(interval: f64, base: f64) -> OutlierPolicy {
    OutlierPolicy {
        interval: secs(interval),
        base_ejection_time: secs(base),
        max_ejection_percent: 100,
        ..OutlierPolicy::default()
    }
}

/// The demo's manifest: 5 hosts, 5 errors, 10 s, 10 s, 100 % (FACTS 1.5).
fn demo() -> Cluster {
    demo_but(|_| {})
}

fn demo_but(change: impl FnOnce(&mut OutlierPolicy)) -> Cluster {
    let mut policy = policy(10.0, 10.0);
    change(&mut policy);
    Cluster::new(5, policy)
}

/// Gateway failures eject, other 5xx are only detected.
fn only_gateway_enforced() -> Cluster {
    demo_but(|policy| {
        policy.enforcing_consecutive_5xx = 0;
        policy.enforcing_consecutive_gateway_failure = 100;
    })
}

fn capped(mut policy: OutlierPolicy, max_ejection_time: f64) -> Cluster {
    policy.max_ejection_time = secs(max_ejection_time);
    Cluster::new(5, policy)
}

fn limited(hosts: usize, max_ejection_percent: u32, always_eject_one_host: bool) -> Cluster {
    Cluster::new(
        hosts,
        OutlierPolicy {
            max_ejection_percent,
            always_eject_one_host,
            ..policy(10.0, 10.0)
        },
    )
}

/// Which causes were found, and whether they were enforced.
fn ejections(events: &[Event]) -> Vec<(Cause, bool)> {
    let cause = |event: &Event| match event.action {
        Action::Eject { cause, enforced } => Some((cause, enforced)),
        Action::Uneject => None,
    };
    events.iter().filter_map(cause).collect()
}

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

/// FACTS 5.2 and 5.3, the whole table: five hosts, twenty errors from each faulty one. Each host that is
/// kept in reaches the threshold four times, each one that is out only once.
#[test]
fn of_five_hosts_as_many_go_as_the_percentage_allows() {
    let table: [(&[u32], [usize; 5], [usize; 5]); 6] = [
        (&[0, 10, 19], [0, 0, 0, 0, 0], [1, 1, 1, 1, 1]),
        (&[20, 34, 39], [1, 1, 1, 1, 1], [1, 1, 1, 1, 1]),
        (&[40, 50], [1, 2, 2, 2, 2], [1, 2, 2, 2, 2]),
        (&[60, 79], [1, 2, 3, 3, 3], [1, 2, 3, 3, 3]),
        (&[80, 99], [1, 2, 3, 4, 4], [1, 2, 3, 4, 4]),
        (&[100], [1, 2, 3, 4, 5], [1, 2, 3, 4, 5]),
    ];
    for (percents, default, always_one) in table {
        for &percent in percents {
            assert_row(percent, false, default);
            assert_row(percent, true, always_one);
        }
    }
}

/// `row`: how many are out if 1, 2, 3, 4 and 5 of five hosts are faulty.
#[track_caller]
fn assert_row(percent: u32, always_one: bool, row: [usize; 5]) {
    for (faulty, out) in (1..=5).zip(row) {
        let mut cluster = limited(5, percent, always_one);
        cluster.fail_all(faulty, 20);
        let (out, overflow) = (out as u64, 4 * (faulty - out) as u64);
        let expected = Counters {
            total: out,
            enforced_total: out,
            overflow,
            detected_consecutive_5xx: out + overflow,
            enforced_consecutive_5xx: out,
            ..Counters::default()
        };
        let case = format!("{percent} %, always one: {always_one}, {faulty} faulty");
        assert_eq!(cluster.detector.counters(), expected, "{case}");
        assert_eq!(cluster.detector.ejected() as u64, out, "{case}");
    }
}

/// FACTS 5.2, the line below the table: all hosts faulty. Real numbers: 1 of 3 is more than 33 %.
#[test]
fn of_other_numbers_of_hosts_as_many_go_as_the_percentage_allows() {
    let cases: [(usize, &[(u32, usize)]); 6] = [
        (1, &[(50, 0), (99, 0), (100, 1)]),
        (2, &[(50, 1)]),
        (3, &[(33, 0), (34, 1), (66, 1), (67, 2)]),
        (4, &[(50, 2)]),
        (7, &[(34, 2)]),
        (10, &[(10, 1), (25, 2)]),
    ];
    for (hosts, percents) in cases {
        for &(percent, out) in percents {
            let mut cluster = limited(hosts, percent, false);
            cluster.fail_all(hosts, 5);
            assert_eq!(
                cluster.detector.ejected(),
                out,
                "{hosts} hosts, {percent} %"
            );
        }
    }
}

/// FACTS 5.1: Envoy's 10 % allow nothing among nine hosts, and one among ten.
#[test]
fn with_the_defaults_fewer_than_ten_hosts_are_never_ejected() {
    for (hosts, expected) in [(9, &[][..]), (10, &[0][..])] {
        let mut cluster = Cluster::new(hosts, OutlierPolicy::default());
        cluster.fail_all(hosts, 5);
        cluster.assert_ejected(expected);
    }
}

/// FACTS 5.1: what counts is who is out now, so a return makes room.
#[test]
fn a_return_makes_room_for_the_next() {
    for (percent, always) in [(20, false), (0, true)] {
        let mut cluster = limited(5, percent, always);
        cluster.fail(0, 5);
        cluster.fail(1, 5);
        cluster.assert_ejected(&[0]);
        cluster.sweep(1);
        cluster.fail(1, 5);
        cluster.assert_ejected(&[1]);
    }
}

/// FACTS 5.3: a refusal is counted as overflow and as detected, and writes no event.
#[test]
fn a_refused_ejection_only_counts() {
    let mut cluster = limited(5, 20, false);
    cluster.fail(0, 5);
    let before = cluster.detector.counters();
    assert_eq!(cluster.fail(HOST, 5), []);
    cluster.assert_ejected(&[0]);
    cluster.assert_counters(Counters {
        overflow: 1,
        detected_consecutive_5xx: 2,
        ..before
    });
    cluster.assert_ejections(HOST, 0, 0);
}

/// FACTS 5.3 for both events of 3.9: the percentage is asked before the enforcement, so both overflow.
#[test]
fn a_refusal_comes_before_the_question_of_enforcement() {
    let mut cluster = limited(5, 0, false);
    assert_eq!(cluster.answer(HOST, 503, 5), []);
    cluster.assert_counters(Counters {
        overflow: 2,
        detected_consecutive_5xx: 1,
        detected_consecutive_gateway_failure: 1,
        ..Counters::default()
    });
}

/// FACTS 5.1 in words: why this one is still in.
#[test]
fn a_refusal_tells_the_arithmetic() {
    let mut cluster = limited(5, 20, false);
    cluster.fail(0, 5);
    cluster.wait(secs(1.5));
    cluster.fail(HOST, 5);
    let refusal = cluster.report(HOST).last_refusal.unwrap();
    let expected = Refusal {
        at: secs(1.5),
        cause: Consecutive5xx,
        ejected: 1,
        hosts: 5,
        limit: 20,
    };
    assert_eq!(refusal, expected);
    assert_eq!(
        refusal.to_string(),
        "2 of 5 hosts out would be 40 %, over the limit of 20 %"
    );
    assert_eq!(
        cluster.report(0).last_refusal,
        None,
        "the other one was not refused"
    );
}

/// The report keeps the latest refusal, until the host is ejected after all.
#[test]
fn a_refusal_is_remembered_until_the_ejection() {
    let mut cluster = limited(5, 20, false);
    cluster.fail(0, 5);
    for second in [1.0, 2.0] {
        cluster.now = secs(second);
        cluster.fail(HOST, 5);
        cluster.succeed(HOST);
        assert_eq!(
            cluster.report(HOST).last_refusal.map(|refusal| refusal.at),
            Some(secs(second))
        );
    }
    cluster.sweep(1);
    assert!(
        cluster.report(HOST).last_refusal.is_some(),
        "a sweep forgets nothing"
    );
    cluster.fail(HOST, 5);
    cluster.assert_ejected(&[HOST]);
    assert_eq!(cluster.report(HOST).last_refusal, None);
}

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
