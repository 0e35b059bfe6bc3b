//! Still sick, a replica is ejected again, and stays out longer.

use super::Judgement;
use super::life::Life;
use super::returning::promise;
use crate::cause::Cause;
use crate::claim::Verdict;
use crate::expected::Expected;
use crate::output::seconds;
use crate::recording::Recording;

pub(super) fn judge(expected: &Expected, recording: &Recording) -> Judgement {
    let nth = recording.ejected_before + 2;
    let promise = format!("ejected again; {}", promise(expected, nth));
    let life = Life::of(expected, recording);
    let first = life.and_then(|life| Some((life, life.out?, life.back?)));
    let Some((life, out, back)) = first else {
        let reason = match life {
            None => "no replica fell ill",
            Some(life) if life.out.is_none() => life.no_ejection(),
            Some(_) => "it did not come back",
        };
        return Judgement::not_measured(promise, reason);
    };
    let Some(out_again) = life.out_again else {
        return Judgement {
            expected: promise,
            measured: "it answers with errors, and is not ejected again".to_owned(),
            verdict: Verdict::fails([Cause::panic(), Cause::other()]),
        };
    };
    let first = back.saturating_sub(out);
    let end = life.back_for_good.unwrap_or(recording.end());
    let second = end.saturating_sub(out_again);
    let verdict = if life.back_for_good.is_some()
        && second > first
        && expected.time_out(nth).contains(&second)
    {
        Verdict::Holds
    } else {
        Verdict::fails([Cause::times("a time"), Cause::ejected_before()])
    };
    let measured = match life.back_for_good {
        Some(_) => format!(
            "out for {}, the first time {}",
            seconds(second),
            seconds(first)
        ),
        None => format!("still out after {}", seconds(second)),
    };
    Judgement {
        expected: promise,
        measured,
        verdict,
    }
}
