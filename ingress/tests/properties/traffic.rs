//! Who gets traffic.

use std::time::Duration;

use ingress::outlier::{Action, Event};
use proptest::prelude::*;

use crate::check::check;
use crate::life::lives;
use crate::play::{What, play};
use crate::real::Real;

/// Outside panic nobody is picked who was already out a merge window ago (FACTS 6.1), later only by as
/// much as the timer is late; in panic anyone may be (7.1).
#[test]
fn who_is_out_gets_no_traffic_once_the_balancers_know() {
    check(&lives(), |life| {
        let window = life.policy.update_merge_window;
        play(&life, &mut Real::new(&life), |moment, real| {
            let What::Picked(Some(host)) = moment.what else {
                return Ok(());
            };
            let Some((since, _)) = real.detector().report(host).ejected else {
                return Ok(());
            };
            let heard = window.is_zero() || moment.at >= since + window + life.late;
            prop_assert!(
                real.view.panic() || !heard,
                "host {host} is out since {since:?} and picked at {:?}",
                moment.at
            );
            Ok(())
        })?;
        Ok(())
    });
}

/// FACTS 6.1: what the balancers know is what is, no later than one window after the last change.
#[test]
fn the_balancers_know_all_a_window_after_the_last_change() {
    check(&lives(), |life| {
        let window = life.policy.update_merge_window;
        let mut last_change = None;
        play(&life, &mut Real::new(&life), |moment, real| {
            if moment.events().any(is_change) {
                last_change = Some(moment.at);
            }
            // With the window switched off there is no timer that could be late (6.5).
            let wait = if window.is_zero() {
                Duration::ZERO
            } else {
                window + life.late
            };
            if last_change.is_none_or(|changed| moment.at >= changed + wait) {
                prop_assert_eq!(&real.view, &real.membership.view(), "at {:?}", moment.at);
            }
            Ok(())
        })?;
        Ok(())
    });
}

/// FACTS 7.3: nobody is picked only where nobody is known as healthy, and it is no panic.
#[test]
fn a_request_finds_nobody_only_if_all_are_out_and_panic_is_off() {
    check(&lives(), |life| {
        play(&life, &mut Real::new(&life), |moment, real| {
            if let What::Picked(picked) = moment.what {
                let nobody = real.view.healthy().is_empty();
                let panic = life.policy.healthy_panic_threshold > 0;
                prop_assert_eq!(picked.is_none(), nobody && !panic);
            }
            Ok(())
        })?;
        Ok(())
    });
}

fn is_change(event: &Event) -> bool {
    !matches!(
        event.action,
        Action::Eject {
            enforced: false,
            ..
        }
    )
}
