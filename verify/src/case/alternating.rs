//! Errors that alternate with good answers never eject: consecutive means consecutive.

use super::Judgement;
use crate::cause::Cause;
use crate::claim::Verdict;
use crate::expected::Expected;
use crate::output::count;
use crate::recording::{Change, Recording};

pub(super) fn judge(expected: &Expected, recording: &Recording) -> Judgement {
    let promise = "it is never out, whatever the number of its errors";
    if expected.policy.max_server_errors < 2 {
        return Judgement::not_measured(promise, "the policy ejects at the first error");
    }
    let Some((sick, from)) = recording.sick() else {
        return Judgement::not_measured(promise, "no replica fell ill");
    };
    let until = recording
        .when(|change| change == Change::Recover(sick))
        .unwrap_or(recording.all().end);
    let spells = recording.spells(sick, from, expected.silence());
    let (answers, errors) = recording.shares(expected.hosts, from..until)[sick];
    let silent = spells.len() != 1 || recording.silent_for(sick) >= expected.silence();
    // As many must have come as eject when they do so in a row.
    if !silent && errors < expected.policy.max_server_errors as usize {
        let reason = format!("only {} of it reached the client", count(errors, "error"));
        return Judgement::not_measured(promise, reason);
    }
    let detected = |name| {
        let mesh = recording.mesh.as_ref();
        mesh.is_some_and(|(before, after)| after.grown(before, name) > 0)
    };
    Judgement {
        expected: promise.to_owned(),
        measured: format!(
            "{errors} of its {answers} answers were errors; it was {}",
            if silent { "out" } else { "never out" }
        ),
        verdict: if !silent {
            Verdict::Holds
        } else if detected("ejections_enforced_consecutive_5xx") {
            Verdict::fails([Cause::threshold(1, expected.policy.max_server_errors)])
        } else {
            Verdict::fails([Cause::rates(), Cause::other()])
        },
    }
}

#[cfg(test)]
mod tests {
    use crate::case::Case;
    use crate::case::fixture::{EXPECTED, fails, holds, not_measured, play, told};

    const CASE: Case = Case::Alternating;
    const OUT: &str = "abcde*2 fault:a Abcdeabcde*2 Abcde bcde*40 recover:a";

    #[test]
    fn every_other_answer_an_error_ejects_never() {
        let recording = play("abcde*2 fault:a Abcdeabcde*10 recover:a abcde");
        let measured = holds(CASE, &EXPECTED, &recording);
        assert_eq!(
            measured,
            "10 of its 20 answers were errors; it was never out"
        );
    }

    #[test]
    fn fewer_errors_than_the_threshold_say_nothing() {
        let order = |errors| format!("abcde*2 fault:a Abcdeabcde*{errors} abcde*9 recover:a");
        holds(CASE, &EXPECTED, &play(&order(5)));
        assert_eq!(
            not_measured(CASE, &EXPECTED, &play(&order(4))),
            "only 4 errors of it reached the client"
        );
        assert_eq!(
            not_measured(CASE, &EXPECTED, &play("fault:a abcde*40 recover:a")),
            "only 0 errors of it reached the client"
        );
    }

    #[test]
    fn an_ejection_for_errors_in_a_row_counts_them_wrongly() {
        let counters = [("ejections_enforced_consecutive_5xx", 1)];
        let recording = told(play(OUT), "a", &counters);
        let measured = fails(CASE, &EXPECTED, &recording, &["threshold"]);
        assert_eq!(measured, "3 of its 5 answers were errors; it was out");
    }

    #[test]
    fn any_other_ejection_is_for_the_rate() {
        let causes = ["success-rate", "unknown"];
        fails(CASE, &EXPECTED, &play(OUT), &causes);
        let counters = [("ejections_enforced_success_rate", 1)];
        let recording = told(play(OUT), "a", &counters);
        fails(CASE, &EXPECTED, &recording, &causes);
        // Also when it is back in the end, and when it never answers.
        let back = play(&format!("{OUT} abcde*5"));
        fails(CASE, &EXPECTED, &back, &causes);
        let never = play("abcde*2 fault:a bcde*40 recover:a");
        fails(CASE, &EXPECTED, &never, &causes);
    }

    #[test]
    fn a_policy_that_ejects_at_the_first_error_knows_no_alternation() {
        let mut first = EXPECTED;
        first.policy.max_server_errors = 1;
        assert_eq!(
            not_measured(CASE, &first, &play(OUT)),
            "the policy ejects at the first error"
        );
        first.policy.max_server_errors = 2;
        fails(CASE, &first, &play(OUT), &["success-rate", "unknown"]);
    }
}
