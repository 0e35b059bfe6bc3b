//! One replica, sick in a way that retries may hide: it is ejected all the same.

use std::time::Duration;

use super::Judgement;
use crate::cause::{Cause, not_ejected};
use crate::claim::Verdict;
use crate::expected::Expected;
use crate::output::count;
use crate::profile::Sickness;
use crate::recording::{Answer, Change, Recording};

/// How often a request is sent at most, with App Mesh's two retries.
const TRIES: usize = 3;

pub(super) fn judge(expected: &Expected, recording: &Recording, sickness: Sickness) -> Judgement {
    let threshold = expected.policy.max_server_errors as usize;
    let hidden = expected.profile.hides(sickness);
    let most = leaks(sickness, threshold);
    let promise = if hidden && most > 0 {
        format!(
            "ejected, and retries leave the client at most {} to see",
            count(most, "error")
        )
    } else if hidden {
        "ejected, and retries leave the client no error to see".to_owned()
    } else {
        format!(
            "ejected after {} that the client sees",
            count(threshold, "error")
        )
    };
    let sick = recording.sick();
    let well = sick.and_then(|(sick, _)| recording.when(|change| change == Change::Recover(sick)));
    let Some(((sick, from), well)) = sick.zip(well) else {
        return Judgement::not_measured(promise, "no replica fell ill");
    };
    let errors = Errors::of(recording, from, threshold);
    let since = recording.answers.iter().filter(|of| of.sent >= well);
    let (mut all, mut its) = (0, 0);
    // No more than that: it may be back soon.
    for answer in since.take(expected.silence()) {
        all += 1;
        its += usize::from(answer.host == Some(sick));
    }
    if all < expected.silence() {
        return Judgement::not_measured(
            promise,
            "too few requests while it was out: choose a higher --rate",
        );
    }
    let mut measured = format!("{} for the client; ", count(errors.all, "error"));
    if recording.mesh_answers > 0 {
        measured += &format!(
            "front counted {} that the mesh made; ",
            recording.mesh_answers
        );
    }
    measured += if its == 0 {
        "well again, it still got nothing: it was ejected"
    } else {
        "well again, it served at once: it was not ejected"
    };
    Judgement {
        expected: promise,
        measured,
        verdict: if its > 0 {
            Verdict::fails(not_ejected(expected, recording, 1))
        } else if hidden && errors.all > most {
            Verdict::fails([Cause::no_retries()])
        } else if !hidden && errors.all == 0 {
            Verdict::fails([Cause::retries()])
        } else if !hidden && errors.own != threshold {
            Verdict::fails([Cause::threshold(
                errors.own,
                expected.policy.max_server_errors,
            )])
        } else {
            Verdict::Holds
        },
    }
}

/// How many errors the client may see although they are retried. A 503 is retried by front's proxy, which
/// avoids the replica that gave it (FACTS 1.4). For a closed connection that proxy makes a 503 of its own,
/// which only the gateway retries; it does not know the replica, and so may come back to it each time.
fn leaks(sickness: Sickness, threshold: usize) -> usize {
    match sickness {
        Sickness::Crash => threshold / TRIES,
        _ => 0,
    }
}

/// The errors that the client saw. One that a proxy made for the sick host names nobody.
struct Errors {
    all: usize,
    /// Without those that were in flight when the last one of the threshold came.
    own: usize,
}

impl Errors {
    fn of(recording: &Recording, from: Duration, threshold: usize) -> Self {
        let answers = recording.answers.iter();
        let errors: Vec<_> = answers
            .filter(|of| of.sent >= from && of.is_error())
            .collect();
        let last = threshold.checked_sub(1).and_then(|last| errors.get(last));
        let in_flight = |of: &&&Answer| last.is_some_and(|last| of.sent < last.at);
        let late = errors.iter().skip(threshold).filter(in_flight).count();
        Self {
            all: errors.len(),
            own: errors.len() - late,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::Case;
    use crate::case::fixture::{EXPECTED, fails, holds, not_measured, play};
    use crate::case::fixture::{among, on};
    use crate::profile::Profile;

    const CASES: [Case; 2] = [Case::Unavailable, Case::Crash];
    const NOT_EJECTED: [&str; 3] = ["no-outlier-detection", "percentage", "threshold"];

    /// So many errors that the client sees, each by the host or by a proxy for it, and then none.
    fn ejected_after(errors: usize, error: &str) -> Recording {
        play(&format!(
            "abcde*2 fault:a {error}bcde*{errors} bcde*20 recover:a bcde*15"
        ))
    }

    #[test]
    fn where_it_is_retried_the_client_sees_nothing() {
        for (case, profile) in CASES.into_iter().zip([Profile::Appmesh, Profile::Envoy]) {
            let measured = holds(case, &on(profile), &ejected_after(0, "-"));
            assert_eq!(
                measured,
                "0 errors for the client; well again, it still got nothing: it was ejected"
            );
        }
        let promise = |case: Case| case.judge(&EXPECTED, &ejected_after(0, "-")).expected;
        assert_eq!(
            CASES.map(promise),
            [
                "ejected, and retries leave the client no error to see",
                "ejected, and retries leave the client at most 1 error to see"
            ]
        );
        let mut recording = ejected_after(0, "-");
        recording.mesh_answers = 5;
        let measured = holds(Case::Crash, &EXPECTED, &recording);
        assert_eq!(
            measured,
            "0 errors for the client; front counted 5 that the mesh made; \
             well again, it still got nothing: it was ejected"
        );
    }

    #[test]
    fn where_it_is_not_the_client_sees_the_thresholds_number() {
        for case in CASES {
            for profile in [Profile::Istio, Profile::Linkerd] {
                for error in ["A", "-"] {
                    let measured = holds(case, &on(profile), &ejected_after(5, error));
                    assert!(measured.starts_with("5 errors for the client; well again"));
                }
                assert_eq!(
                    case.judge(&on(profile), &ejected_after(5, "A")).expected,
                    "ejected after 5 errors that the client sees"
                );
            }
        }
    }

    #[test]
    fn an_error_that_nobody_retries_fails_where_retries_are_promised() {
        let one = ejected_after(1, "A");
        let measured = fails(Case::Unavailable, &EXPECTED, &one, &["no-retries"]);
        assert!(
            measured.starts_with("1 error for the client; "),
            "{measured}"
        );
    }

    #[test]
    fn a_gateway_may_come_back_to_the_replica_that_closed_the_connection() {
        holds(Case::Crash, &EXPECTED, &ejected_after(1, "-"));
        fails(
            Case::Crash,
            &EXPECTED,
            &ejected_after(2, "-"),
            &["no-retries"],
        );
    }

    #[test]
    fn where_no_retries_are_promised_another_number_of_errors_fails() {
        let istio = on(Profile::Istio);
        for (errors, cause) in [(0, "retries"), (4, "threshold"), (6, "threshold")] {
            for error in ["A", "-"] {
                let recording = ejected_after(errors, error);
                fails(Case::Unavailable, &istio, &recording, &[cause]);
            }
        }
        let mut in_flight = ejected_after(6, "-");
        in_flight.answers[35].sent = in_flight.answers[30].sent;
        holds(Case::Crash, &istio, &in_flight);
    }

    #[test]
    fn one_that_serves_as_soon_as_it_is_well_was_not_ejected() {
        let order = "abcde*2 fault:a bcde*25 recover:a abcde*15";
        for case in CASES {
            let measured = fails(case, &EXPECTED, &play(order), &NOT_EJECTED);
            assert_eq!(
                measured,
                "0 errors for the client; well again, it served at once: it was not ejected"
            );
        }
        let causes = ["no-outlier-detection", "threshold"];
        fails(Case::Crash, &on(Profile::Linkerd), &play(order), &causes);
    }

    #[test]
    fn a_silence_is_enough_and_what_comes_later_may_be_its_return() {
        let order = |round: &str| format!("fault:a bcde*25 recover:a bcde*{round}");
        holds(Case::Crash, &EXPECTED, &play(&order("15 a")));
        fails(
            Case::Crash,
            &EXPECTED,
            &play(&order("14 bcda")),
            &NOT_EJECTED,
        );
        assert_eq!(
            not_measured(Case::Crash, &EXPECTED, &play(&order("14 bcd"))),
            "too few requests while it was out: choose a higher --rate"
        );
        let many = among(50, EXPECTED);
        not_measured(Case::Crash, &many, &play(&order("149")));
        holds(Case::Crash, &many, &play(&order("150")));
    }

    #[test]
    fn nobody_ill_nothing_to_say() {
        for case in CASES {
            let reason = not_measured(case, &EXPECTED, &play("abcde*40"));
            assert_eq!(reason, "no replica fell ill");
        }
    }
}
