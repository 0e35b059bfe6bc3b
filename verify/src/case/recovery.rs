//! Recovered while ejected, a replica serves again after its time.

use super::Judgement;
use super::life::Life;
use super::returning::TOO_EARLY;
use crate::cause::Cause;
use crate::claim::Verdict;
use crate::expected::Expected;
use crate::output::seconds;
use crate::recording::Recording;

pub(super) fn judge(expected: &Expected, recording: &Recording) -> Judgement {
    let promise = "nothing while it is out, then its share again, all of it 200";
    let life = Life::of(expected, recording);
    let ejected = life.and_then(|life| Some((life, life.out?, life.recovered?)));
    let Some((life, _, recovered)) = ejected else {
        let reason = life.map_or("no replica fell ill", |life| life.no_ejection());
        return Judgement::not_measured(promise, reason);
    };
    if life.back.is_some() && life.out_again.is_none() {
        return Judgement::not_measured(promise, "it was not out when it was made well");
    }
    let name = &recording.hosts[life.sick];
    let Some(back) = life.back_for_good else {
        let silent = recording.end().saturating_sub(recovered);
        if silent < expected.turn() {
            return Judgement::not_measured(promise, TOO_EARLY);
        }
        return Judgement {
            expected: promise.to_owned(),
            measured: format!(
                "{name} serves nothing, {} after it was made well",
                seconds(silent)
            ),
            verdict: Verdict::fails([Cause::ejected_before(), Cause::times("longer")]),
        };
    };
    let (mut all, mut its, mut errors) = (0, 0, 0);
    for answer in recording.within(back..recording.all().end) {
        all += 1;
        its += usize::from(answer.host == Some(life.sick));
        errors += usize::from(answer.status != 200);
    }
    if all < expected.silence() {
        return Judgement::not_measured(promise, "too few requests after its return");
    }
    let mean = all / expected.hosts;
    let least = if expected.profile.round_robin() {
        mean / 2
    } else {
        mean / 10
    };
    Judgement {
        expected: promise.to_owned(),
        measured: format!(
            "back {} after it was made well; of {all} requests since then {its} by {name}, {errors} not 200",
            seconds(back.saturating_sub(recovered))
        ),
        verdict: if errors > 0 {
            Verdict::fails([Cause::other()])
        } else if its < least {
            Verdict::fails([Cause::not_round_robin()])
        } else {
            Verdict::Holds
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::Case;
    use crate::case::fixture::on;
    use crate::case::fixture::{EXPECTED, fails, holds, life, not_measured, play};
    use crate::profile::Profile;

    const CASE: Case = Case::Recovery;
    const TWICE: &str = "abcde*2 fault:a Abcde*5 bcde*190 Abcde*5 bcde*20 recover:a";

    fn then(order: &str) -> Recording {
        play(&format!("{TWICE} {order}"))
    }

    #[test]
    fn it_serves_its_share_again() {
        let measured = holds(CASE, &EXPECTED, &life());
        assert_eq!(
            measured,
            "back 26.6 s after it was made well; of 120 requests since then 24 by a, 0 not 200"
        );
    }

    #[test]
    fn half_of_the_mean_is_a_share_and_less_is_not() {
        // 24 would be the mean of 120.
        holds(CASE, &EXPECTED, &then("bcde*332 abcde*12 bcde*15"));
        let little = then("bcde*332 abcde*11 bcde*16 b");
        fails(CASE, &EXPECTED, &little, &["not-round-robin"]);
        let linkerd = on(Profile::Linkerd);
        let second = TWICE.replace(" Abcde*5 bcde*20", " A bcde*20");
        let order = |served: usize| format!("{second} bcde*332 abcde*{served} bcde*28");
        holds(CASE, &linkerd, &play(&order(2)));
        fails(CASE, &linkerd, &play(&order(1)), &["not-round-robin"]);
    }

    #[test]
    fn an_error_after_its_return_is_something_else() {
        let recording = then("bcde*332 abcde*20 abcd- abcde*3");
        let measured = fails(CASE, &EXPECTED, &recording, &["unknown"]);
        assert!(measured.ends_with("24 by a, 1 not 200"), "{measured}");
    }

    #[test]
    fn one_that_stays_away_fails() {
        let measured = fails(
            CASE,
            &EXPECTED,
            &then("bcde*1000"),
            &["ejected-before", "times"],
        );
        assert_eq!(measured, "a serves nothing, 80 s after it was made well");
    }

    #[test]
    fn what_was_not_out_or_not_watched_says_nothing() {
        let again = "abcde*2 fault:a Abcde*5 bcde*190 Abcde*100 recover:a abcde*20";
        for (recording, reason) in [
            (play("abcde*20"), "no replica fell ill"),
            (
                play("abcde*2 fault:a Abcde*20 recover:a abcde"),
                "it was not ejected",
            ),
            (play(again), "it was not out when it was made well"),
            (then(""), "the recording ends before it is due"),
            (then("bcde*10"), "the recording ends before it is due"),
            (
                then("bcde*332 abcde*2"),
                "too few requests after its return",
            ),
        ] {
            assert_eq!(not_measured(CASE, &EXPECTED, &recording), reason);
        }
    }
}
