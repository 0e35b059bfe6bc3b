//! How long hosts stay out.

use std::time::Duration;

use ingress::outlier::{Action, Event, HostIndex};
use proptest::prelude::*;

use crate::check::check;
use crate::life::{Life, Step, lives};
use crate::play::{Cluster, What, play};
use crate::real::Real;

/// FACTS 4.1 and 4.2: a host returns at the first sweep at which min(multiplier x base, max) has passed,
/// so never earlier than that, and less than an interval later (and what the sweep is late).
#[test]
fn each_host_returns_at_the_first_sweep_after_its_time() {
    check(&lives(), |life| {
        let policy = life.policy.clone();
        // Since when each host is out, and for how long it must be.
        let mut out: Vec<Option<(Duration, Duration)>> = vec![None; life.hosts()];
        let mut next_sweep = policy.interval;
        play(&life, &mut Real::new(&life), |moment, real| {
            let now = moment.at;
            let swept = matches!(moment.what, What::Woke(_)) && now >= next_sweep;
            prop_assert_eq!(swept, real.detector().next_sweep() != next_sweep);
            if swept {
                next_sweep = now + policy.interval;
            }
            for Event { host, action, .. } in moment.events() {
                match action {
                    Action::Eject { enforced: true, .. } => {
                        let multiplier = real.report(*host).multiplier;
                        let time = policy.base_ejection_time * multiplier;
                        out[*host] = Some((now, time.min(policy.max_ejection_time)));
                    }
                    Action::Eject { .. } => {}
                    Action::Uneject => {
                        prop_assert!(swept, "between two sweeps");
                        let (since, time) = out[*host].take().expect("only who is out returns");
                        let stayed = now - since;
                        prop_assert!(stayed >= time, "{stayed:?} is too early");
                        let most = time + policy.interval + life.late;
                        prop_assert!(stayed < most, "{stayed:?} is too late");
                    }
                }
            }
            for (host, out) in out.iter().enumerate() {
                prop_assert_eq!(out.is_some(), real.detector().is_ejected(host));
                let due = out.is_some_and(|(since, time)| now - since >= time);
                prop_assert!(!(swept && due), "host {} was forgotten", host);
            }
            Ok(())
        })?;
        Ok(())
    });
}

/// However a life went: leave it alone for the longest ejection and an interval, and all are back.
#[test]
fn everyone_comes_back() {
    check(&lives(), |mut life: Life| {
        let longest = life.policy.max_ejection_time + life.policy.interval + life.late;
        let unheard = life.policy.update_merge_window + life.late;
        life.steps.push(Step::Wait(longest + unheard));
        let mut real = Real::new(&life);
        play(&life, &mut real, |_, _| Ok(()))?;
        let everyone: Vec<HostIndex> = (0..life.hosts()).collect();
        prop_assert_eq!(real.ejected(), 0);
        prop_assert_eq!(real.view.healthy(), everyone, "and the balancers know");
        Ok(())
    });
}
