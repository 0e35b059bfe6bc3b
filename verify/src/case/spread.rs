//! Requests go evenly over all replicas.

use super::Judgement;
use crate::cause::Cause;
use crate::claim::Verdict;
use crate::expected::Expected;
use crate::recording::Recording;

/// How far from the mean a share may be: two threads that take turns each for itself.
const TOLERANCE: f64 = 2.0;

/// Fewer requests for each, and nothing at all would be close to the mean.
const PER_HOST: usize = 4;

pub(super) fn judge(expected: &Expected, recording: &Recording) -> Judgement {
    let requests = recording.answers.len();
    let mean = requests as f64 / expected.hosts as f64;
    let errors = recording
        .answers
        .iter()
        .filter(|of| of.status != 200)
        .count();
    let shares = recording.shares(expected.hosts, recording.all());
    let shares: Vec<usize> = shares.into_iter().map(|(answers, _)| answers).collect();
    let round_robin = expected.profile.round_robin();
    let promise = if round_robin {
        format!("{mean:.0} of {requests} each, give or take {TOLERANCE}")
    } else {
        format!("each at least a tenth of the mean, which is {mean:.0} of {requests}")
    };
    let enough = if round_robin {
        PER_HOST * expected.hosts
    } else {
        expected.silence()
    };
    if requests < enough {
        return Judgement::not_measured(
            promise,
            format!(
                "too few requests for {} replicas: choose --requests {enough}",
                expected.hosts
            ),
        );
    }
    let fair = |share: &usize| {
        let share = *share as f64;
        if round_robin {
            (share - mean).abs() <= TOLERANCE
        } else {
            share >= mean / 10.0
        }
    };
    let shown: Vec<_> = shares.iter().map(usize::to_string).collect();
    Judgement {
        expected: promise,
        measured: format!("{}; {errors} not 200", shown.join(" ")),
        verdict: if errors > 0 {
            Verdict::fails([Cause::other()])
        } else if shares.iter().all(fair) {
            Verdict::Holds
        } else if recording.is_of_several_fronts() {
            Verdict::fails([Cause::several_views(), Cause::not_round_robin()])
        } else {
            Verdict::fails([Cause::not_round_robin(), Cause::several_views()])
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::Case;
    use crate::case::fixture::{EXPECTED, among, fails, holds, not_measured, on, play};
    use crate::profile::Profile;

    const CASE: Case = Case::Spread;

    #[test]
    fn all_the_same_is_even_with_any_number_of_replicas() {
        let measured = holds(CASE, &EXPECTED, &play("abcde*40"));
        assert_eq!(measured, "40 40 40 40 40; 0 not 200");
        for (hosts, order) in [(2, "ab*100"), (3, "abc*66 ab"), (4, "abcd*50")] {
            holds(CASE, &among(hosts, EXPECTED), &play(order));
        }
        let promise = CASE.judge(&EXPECTED, &play("abcde*40")).expected;
        assert_eq!(promise, "40 of 200 each, give or take 2");
    }

    #[test]
    fn two_from_the_mean_is_even_and_three_is_not() {
        holds(CASE, &EXPECTED, &play("abcde*38 aaaaccddee"));
        let uneven = play("abcde*37 aaaaaacccdddeee");
        let causes = ["not-round-robin", "several-views"];
        let measured = fails(CASE, &EXPECTED, &uneven, &causes);
        assert_eq!(measured, "43 37 40 40 40; 0 not 200");
    }

    #[test]
    fn several_fronts_are_named_first_where_one_counts_too_little() {
        let mut uneven = play("abcde*37 aaaaaacccdddeee");
        uneven.counted = 100;
        let causes = ["several-views", "not-round-robin"];
        fails(CASE, &EXPECTED, &uneven, &causes);
    }

    #[test]
    fn without_round_robin_a_tenth_of_the_mean_is_enough() {
        let linkerd = on(Profile::Linkerd);
        let judged = CASE.judge(&linkerd, &play("aaaa bcde*49"));
        assert_eq!(judged.verdict, Verdict::Holds);
        assert_eq!(
            judged.expected,
            "each at least a tenth of the mean, which is 40 of 200"
        );
        let causes = ["not-round-robin", "several-views"];
        let measured = fails(CASE, &linkerd, &play("aaa bcde*49 b"), &causes);
        assert_eq!(measured, "3 50 49 49 49; 0 not 200");
    }

    #[test]
    fn an_error_while_all_are_well_is_something_else() {
        let measured = fails(CASE, &EXPECTED, &play("abcde*39 abcd-"), &["unknown"]);
        assert_eq!(measured, "40 40 40 40 39; 1 not 200");
    }

    #[test]
    fn with_few_requests_nothing_at_all_would_be_even() {
        holds(CASE, &EXPECTED, &play("abcde*4"));
        assert_eq!(
            not_measured(CASE, &among(50, EXPECTED), &play("abcde*39")),
            "too few requests for 50 replicas: choose --requests 200"
        );
        assert_eq!(
            not_measured(CASE, &on(Profile::Linkerd), &play("abcde*11")),
            "too few requests for 5 replicas: choose --requests 60"
        );
    }
}
