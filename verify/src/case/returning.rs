//! An ejected replica comes back when the policy says.

use std::time::Duration;

use super::Judgement;
use super::life::Life;
use crate::cause::Cause;
use crate::claim::Verdict;
use crate::expected::Expected;
use crate::output::{count, seconds};
use crate::profile::Return;
use crate::recording::Recording;

/// A scenario ends early when the mesh does not do its part.
pub(super) const TOO_EARLY: &str = "the recording ends before it is due";

pub(super) fn judge(expected: &Expected, recording: &Recording) -> Judgement {
    let nth = recording.ejected_before + 1;
    let promise = promise(expected, nth);
    let life = Life::of(expected, recording);
    let Some((life, out)) = life.and_then(|life| Some((life, life.out?))) else {
        let reason = life.map_or("no replica fell ill", |life| life.no_ejection());
        return Judgement::not_measured(promise, reason);
    };
    let end = life.back.or(life.recovered).unwrap_or(recording.end());
    let away = end.saturating_sub(out);
    let range = expected.time_out(nth);
    let probes = expected.profile.returns() == Return::Probe;
    let (measured, verdict) = if life.back.is_none() && away <= *range.end() {
        return Judgement::not_measured(promise, TOO_EARLY);
    } else if life.back.is_none() {
        (
            format!("still out after {}", seconds(away)),
            Verdict::fails(causes(expected, away, nth)),
        )
    } else if !range.contains(&away) {
        (
            format!("back after {}", seconds(away)),
            Verdict::fails(causes(expected, away, nth)),
        )
    } else if probes && life.answers_again > 1 {
        (
            format!(
                "back after {}, for {}",
                seconds(away),
                count(life.answers_again, "request")
            ),
            Verdict::fails([Cause::no_probe()]),
        )
    } else {
        (format!("back after {}", seconds(away)), Verdict::Holds)
    };
    Judgement {
        expected: promise,
        measured,
        verdict,
    }
}

/// When a replica is back from its `nth` ejection, in words.
pub(super) fn promise(expected: &Expected, nth: u32) -> String {
    let least = expected.shortest(nth);
    match expected.profile.returns() {
        Return::Sweep => format!(
            "back after {} to {}: in the first sweep that finds it out for {}",
            seconds(least),
            seconds(least + expected.policy.interval),
            seconds(least)
        ),
        Return::Probe => format!("one request probes it after {}", seconds(least)),
    }
}

/// Why a replica was not away for the time of its `nth` ejection.
pub(super) fn causes(expected: &Expected, away: Duration, nth: u32) -> Vec<Cause> {
    if away < *expected.time_out(nth).start() {
        return vec![Cause::times("shorter")];
    }
    let later = (nth + 1..nth + 10).any(|nth| expected.time_out(nth).contains(&away));
    if later {
        vec![Cause::ejected_before(), Cause::times("longer")]
    } else {
        vec![Cause::times("longer"), Cause::ejected_before()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::Case;
    use crate::case::fixture::on;
    use crate::case::fixture::{EXPECTED, fails, holds, life, ms, not_measured, play, promised};
    use crate::profile::Profile;

    const CASE: Case = Case::Return;

    /// Out with the error at 602 ms, and back after this time.
    fn back_after(time: u64) -> Recording {
        let mut recording = play("abcde*2 fault:a Abcde*5 bcde*20 A bcde*20");
        recording.answers[115].at = ms(602 + time);
        recording
    }

    #[test]
    fn it_is_back_in_a_sweep_after_its_time() {
        assert_eq!(holds(CASE, &EXPECTED, &life()), "back after 15.3 s");
        assert_eq!(
            promised(CASE, &EXPECTED),
            "back after 10 s to 20 s: in the first sweep that finds it out for 10 s"
        );
    }

    #[test]
    fn the_time_is_the_base_up_to_an_interval_more_and_what_it_takes_to_see_it() {
        for time in [9_900, 10_000, 20_850] {
            holds(CASE, &EXPECTED, &back_after(time));
        }
        let measured = fails(CASE, &EXPECTED, &back_after(9_899), &["times"]);
        assert_eq!(measured, "back after 9.9 s");
        // It could be the second ejection in a row.
        let causes = ["ejected-before", "times"];
        fails(CASE, &EXPECTED, &back_after(20_851), &causes);
        // It could not be any.
        let causes = ["times", "ejected-before"];
        fails(CASE, &EXPECTED, &back_after(200_000), &causes);
    }

    #[test]
    fn the_wrong_time_is_called_shorter_or_longer() {
        let means = |time| causes(&EXPECTED, ms(time), 1)[0].means.clone();
        assert_eq!(
            means(5_000),
            "the mesh keeps a host out for a shorter time than the policy promises"
        );
        assert_eq!(
            means(200_000),
            "the mesh keeps a host out for a longer time than the policy promises"
        );
    }

    #[test]
    fn one_that_was_ejected_before_is_out_for_longer() {
        let mut recording = back_after(25_000);
        recording.ejected_before = 1;
        holds(CASE, &EXPECTED, &recording);
        recording.answers[115].at = ms(15_000);
        fails(CASE, &EXPECTED, &recording, &["times"]);
    }

    #[test]
    fn one_that_is_not_back_in_time_fails_and_before_its_time_says_nothing() {
        let late = play("abcde*2 fault:a Abcde*5 bcde*600 recover:a bcde*20");
        let causes = ["ejected-before", "times"];
        let measured = fails(CASE, &EXPECTED, &late, &causes);
        assert_eq!(measured, "still out after 48.1 s");
        let early = play("abcde*2 fault:a Abcde*5 bcde*100 recover:a bcde*20");
        let reason = not_measured(CASE, &EXPECTED, &early);
        assert_eq!(reason, "the recording ends before it is due");
    }

    #[test]
    fn after_another_threshold_the_time_counts_from_the_error_that_ejects() {
        for errors in [1, 3, 8] {
            let order = format!("abcde*2 fault:a Abcde*{errors} bcde*190 Abcde*9 bcde*20");
            let measured = holds(CASE, &EXPECTED, &play(&order));
            assert_eq!(measured, "back after 15.3 s");
        }
    }

    #[test]
    fn linkerd_sends_one_request_when_the_time_is_over() {
        let linkerd = on(Profile::Linkerd);
        let promise = promised(CASE, &linkerd);
        assert_eq!(promise, "one request probes it after 10 s");
        let one = play("abcde*2 fault:a Abcde*5 bcde*125 A bcde*20");
        assert_eq!(holds(CASE, &linkerd, &one), "back after 10.1 s");
        let two = play("abcde*2 fault:a Abcde*5 bcde*125 AbcdeA bcde*20");
        let measured = fails(CASE, &linkerd, &two, &["no-probe"]);
        assert_eq!(measured, "back after 10.1 s, for 2 requests");
        // No sweep is waited for.
        let causes = ["times", "ejected-before"];
        fails(CASE, &linkerd, &back_after(15_300), &causes);
    }

    #[test]
    fn without_an_ejection_there_is_no_return() {
        let sick = play("abcde*2 fault:a Abcde*20");
        assert_eq!(not_measured(CASE, &EXPECTED, &sick), "it was not ejected");
        let well = play("abcde*20");
        assert_eq!(not_measured(CASE, &EXPECTED, &well), "no replica fell ill");
    }
}
