//! A sick replica costs as many errors as the policy says, then none.

use super::Judgement;
use super::life::Life;
use crate::cause::{Cause, not_ejected};
use crate::claim::Verdict;
use crate::expected::Expected;
use crate::output::count;
use crate::recording::Recording;

pub(super) fn judge(expected: &Expected, recording: &Recording) -> Judgement {
    let threshold = expected.policy.max_server_errors as usize;
    let promise = format!(
        "{}, all from the sick replica, then none from it",
        count(threshold, "error")
    );
    let Some(life) = Life::of(expected, recording) else {
        return Judgement::not_measured(promise, "no replica fell ill");
    };
    let name = &recording.hosts[life.sick];
    let end = life.back.or(life.recovered).unwrap_or(recording.end());
    let others = recording
        .within(life.fell_ill..end)
        .filter(|of| of.is_error() && of.host != Some(life.sick))
        .count();
    let told = recording.mesh.as_ref().map(|(_, after)| &*after.ejected);
    let told_of_it = told.and_then(|told| told.get(life.sick).copied().flatten());
    let told_of_others = told.is_some_and(|told| {
        let mut others = told
            .iter()
            .enumerate()
            .filter(|(host, _)| *host != life.sick);
        others.any(|(_, out)| *out == Some(true))
    });

    let errors = count(life.errors, "error");
    let mut measured = match life.out {
        None if life.is_hidden() => format!("no error from {name} reached the client"),
        None => format!("{errors} from {name}, and no end"),
        Some(_) => format!("{errors} from {name}, then none"),
    };
    if life.in_flight > 0 {
        measured += &format!(" ({} of them in flight)", life.in_flight);
    }
    if others > 0 {
        measured += &format!("; {} not its own", count(others, "error"));
    }
    measured += match (told_of_it, told_of_others) {
        (_, true) => "; the mesh says that another one is ejected",
        (Some(true), false) => "; the mesh names it too",
        (Some(false), false) => "; the mesh says that it is not ejected",
        (None, false) => "; the mesh does not tell",
    };

    let own = life.errors - life.in_flight;
    let verdict = if life.is_hidden() {
        Verdict::fails([Cause::retries()])
    } else if life.out.is_none() {
        Verdict::fails(not_ejected(expected, recording, 1))
    } else if own > threshold && (own.is_multiple_of(threshold) || recording.is_of_several_fronts())
    {
        Verdict::fails([
            Cause::several_views(),
            Cause::threshold(own, expected.policy.max_server_errors),
        ])
    } else if own != threshold {
        Verdict::fails([Cause::threshold(own, expected.policy.max_server_errors)])
    } else if others > 0 || told_of_others || told_of_it == Some(false) {
        Verdict::fails([Cause::other()])
    } else {
        Verdict::Holds
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
    use crate::case::fixture::{
        EXPECTED, fails, holds, life, ms, on, percent, play, promised, told,
    };
    use crate::profile::Profile;

    const CASE: Case = Case::Ejection;

    #[test]
    fn the_thresholds_number_of_errors_and_then_none() {
        let measured = holds(CASE, &EXPECTED, &life());
        assert_eq!(
            measured,
            "5 errors from a, then none; the mesh does not tell"
        );
        assert_eq!(
            promised(CASE, &EXPECTED),
            "5 errors, all from the sick replica, then none from it"
        );
        let mut first = EXPECTED;
        first.policy.max_server_errors = 1;
        let measured = holds(CASE, &first, &play("abcde fault:a Abcde bcde*20"));
        assert_eq!(
            measured,
            "1 error from a, then none; the mesh does not tell"
        );
    }

    #[test]
    fn the_mesh_has_to_name_the_same_one() {
        let says = |out| told(life(), out, &[]);
        let measured = holds(CASE, &EXPECTED, &says("a"));
        assert!(measured.ends_with("; the mesh names it too"), "{measured}");
        let measured = fails(CASE, &EXPECTED, &says(""), &["unknown"]);
        assert!(measured.ends_with("; the mesh says that it is not ejected"));
        let measured = fails(CASE, &EXPECTED, &says("ab"), &["unknown"]);
        assert!(measured.ends_with("; the mesh says that another one is ejected"));
    }

    #[test]
    fn what_is_in_flight_at_the_ejection_is_not_counted() {
        let mut recording = play("abcde*2 fault:a Abcde*5 A bcde*20");
        // The fifth error comes at 602 ms.
        recording.answers[35].sent = ms(601);
        let measured = holds(CASE, &EXPECTED, &recording);
        assert_eq!(
            measured,
            "6 errors from a, then none (1 of them in flight); the mesh does not tell"
        );
        recording.answers[35].sent = ms(602);
        fails(CASE, &EXPECTED, &recording, &["threshold"]);
    }

    #[test]
    fn another_number_is_another_threshold() {
        for (errors, means) in [
            (
                1,
                "the mesh ejects after 1 error in a row, the policy promises 5",
            ),
            (
                3,
                "the mesh ejects after 3 errors in a row, the policy promises 5",
            ),
            (
                8,
                "the mesh ejects after 8 errors in a row, the policy promises 5",
            ),
        ] {
            let recording = play(&format!("abcde*2 fault:a Abcde*{errors} bcde*190 Abcde*9"));
            let Verdict::Fails { causes } = CASE.judge(&EXPECTED, &recording).verdict else {
                panic!("{errors} errors are not five");
            };
            assert_eq!((causes[0].cause, &*causes[0].means), ("threshold", means));
        }
    }

    #[test]
    fn a_multiple_of_the_threshold_or_a_count_that_lacks_some_is_of_several_views() {
        let causes = ["several-views", "threshold"];
        let ten = play("abcde*2 fault:a Abcde*10 bcde*20");
        fails(CASE, &EXPECTED, &ten, &causes);
        let mut seven = play("abcde*2 fault:a Abcde*7 bcde*20");
        fails(CASE, &EXPECTED, &seven, &["threshold"]);
        seven.counted = 60;
        fails(CASE, &EXPECTED, &seven, &causes);
    }

    #[test]
    fn without_an_end_it_is_not_ejected() {
        let endless = play("abcde*2 fault:a Abcde*100");
        let causes = ["no-outlier-detection", "percentage", "threshold"];
        let measured = fails(CASE, &EXPECTED, &endless, &causes);
        assert_eq!(
            measured,
            "100 errors from a, and no end; the mesh does not tell"
        );
        // 59 answers of others are not yet a silence, 60 are.
        let short = play("abcde*2 fault:a Abcde*5 bcde*13 bcd");
        fails(CASE, &EXPECTED, &short, &causes);
        holds(CASE, &EXPECTED, &play("abcde*2 fault:a Abcde*5 bcde*14"));
    }

    #[test]
    fn a_percentage_that_lets_nobody_go_is_known_from_the_policy_except_on_app_mesh() {
        let endless = play("abcde*2 fault:a Abcde*100");
        for profile in [Profile::Envoy, Profile::Istio] {
            fails(CASE, &percent(10, on(profile)), &endless, &["percentage"]);
        }
        let causes = ["no-outlier-detection", "percentage", "threshold"];
        fails(CASE, &percent(10, EXPECTED), &endless, &causes);
        let causes = ["no-outlier-detection", "threshold"];
        let linkerd = percent(10, on(Profile::Linkerd));
        fails(CASE, &linkerd, &endless, &causes);
    }

    #[test]
    fn silence_without_an_error_is_the_work_of_retries() {
        let measured = fails(
            CASE,
            &EXPECTED,
            &play("abcde*2 fault:a bcde*100"),
            &["retries"],
        );
        assert_eq!(
            measured,
            "no error from a reached the client; the mesh does not tell"
        );
    }

    #[test]
    fn an_error_that_is_not_its_own_is_something_else() {
        let recording = play("abcde*2 fault:a Abcde*5 bcd- bcde*20");
        let measured = fails(CASE, &EXPECTED, &recording, &["unknown"]);
        assert_eq!(
            measured,
            "5 errors from a, then none; 1 error not its own; the mesh does not tell"
        );
    }
}
