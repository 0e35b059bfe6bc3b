//! What the report foretells comes true.

use std::time::Duration;

use ingress::outlier::Action;
use proptest::prelude::*;

use crate::check::check;
use crate::life::lives;
use crate::play::{Cluster, play};
use crate::real::Real;

/// FACTS 4.2: if the sweeps are on time, a host returns when the report said, whenever it was asked.
#[test]
fn hosts_return_when_the_report_says() {
    check(&lives(), |life| {
        let life = life.on_time();
        let mut foretold: Vec<Option<Duration>> = vec![None; life.hosts()];
        play(&life, &mut Real::new(&life), |moment, real| {
            for (host, foretold) in foretold.iter_mut().enumerate() {
                let now = real.report(host).earliest_return;
                let mut events = moment.events().filter(|event| event.host == host);
                if events.any(|event| event.action == Action::Uneject) {
                    prop_assert_eq!(foretold.take(), Some(moment.at));
                    prop_assert_eq!(now, None);
                } else if foretold.is_some() {
                    prop_assert_eq!(now, *foretold, "a prophecy does not change");
                }
                *foretold = now;
            }
            Ok(())
        })?;
        Ok(())
    });
}

/// FACTS 4.5: the next ejection needs as long as the report said: the host returns at the first sweep after
/// that time, which on time is less than an interval later.
#[test]
fn the_next_ejection_is_as_long_as_the_report_says() {
    check(&lives(), |life| {
        let life = life.on_time();
        let interval = life.policy.interval;
        let report = |real: &Real, host| real.report(host).next_ejection;
        let mut next: Vec<Duration> = vec![life.policy.base_ejection_time; life.hosts()];
        let mut out = vec![None; life.hosts()];
        play(&life, &mut Real::new(&life), |moment, real| {
            for event in moment.events() {
                let host = event.host;
                match event.action {
                    Action::Eject { enforced: true, .. } => {
                        out[host] = Some((moment.at, next[host]));
                    }
                    Action::Eject { .. } => {}
                    Action::Uneject => {
                        let (since, length) = out[host].take().expect("only who is out returns");
                        let stayed = moment.at - since;
                        prop_assert!(stayed >= length && stayed < length + interval);
                    }
                }
            }
            for (host, next) in next.iter_mut().enumerate() {
                *next = report(real, host);
            }
            Ok(())
        })?;
        Ok(())
    });
}
