//! A sick replica costs as many errors as the policy says, then none.

use super::Judgement;
use super::life::Life;
use crate::cause::{Cause, not_ejected};
use crate::claim::Verdict;
use crate::expected::Expected;
use crate::recording::Recording;

pub(super) fn judge(expected: &Expected, recording: &Recording) -> Judgement {
    let threshold = expected.policy.max_server_errors as usize;
    let promise = format!("{threshold} errors, all from the sick replica, then none from it");
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
    let told_of_it = told.and_then(|told| told[life.sick]);
    let told_of_others = told.is_some_and(|told| {
        let mut others = told
            .iter()
            .enumerate()
            .filter(|(host, _)| *host != life.sick);
        others.any(|(_, out)| *out == Some(true))
    });

    let mut measured = match life.out {
        None if life.is_hidden() => format!("no error from {name}, and no other answer either"),
        None => format!("{} errors from {name}, and no end", life.errors),
        Some(_) => format!("{} errors from {name}, then none", life.errors),
    };
    if life.in_flight > 0 {
        measured += &format!(" ({} of them were in flight)", life.in_flight);
    }
    if others > 0 {
        measured += &format!("; {others} errors that are not its own");
    }
    measured += match (told_of_it, told_of_others) {
        (_, true) => "; the mesh says that another one is ejected",
        (Some(true), false) => "; the mesh names it, too",
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
