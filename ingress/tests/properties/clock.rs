//! The time is an argument: the same life is lived the same way, at any speed, and after any rest.

use std::time::Duration;

use proptest::prelude::*;
use proptest::test_runner::TestCaseError;

use crate::check::check;
use crate::life::{Life, Step, lives, lives_in_ticks};
use crate::play::{Moment, play};
use crate::real::Real;
use crate::same_as_model::same;

#[test]
fn the_same_life_is_lived_twice_the_same() {
    check(&lives(), |life| same(&live(&life)?, &live(&life)?));
}

/// A clock that runs faster changes no decision, only the times of them. The lives have whole milliseconds
/// at either speed: the merge window counts no others (FACTS 6.1).
#[test]
fn a_faster_clock_changes_no_decision() {
    check(&(lives_in_ticks(), 2..=100u32), |(life, factor)| {
        let fast = life.timed(|ticks| ticks * 1_000_000);
        let slow = fast.clone().timed(|time| time * factor);
        prop_assert_eq!(&slow.policy.sped_up(f64::from(factor)), &fast.policy);
        let sped_up = retimed(&live(&slow)?, |at| at / factor, |_, length| length / factor);
        same(&live(&fast)?, &sped_up)
    });
}

/// A window that is sped up to less than a millisecond is compared as it is, so that nothing is lost to
/// rounding there either.
#[test]
fn not_even_a_clock_too_fast_for_milliseconds() {
    check(&lives_in_ticks(), |life| {
        let fast = life.timed(|ticks| ticks * 1_000);
        let slow = fast.clone().timed(|time| time * 1_000);
        let sped_up = retimed(&live(&slow)?, |at| at / 1_000, |_, length| length / 1_000);
        same(&live(&fast)?, &sped_up)
    });
}

/// After a rest in which everyone came back, every multiplier is down to zero (FACTS 4.4) and every
/// refresh is long past (6.1), it does not matter how many more intervals the rest goes on.
#[test]
fn after_a_long_rest_a_longer_one_changes_nothing() {
    let rests = (lives(), any::<prop::sample::Index>(), 1..100u32);
    check(&rests, |(life, at, intervals)| {
        let life = life.on_time();
        let at = at.index(life.steps.len());
        let policy = &life.policy;
        let steps_down = policy.max_ejection_time.as_nanos() / policy.base_ejection_time.as_nanos();
        // The last return may wait a window to be heard of, and that is then the last refresh.
        let rest = policy.max_ejection_time
            + policy.interval * (steps_down as u32 + 5)
            + policy.update_merge_window * 2
            + Duration::from_millis(1);
        let longer = policy.interval * intervals;

        let (begin, short) = after_a_rest(&life, at, rest)?;
        let (_, long) = after_a_rest(&life, at, rest + longer)?;
        let short = retimed(&short, |at| at + longer, |_, length| length);
        // What reaches back to before the rest has grown with it.
        let long = retimed(
            &long,
            |at| at,
            |at, length| {
                if at - length <= begin + rest {
                    length - longer
                } else {
                    length
                }
            },
        );
        same(&short, &long)
    });
}

/// The life with a rest before its step `at`: when that begins, and what happens after it.
fn after_a_rest(
    life: &Life,
    at: usize,
    rest: Duration,
) -> Result<(Duration, Vec<Moment>), TestCaseError> {
    let mut before = life.clone();
    before.steps.truncate(at);
    let begin = play(&before, &mut Real::new(life), |_, _| Ok(()))?;
    before.steps.push(Step::Wait(rest));
    let until_its_end = live(&before)?.len();

    let mut whole = life.clone();
    whole.steps.insert(at, Step::Wait(rest));
    Ok((begin, live(&whole)?.split_off(until_its_end)))
}

fn live(life: &Life) -> Result<Vec<Moment>, TestCaseError> {
    let mut moments = Vec::new();
    play(life, &mut Real::new(life), |moment, _| {
        moments.push(moment.clone());
        Ok(())
    })?;
    Ok(moments)
}

/// The same moments with other times: `at` for points in time, `length` for the time up to such a point.
fn retimed(
    moments: &[Moment],
    at: impl Fn(Duration) -> Duration,
    length: impl Fn(Duration, Duration) -> Duration,
) -> Vec<Moment> {
    let mut moments = moments.to_vec();
    for moment in &mut moments {
        for outcome in moment.outcomes_mut() {
            for event in &mut outcome.events {
                let since = event.since_last_action;
                event.since_last_action = since.map(|since| length(event.at, since));
                event.at = at(event.at);
            }
            if let Some((_, refusal)) = &mut outcome.refused {
                refusal.at = at(refusal.at);
            }
        }
        moment.at = at(moment.at);
    }
    moments
}
