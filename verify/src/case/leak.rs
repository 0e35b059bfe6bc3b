//! Under load no more errors leak than the threshold and what is in flight.

use super::Judgement;
use crate::cause::{Cause, not_ejected};
use crate::claim::Verdict;
use crate::expected::Expected;
use crate::output::count;
use crate::recording::{Change, Recording};
use crate::scenario::LEAK_CONNECTIONS;

pub(super) fn judge(expected: &Expected, recording: &Recording) -> Judgement {
    let threshold = expected.policy.max_server_errors as usize;
    let bound = threshold + LEAK_CONNECTIONS;
    let promise = format!("at most {bound} errors: {threshold}, and {LEAK_CONNECTIONS} in flight");
    let Some((sick, from)) = recording.sick() else {
        return Judgement::not_measured(promise, "no replica fell ill");
    };
    let until = recording
        .when(|change| change == Change::Recover(sick))
        .unwrap_or(recording.all().end);
    let window: Vec<_> = recording.within(from..until).collect();
    let errors = window.iter().filter(|of| of.is_error()).count();
    let last = window.iter().rposition(|of| of.host == Some(sick));
    if window.len() < bound + expected.silence() {
        return Judgement::not_measured(promise, "too few requests in this time");
    }
    if errors == 0 {
        return Judgement::not_measured(promise, "no error reached the client");
    }
    let silent = window.len() - last.map_or(0, |last| last + 1) >= expected.silence();
    Judgement {
        expected: promise,
        measured: format!(
            "{} in {} answers over {LEAK_CONNECTIONS} connections",
            count(errors, "error"),
            window.len()
        ),
        verdict: if !silent {
            Verdict::fails(not_ejected(expected, recording, 1))
        } else if errors > bound {
            Verdict::fails([Cause::several_views(), Cause::other()])
        } else {
            Verdict::Holds
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::Case;
    use crate::case::fixture::{EXPECTED, fails, holds, not_measured, play, told};

    const CASE: Case = Case::Leak;

    fn leaks(errors: usize, more: &str) -> Recording {
        play(&format!(
            "abcde*2 fault:c Cabde*{errors} abde*{} {more} recover:c abde",
            60 - errors.min(40)
        ))
    }

    #[test]
    fn the_threshold_and_what_is_in_flight_may_leak() {
        let measured = holds(CASE, &EXPECTED, &leaks(13, ""));
        assert_eq!(measured, "13 errors in 253 answers over 64 connections");
        assert_eq!(
            CASE.judge(&EXPECTED, &leaks(13, "")).expected,
            "at most 69 errors: 5, and 64 in flight"
        );
    }

    #[test]
    fn one_more_is_too_many() {
        holds(CASE, &EXPECTED, &leaks(69, ""));
        fails(
            CASE,
            &EXPECTED,
            &leaks(70, ""),
            &["several-views", "unknown"],
        );
        holds(CASE, &EXPECTED, &leaks(65, "-*4 abde*15"));
        let of_the_mesh = leaks(65, "-*5 abde*15");
        fails(CASE, &EXPECTED, &of_the_mesh, &["several-views", "unknown"]);
    }

    #[test]
    fn one_that_is_not_silent_in_the_end_is_not_ejected() {
        let causes = ["no-outlier-detection", "percentage", "threshold"];
        fails(CASE, &EXPECTED, &leaks(5, "C abde*14 abd"), &causes);
        holds(CASE, &EXPECTED, &leaks(5, "C abde*15"));
        let counters = [("ejections_overflow", 3)];
        let refused = told(leaks(5, "C"), "", &counters);
        fails(CASE, &EXPECTED, &refused, &["percentage"]);
    }

    #[test]
    fn without_load_or_errors_nothing_can_leak() {
        for (order, reason) in [
            ("abcde*40", "no replica fell ill"),
            (
                "fault:c Cabde*5 abde*25 abd recover:c",
                "too few requests in this time",
            ),
            ("fault:c abde*40 recover:c", "no error reached the client"),
        ] {
            assert_eq!(not_measured(CASE, &EXPECTED, &play(order)), reason);
        }
        // 129 answers: 69 that may be errors, and a silence of 60.
        holds(CASE, &EXPECTED, &play("fault:c Cabde*5 abde*26 recover:c"));
    }
}
