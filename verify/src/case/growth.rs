//! Still sick, a replica is ejected again, and stays out longer.

use super::Judgement;
use super::life::Life;
use super::returning::{TOO_EARLY, causes, promise};
use crate::cause::Cause;
use crate::claim::Verdict;
use crate::expected::Expected;
use crate::output::seconds;
use crate::recording::Recording;

pub(super) fn judge(expected: &Expected, recording: &Recording) -> Judgement {
    let nth = recording.ejected_before + 2;
    let promise = format!("ejected again; {}", promise(expected, nth));
    let life = Life::of(expected, recording);
    let first = life.and_then(|life| Some((life, life.out?, life.back?)));
    let Some((life, out, back)) = first else {
        let reason = match life {
            None => "no replica fell ill",
            Some(life) if life.out.is_none() => life.no_ejection(),
            Some(_) => "it did not come back",
        };
        return Judgement::not_measured(promise, reason);
    };
    let Some(out_again) = life.out_again else {
        return Judgement {
            expected: promise,
            measured: "it answers with errors, and is not ejected again".to_owned(),
            verdict: Verdict::fails([Cause::panic(), Cause::other()]),
        };
    };
    let first = back.saturating_sub(out);
    let end = life.back_for_good.unwrap_or(recording.end());
    let second = end.saturating_sub(out_again);
    let range = expected.time_out(nth);
    if life.back_for_good.is_none() && second <= *range.end() {
        return Judgement::not_measured(promise, TOO_EARLY);
    }
    // That it is longer than the first one is in the range, as far as sweeps let one see it.
    let verdict = if life.back_for_good.is_some() && range.contains(&second) {
        Verdict::Holds
    } else {
        Verdict::fails(causes(expected, second, nth))
    };
    let measured = match life.back_for_good {
        Some(_) => format!(
            "out for {}, the first time {}",
            seconds(second),
            seconds(first)
        ),
        None => format!("still out after {}", seconds(second)),
    };
    Judgement {
        expected: promise,
        measured,
        verdict,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::Case;
    use crate::case::fixture::on;
    use crate::case::fixture::{EXPECTED, fails, holds, life, ms, not_measured, play, promised};
    use crate::profile::Profile;

    const CASE: Case = Case::Growth;
    const ONCE: &str = "abcde*2 fault:a Abcde*5 bcde*190";

    fn once_and(order: &str) -> Recording {
        play(&format!("{ONCE} {order}"))
    }

    #[test]
    fn the_second_ejection_is_as_long_as_the_policy_says() {
        let measured = holds(CASE, &EXPECTED, &life());
        assert_eq!(measured, "out for 28.3 s, the first time 15.3 s");
        assert_eq!(
            promised(CASE, &EXPECTED),
            "ejected again; back after 20 s to 30 s: in the first sweep that finds it out for 20 s"
        );
    }

    /// FACTS 2.5: the balancer hears of the second ejection a second late.
    #[test]
    fn it_counts_from_the_error_that_ejects_though_more_follow() {
        let late = once_and("Abcde*15 bcde*20 recover:a bcde*322 abcde*24");
        let measured = holds(CASE, &EXPECTED, &late);
        assert_eq!(measured, "out for 28.5 s, the first time 15.3 s");
    }

    #[test]
    fn as_long_as_the_first_time_is_too_short() {
        let same = once_and("Abcde*5 bcde*20 recover:a bcde*170 abcde*24");
        let measured = fails(CASE, &EXPECTED, &same, &["times"]);
        assert_eq!(measured, "out for 15.3 s, the first time 15.3 s");
        // Unless the policy lets no ejection be longer than the first.
        let mut capped = EXPECTED;
        capped.policy.max_ejection_time = ms(10_000);
        holds(CASE, &capped, &same);
    }

    #[test]
    fn one_that_is_not_back_in_time_fails_and_before_its_time_says_nothing() {
        let late = once_and("Abcde*5 bcde*20 recover:a bcde*1000");
        let causes = ["ejected-before", "times"];
        let measured = fails(CASE, &EXPECTED, &late, &causes);
        assert_eq!(measured, "still out after 81.7 s");
        let early = once_and("Abcde*5 bcde*20 recover:a bcde*20");
        let reason = not_measured(CASE, &EXPECTED, &early);
        assert_eq!(reason, "the recording ends before it is due");
    }

    #[test]
    fn one_that_stays_in_spite_of_its_errors_fails() {
        let endless = once_and("Abcde*100 recover:a abcde*2");
        let measured = fails(CASE, &EXPECTED, &endless, &["panic", "unknown"]);
        assert_eq!(measured, "it answers with errors, and is not ejected again");
    }

    #[test]
    fn linkerd_waits_twice_as_long_after_one_failed_request() {
        let linkerd = on(Profile::Linkerd);
        let order = "abcde*2 fault:a Abcde*5 bcde*125 A bcde*20 recover:a bcde*230 abcde*24";
        let measured = holds(CASE, &linkerd, &play(order));
        assert_eq!(measured, "out for 20 s, the first time 10.1 s");
        assert_eq!(
            promised(CASE, &linkerd),
            "ejected again; one request probes it after 20 s"
        );
    }

    #[test]
    fn without_a_first_time_there_is_no_second() {
        for (order, reason) in [
            ("abcde*20", "no replica fell ill"),
            ("abcde*2 fault:a Abcde*20", "it was not ejected"),
            ("abcde*2 fault:a Abcde*5 bcde*600", "it did not come back"),
        ] {
            assert_eq!(not_measured(CASE, &EXPECTED, &play(order)), reason);
        }
    }
}
