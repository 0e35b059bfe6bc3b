//! What it takes to be ejected, and what becomes of the multiplier.

use std::time::Duration;

use ingress::outlier::{Action, Cause};
use proptest::prelude::*;

use crate::check::check;
use crate::life::lives;
use crate::play::{Cluster, What, play};
use crate::real::Real;

/// FACTS 3.6 and 3.9: the last answers of an ejected host, as many as the threshold says, were all
/// errors of that kind, and none of them came before its return or before the last decision about it.
#[test]
fn it_takes_a_full_threshold_of_errors_in_a_row() {
    check(&lives(), |life| {
        // Per host: what it answered since each count began anew, any 5xx and gateway failures.
        let mut answers = vec![(Vec::new(), Vec::new()); life.hosts()];
        play(&life, &mut Real::new(&life), |moment, _| {
            if let What::Answered { host, status, .. } = moment.what {
                answers[host].0.push(status);
                answers[host].1.push(status);
            }
            for outcome in moment.outcomes() {
                let refused = outcome.refused.iter();
                let refused = refused.map(|(host, refusal)| (*host, refusal.cause));
                let found = outcome
                    .events
                    .iter()
                    .filter_map(|event| match event.action {
                        Action::Eject { cause, .. } => Some((event.host, cause)),
                        Action::Uneject => None,
                    });
                for (host, cause) in refused.chain(found) {
                    let (answers, threshold, kind) = match cause {
                        Cause::Consecutive5xx => {
                            (&mut answers[host].0, life.policy.consecutive_5xx, 500..=599)
                        }
                        Cause::ConsecutiveGatewayFailure => (
                            &mut answers[host].1,
                            life.policy.consecutive_gateway_failure,
                            502..=504,
                        ),
                    };
                    let last = answers.iter().rev();
                    let errors = last.take_while(|&status| kind.contains(status)).count();
                    prop_assert_eq!(errors, threshold as usize, "of {:?}", answers);
                    answers.clear();
                }
            }
            for event in moment.events() {
                if event.action == Action::Uneject {
                    answers[event.host] = Default::default();
                }
            }
            Ok(())
        })?;
        Ok(())
    });
}

/// FACTS 4.3, 4.4, 4.7: an ejection adds one to the count of the life and at most one to the
/// multiplier, up to one step beyond the cap; only a sweep that finds the host in takes one off.
#[test]
fn the_multiplier_is_what_is_left_of_the_ejections() {
    check(&lives(), |life| {
        let policy = life.policy.clone();
        // Per host: ejections in its life, multiplier, and when it returned.
        let mut before = vec![(0, 0, None::<Duration>); life.hosts()];
        play(&life, &mut Real::new(&life), |moment, real| {
            let concerned = match moment.what {
                What::Picked(_) => 0..0,
                What::Answered { host, .. } => host..host + 1,
                What::Woke(_) => 0..life.hosts(),
            };
            for host in concerned {
                let report = real.report(host);
                let (ejections, multiplier, returned) = before[host];
                let action = |wanted: fn(Action) -> bool| {
                    let mut events = moment.events();
                    events.any(|event| event.host == host && wanted(event.action))
                };
                let ejected =
                    action(|action| matches!(action, Action::Eject { enforced: true, .. }));
                let returns = action(|action| action == Action::Uneject);
                prop_assert_eq!(report.ejections, ejections + u32::from(ejected));

                let base = policy.base_ejection_time;
                let is_at_its_end = base * multiplier >= policy.max_ejection_time + base;
                let gone = multiplier.saturating_sub(report.multiplier);
                if ejected {
                    prop_assert_eq!(report.multiplier, multiplier + u32::from(!is_at_its_end));
                } else if returns || report.ejected.is_some() {
                    prop_assert_eq!(report.multiplier, multiplier, "while it is out");
                } else {
                    prop_assert!(report.multiplier <= multiplier && gone <= 1);
                }
                if gone > 0 {
                    let since = returned.map(|returned| moment.at - returned);
                    prop_assert!(matches!(moment.what, What::Woke(_)));
                    prop_assert!(since.is_some_and(|since| since >= policy.interval));
                }
                prop_assert!(report.multiplier <= report.ejections);
                let returned = if returns { Some(moment.at) } else { returned };
                before[host] = (report.ejections, report.multiplier, returned);
            }
            Ok(())
        })?;
        Ok(())
    });
}
