//! The recordings agree, and a recording that is not true does not.

use std::path::PathBuf;
use std::time::Duration;

mod simulated;

use super::*;
use crate::trace::Ms;

fn recorded(name: &str) -> Trace {
    let traces = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/traces"));
    Trace::read(&traces.join(format!("{name}.jsonl"))).unwrap()
}

/// What a change to a recording of five hosts, of which one is ejected five times, leads to.
fn falsified(change: impl FnOnce(&mut Trace)) -> Vec<What> {
    let mut trace = recorded("growth_1s__mw0");
    change(&mut trace);
    replay(&trace)
        .mismatches
        .into_iter()
        .map(|mismatch| mismatch.what)
        .collect()
}

#[test]
fn every_decision_of_every_recording_is_the_same() {
    let traces = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/traces")).unwrap();
    let mut replayed = 0;
    for file in traces.map(|entry| entry.unwrap().path()) {
        let trace = Trace::read(&file).unwrap();
        let verdict = replay(&trace);
        assert_eq!(verdict.mismatches, [], "{}", file.display());
        assert!(
            verdict.compared > trace.requests.len(),
            "{}",
            file.display()
        );
        replayed += 1;
    }
    assert_eq!(replayed, 44);
}

#[test]
fn the_search_needs_neither_the_sweeps_nor_the_multipliers() {
    for name in [
        "timeouts",
        "two_faulty_staggered_1.3s",
        "decay_half_s_5__mw0",
    ] {
        let mut trace = recorded(name);
        trace.header.decrements = None;
        trace.header.sweeps.clear();
        assert_eq!(replay(&trace).mismatches, [], "{name}");
    }
}

#[test]
fn another_host_in_one_of_the_picks_is_one_mismatch() {
    let found =
        falsified(|trace| trace.requests[20].tried = vec![(trace.requests[20].tried[0] + 1) % 5]);
    assert!(matches!(found[..], [What::Pick { n: 21, .. }]), "{found:?}");
}

#[test]
fn an_ejection_that_envoy_did_not_log_is_a_mismatch() {
    let found = falsified(|trace| _ = trace.decisions.remove(0));
    assert!(matches!(found[0], What::Extra(_)), "{found:?}");
}

#[test]
fn an_ejection_that_only_envoy_logged_is_a_mismatch() {
    let found = falsified(|trace| {
        let mut invented = trace.decisions[0].clone();
        (invented.at, invented.host) = (invented.at + 100.0, 0);
        trace.decisions.insert(1, invented);
    });
    assert!(
        found.iter().any(|what| matches!(what, What::Missing(_))),
        "{found:?}"
    );
}

#[test]
fn times_are_compared_to_a_few_milliseconds() {
    let late = |by: Ms| falsified(|trace| trace.decisions[0].at += by);
    assert_eq!(late(2.0), []);
    assert!(!late(50.0).is_empty());
}

#[test]
fn a_return_at_another_time_than_a_sweep_is_a_mismatch() {
    for by in [-300.0, 300.0] {
        for sweeps_are_known in [true, false] {
            let found = falsified(|trace| {
                let mut returns = trace
                    .decisions
                    .iter_mut()
                    .filter(|it| it.ejection.is_none());
                returns.next_back().unwrap().at += by;
                if !sweeps_are_known {
                    trace.header.sweeps.clear();
                }
            });
            assert!(
                !found.is_empty(),
                "{by} ms, sweeps known: {sweeps_are_known}"
            );
        }
    }
}

#[test]
fn cause_enforcement_and_number_are_compared() {
    let found = falsified(|trace| trace.decisions[2].ejections += 1);
    assert!(matches!(found[..], [What::Different(..)]), "{found:?}");
    let found = falsified(|trace| {
        let ejection = trace.decisions[0].ejection.as_mut().unwrap();
        ejection.enforced = false;
    });
    assert!(matches!(found[..], [What::Different(..)]), "{found:?}");
}

#[test]
fn counters_are_compared() {
    let name = "outlier_detection.ejections_total";
    let found = falsified(|trace| *trace.header.final_stats.get_mut(name).unwrap() += 1);
    assert!(
        matches!(&found[..], [What::Counter { name: n, .. }] if n == name),
        "{found:?}"
    );
}

#[test]
fn multipliers_are_compared() {
    let mut trace = recorded("decay_half_s_5__mw0");
    trace.header.decrements.as_mut().unwrap()[1].left += 1;
    let found = replay(&trace).mismatches;
    assert!(
        found
            .iter()
            .any(|it| matches!(it.what, What::Multiplier { .. })),
        "{found:?}"
    );
}

/// Each setting of the policy decides something in one of the recordings.
#[test]
fn another_policy_decides_otherwise() {
    fn differs(name: &str, change: impl FnOnce(&mut ingress::mesh::OutlierPolicy)) {
        let mut trace = recorded(name);
        change(&mut trace.header.policy);
        assert!(!replay(&trace).mismatches.is_empty(), "{name}");
    }
    differs("growth_1s", |policy| policy.consecutive_5xx = 4);
    differs("growth_1s", |policy| {
        policy.update_merge_window = Duration::ZERO
    });
    differs("growth_1s__mw0", |policy| policy.base_ejection_time *= 2);
    differs("cap_3s__mw0", |policy| policy.max_ejection_time *= 2);
    differs("max_pct_50_three_faulty__mw0", |policy| {
        policy.max_ejection_percent = 100
    });
    differs("panic_3_of_5__mw0", |policy| {
        policy.healthy_panic_threshold = 0
    });
    differs("gateway_failure_enforced", |policy| {
        policy.enforcing_consecutive_gateway_failure = 0
    });
}
