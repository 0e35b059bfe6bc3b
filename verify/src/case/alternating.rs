//! Errors that alternate with good answers never eject: consecutive means consecutive.

use super::Judgement;
use crate::cause::Cause;
use crate::claim::Verdict;
use crate::expected::Expected;
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
        .unwrap_or(recording.end());
    let spells = recording.spells(sick, from, expected.silence());
    let (answers, errors) = recording.shares(expected.hosts, from..until)[sick];
    let silent = spells.len() != 1 || recording.silent_for(sick) >= expected.silence();
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
