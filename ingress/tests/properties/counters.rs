//! The counters against one another, and against the log of events.

use ingress::outlier::{Action, Cause};
use proptest::prelude::*;

use crate::check::check;
use crate::life::lives;
use crate::play::{Cluster, play};
use crate::real::Real;

/// What the log of events and the refusals say.
#[derive(Default)]
struct Log {
    detected_5xx: u64,
    detected_gateway: u64,
    enforced_5xx: u64,
    enforced_gateway: u64,
    returns: u64,
    refused: u64,
}

/// FACTS 5.3 and 12.6.
#[test]
fn the_counters_add_up() {
    check(&lives(), |life| {
        let mut log = Log::default();
        play(&life, &mut Real::new(&life), |moment, real| {
            for event in moment.events() {
                log.add(event.action);
            }
            let refused = moment.outcomes().iter().filter(|o| o.refused.is_some());
            log.refused += refused.count() as u64;

            let counters = real.counters();
            let enforced_5xx = counters.enforced_consecutive_5xx;
            let enforced_gateway = counters.enforced_consecutive_gateway_failure;
            prop_assert_eq!(enforced_5xx, log.enforced_5xx);
            prop_assert_eq!(enforced_gateway, log.enforced_gateway);
            prop_assert_eq!(counters.enforced_total, enforced_5xx + enforced_gateway);
            prop_assert_eq!(counters.total, log.detected_5xx, "5xx that was allowed");
            prop_assert_eq!(counters.overflow, log.refused);
            let detected_5xx = counters.detected_consecutive_5xx;
            let detected_gateway = counters.detected_consecutive_gateway_failure;
            prop_assert!(detected_5xx >= counters.total);
            prop_assert!(counters.total >= enforced_5xx);
            prop_assert!(detected_gateway >= enforced_gateway);
            prop_assert_eq!(
                detected_5xx + detected_gateway,
                counters.total + log.detected_gateway + counters.overflow,
                "whatever is detected is either allowed or refused"
            );
            Ok(())
        })?;
        Ok(())
    });
}

/// FACTS 12.5: who is out has been ejected and has not returned.
#[test]
fn the_gauge_is_ejections_less_returns() {
    check(&lives(), |life| {
        let mut log = Log::default();
        play(&life, &mut Real::new(&life), |moment, real| {
            for event in moment.events() {
                log.add(event.action);
            }
            let flags = (0..life.hosts()).filter(|&host| real.detector().is_ejected(host));
            let flags = flags.count();
            prop_assert_eq!(real.ejected(), flags);
            prop_assert_eq!(
                flags as u64 + log.returns,
                log.enforced_5xx + log.enforced_gateway
            );
            let healthy = life.hosts() - flags;
            prop_assert_eq!(real.membership.view().healthy().len(), healthy);
            Ok(())
        })?;
        Ok(())
    });
}

/// FACTS 6.7: each refresh that the balancers hear of is of one kind, and only one can be waiting.
#[test]
fn each_refresh_is_counted_once() {
    check(&lives(), |life| {
        let mut published = 0;
        play(&life, &mut Real::new(&life), |moment, real| {
            let outcomes = moment.outcomes().iter();
            published += outcomes.filter(|o| o.published.is_some()).count() as u64;
            let counters = real.merge_counters();
            if !life.policy.update_merge_window.is_zero() {
                prop_assert_eq!(counters.out_of_window + counters.via_merge, published);
            }
            prop_assert!(counters.cancelled <= counters.out_of_window);
            Ok(())
        })?;
        Ok(())
    });
}

impl Log {
    fn add(&mut self, action: Action) {
        match action {
            Action::Eject { cause, enforced } => {
                let (detected, ejected) = match cause {
                    Cause::Consecutive5xx => (&mut self.detected_5xx, &mut self.enforced_5xx),
                    Cause::ConsecutiveGatewayFailure => {
                        (&mut self.detected_gateway, &mut self.enforced_gateway)
                    }
                };
                *detected += 1;
                *ejected += u64::from(enforced);
            }
            Action::Uneject => self.returns += 1,
        }
    }
}
