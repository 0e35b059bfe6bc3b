//! Under load no more errors leak than the threshold and what is in flight.

use super::Judgement;
use crate::cause::{Cause, not_ejected};
use crate::claim::Verdict;
use crate::expected::Expected;
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
        .unwrap_or(recording.end());
    let window: Vec<_> = recording.within(from..until).collect();
    let errors = window.iter().filter(|of| of.is_error()).count();
    let last = window.iter().rposition(|of| of.host == Some(sick));
    let silent = window.len() - last.map_or(0, |last| last + 1) >= expected.silence();
    Judgement {
        expected: promise,
        measured: format!(
            "{errors} errors in {} answers over {LEAK_CONNECTIONS} connections",
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
