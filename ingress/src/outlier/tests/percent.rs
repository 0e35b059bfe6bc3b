//! How many hosts may go.

use super::*;

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
        "the sweep at 10 s finds it 8 s old"
    );
    cluster.fail(HOST, 5);
    cluster.assert_ejected(&[HOST]);
    assert_eq!(cluster.report(HOST).last_refusal, None);
}

/// It explains the present for an interval; a host that is well again must not carry it around for ever.
#[test]
fn a_refusal_is_forgotten_at_the_first_sweep_that_finds_it_an_interval_old() {
    let mut cluster = limited(5, 20, false);
    cluster.fail(0, 5);
    cluster.now = secs(1.0);
    cluster.fail(HOST, 5);
    cluster.sweep(1);
    assert!(cluster.report(HOST).last_refusal.is_some(), "9 s old");
    cluster.sweep(1);
    assert_eq!(cluster.report(HOST).last_refusal, None, "19 s old");

    let mut cluster = limited(5, 20, false);
    cluster.fail(0, 5);
    cluster.fail(HOST, 5);
    cluster.sweep(1);
    assert_eq!(cluster.report(HOST).last_refusal, None, "10 s old");
}
