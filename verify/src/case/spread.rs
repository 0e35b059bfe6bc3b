//! Requests go evenly over all replicas.

use super::Judgement;
use crate::cause::Cause;
use crate::claim::Verdict;
use crate::expected::Expected;
use crate::recording::Recording;

/// How far from the mean a share may be: two threads that take turns each for itself.
const TOLERANCE: f64 = 2.0;

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
        format!("of {requests} requests none less than a tenth of the mean, {mean:.0}")
    };
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
        } else {
            Verdict::fails([Cause::not_round_robin(), Cause::several_views()])
        },
    }
}
