//! How many may be out at once.

use proptest::prelude::*;

use crate::check::check;
use crate::life::lives;
use crate::play::{Cluster, play};
use crate::real::Real;

/// FACTS 5.1: never more than the percentage allows, but for the one of `always_eject_one_host`.
#[test]
fn never_more_are_out_than_allowed() {
    check(&lives(), |life| {
        let (policy, hosts) = (life.policy.clone(), life.hosts());
        play(&life, &mut Real::new(&life), |moment, real| {
            let out = real.ejected();
            let allowed = 100 * out <= policy.max_ejection_percent as usize * hosts;
            let free = policy.always_eject_one_host && out == 1;
            prop_assert!(allowed || free, "{out} are out after {moment:?}");
            Ok(())
        })?;
        Ok(())
    });
}

/// FACTS 5.1: and never fewer: whoever is refused would have been one too many.
#[test]
fn only_one_too_many_is_refused() {
    check(&lives(), |life| {
        let policy = life.policy.clone();
        play(&life, &mut Real::new(&life), |moment, real| {
            for outcome in moment.outcomes() {
                let Some((host, refusal)) = &outcome.refused else {
                    continue;
                };
                prop_assert!(!real.detector().is_ejected(*host));
                prop_assert_eq!(refusal.ejected, real.ejected());
                prop_assert!(
                    100 * (refusal.ejected + 1)
                        > policy.max_ejection_percent as usize * life.hosts(),
                    "{}",
                    refusal
                );
                prop_assert!(refusal.ejected > 0 || !policy.always_eject_one_host);
            }
            Ok(())
        })?;
        Ok(())
    });
}
