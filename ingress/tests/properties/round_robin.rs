//! Whose turn it is, over views that do not change.

use ingress::balance::{RoundRobin, View, select};
use ingress::outlier::HostIndex;
use proptest::collection::vec;
use proptest::prelude::*;

use crate::check::check;

/// A view of 1 to 50 hosts with any of them out, and a start of the round robin. Far from 2^64, where the
/// index wraps and one turn may come early.
fn views() -> impl Strategy<Value = (View, RoundRobin)> {
    let percent = prop_oneof![Just(0), Just(50), 0..=100u32];
    (vec(any::<bool>(), 1..=50), percent, 0..=u64::MAX / 2).prop_map(|(healthy, percent, seed)| {
        let view = View::new(healthy.len(), |host| healthy[host], percent);
        (view, RoundRobin::new(seed))
    })
}

/// Who may be picked: all in panic (FACTS 7.1), else the healthy ones.
fn eligible(view: &View) -> Vec<HostIndex> {
    if view.panic() {
        (0..view.hosts()).collect()
    } else {
        view.healthy().to_vec()
    }
}

/// FACTS 8.1: as many picks in a row as there are eligible hosts are each of them once, in panic too.
#[test]
fn a_round_is_every_host_once() {
    check(&views(), |(view, mut turns)| {
        let eligible = eligible(&view);
        for _ in 0..3 {
            let picks = eligible.iter().map(|_| turns.pick(&view));
            let mut round = picks
                .collect::<Option<Vec<_>>>()
                .expect("somebody may serve");
            round.sort_unstable();
            prop_assert_eq!(&round, &eligible);
        }
        Ok(())
    });
}

/// FACTS 2.1 and 8.1: and so no host ever has two requests more than another.
#[test]
fn after_any_number_of_picks_no_host_is_two_ahead() {
    check(&(views(), 0..200usize), |((view, mut turns), picks)| {
        let mut counts = vec![0; view.hosts()];
        for _ in 0..picks {
            match turns.pick(&view) {
                Some(host) => counts[host] += 1,
                None => prop_assert!(eligible(&view).is_empty()),
            }
        }
        let eligible = eligible(&view);
        let of_eligible = || eligible.iter().map(|&host| counts[host]);
        let (least, most) = (of_eligible().min(), of_eligible().max());
        prop_assert!(most.unwrap_or(0) - least.unwrap_or(0) <= 1, "{:?}", counts);
        prop_assert_eq!(counts.iter().sum::<usize>(), of_eligible().sum::<usize>());
        Ok(())
    });
}

/// FACTS 7.1 and 7.3: panic is below the threshold only, never with threshold 0, never while the healthy
/// ones times 1.4 suffice; and only without it can there be nobody to pick.
#[test]
fn nobody_is_picked_only_if_nobody_is_healthy_and_panic_is_off() {
    let threshold = 0..=100u32;
    let views = (vec(any::<bool>(), 1..=50), threshold, any::<u64>());
    check(&views, |(healthy, threshold, seed)| {
        let view = View::new(healthy.len(), |host| healthy[host], threshold);
        let some = healthy.iter().filter(|healthy| **healthy).count();
        let share = some as f64 / healthy.len() as f64;
        if view.panic() {
            prop_assert!(100.0 * share < f64::from(threshold) && share < 0.715);
        } else {
            prop_assert!(100.0 * share >= f64::from(threshold) || share > 0.714);
        }
        let picked = RoundRobin::new(seed).pick(&view);
        prop_assert_eq!(picked.is_none(), some == 0 && threshold == 0);
        Ok(())
    });
}

/// FACTS 1.4 (`previous_hosts`): a retry takes a host that was not tried, unless it met none on as many
/// further turns as it may take.
#[test]
fn a_retry_takes_a_tried_host_only_when_it_may_look_no_further() {
    let tried = vec(0..50usize, 0..5);
    check(
        &(views(), tried, 0..5usize),
        |((view, mut turns), tried, retries)| {
            let mut taken = Vec::new();
            let selected = select(
                |host| tried.contains(&host),
                retries,
                || {
                    let turn = turns.pick(&view);
                    taken.extend(turn);
                    turn
                },
            );
            prop_assert_eq!(selected, taken.last().copied(), "the host of the last turn");
            let Some((last, passed_over)) = taken.split_last() else {
                prop_assert!(eligible(&view).is_empty());
                return Ok(());
            };
            prop_assert!(passed_over.iter().all(|host| tried.contains(host)));
            prop_assert!(taken.len() <= 1 + retries);
            prop_assert!(!tried.contains(last) || taken.len() == 1 + retries);
            Ok(())
        },
    );
}
