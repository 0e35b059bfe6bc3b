//! An ejected replica comes back when the policy says.

use std::time::Duration;

use super::Judgement;
use super::life::Life;
use crate::cause::Cause;
use crate::claim::Verdict;
use crate::expected::Expected;
use crate::output::seconds;
use crate::profile::Return;
use crate::recording::Recording;

pub(super) fn judge(expected: &Expected, recording: &Recording) -> Judgement {
    let nth = recording.ejected_before + 1;
    let promise = promise(expected, nth);
    let life = Life::of(expected, recording);
    let Some((life, out)) = life.and_then(|life| Some((life, life.out?))) else {
        let reason = life.map_or("no replica fell ill", |life| life.no_ejection());
        return Judgement::not_measured(promise, reason);
    };
    let end = life.back.or(life.recovered).unwrap_or(recording.end());
    let away = end.saturating_sub(out);
    let range = expected.time_out(nth);
    let (measured, verdict) = if life.back.is_none() {
        let measured = format!("still out after {}", seconds(away));
        (
            measured,
            Verdict::fails([Cause::ejected_before(), Cause::times("a time")]),
        )
    } else if range.contains(&away) {
        (format!("back after {}", seconds(away)), Verdict::Holds)
    } else {
        (
            format!("back after {}", seconds(away)),
            Verdict::fails(causes(expected, away, nth)),
        )
    };
    Judgement {
        expected: promise,
        measured,
        verdict,
    }
}

/// When a replica is back from its `nth` ejection, in words.
pub(super) fn promise(expected: &Expected, nth: u32) -> String {
    let least = expected.policy.time_out(nth);
    match expected.profile.returns() {
        Return::Sweep => format!(
            "back after {} to {}: in the first sweep that finds it out for {}",
            seconds(least),
            seconds(least + expected.policy.interval),
            seconds(least)
        ),
        Return::Probe => format!("one request probes it after {}", seconds(least)),
    }
}

/// Why a replica was away for so long.
fn causes(expected: &Expected, away: Duration, nth: u32) -> Vec<Cause> {
    let longer = (nth + 1..nth + 10).any(|nth| expected.time_out(nth).contains(&away));
    let times = Cause::times("a time");
    if longer {
        vec![Cause::ejected_before(), times]
    } else {
        vec![times]
    }
}
