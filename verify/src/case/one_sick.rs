//! One replica, sick in a way that retries may hide: it is ejected all the same.

use super::Judgement;
use crate::cause::{Cause, not_ejected};
use crate::claim::Verdict;
use crate::expected::Expected;
use crate::profile::Sickness;
use crate::recording::{Change, Recording};

pub(super) fn judge(expected: &Expected, recording: &Recording, sickness: Sickness) -> Judgement {
    let threshold = expected.policy.max_server_errors as usize;
    let hidden = expected.profile.hides(sickness);
    let promise = if hidden {
        "ejected, and retries leave the client no error to see".to_owned()
    } else {
        format!("ejected after {threshold} errors that the client sees")
    };
    let sick = recording.sick();
    let well = sick.and_then(|(sick, _)| recording.when(|change| change == Change::Recover(sick)));
    let Some(((sick, from), well)) = sick.zip(well) else {
        return Judgement::not_measured(promise, "no replica fell ill");
    };
    // An error that a proxy made for it names nobody.
    let errors = recording
        .within(from..recording.end())
        .filter(|of| of.is_error())
        .count();
    let since = recording.answers.iter().filter(|of| of.sent >= well);
    let (mut all, mut its) = (0, 0);
    for answer in since {
        all += 1;
        its += usize::from(answer.host == Some(sick));
    }
    if all < expected.silence() {
        return Judgement::not_measured(
            promise,
            "too few requests while it was out: choose a higher --rate",
        );
    }
    let mut measured = format!("{errors} errors for the client; ");
    if recording.mesh_answers > 0 {
        measured += &format!("front counted {} from the mesh; ", recording.mesh_answers);
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
        } else if hidden && errors > 0 {
            Verdict::fails([Cause::no_retries()])
        } else if !hidden && errors == 0 {
            Verdict::fails([Cause::retries()])
        } else if !hidden && errors < threshold {
            Verdict::fails([Cause::threshold(errors, expected.policy.max_server_errors)])
        } else {
            Verdict::Holds
        },
    }
}
