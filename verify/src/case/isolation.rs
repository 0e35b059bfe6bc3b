//! While a replica is out, nothing reaches it and nobody notices.

use super::Judgement;
use super::life::Life;
use crate::cause::Cause;
use crate::claim::Verdict;
use crate::expected::Expected;
use crate::recording::Recording;

/// What the walkthrough sends while the replica is out.
const REQUESTS: usize = 200;

pub(super) fn judge(expected: &Expected, recording: &Recording) -> Judgement {
    let promise = "200 for every request, and none of them by the ejected replica";
    let life = Life::of(expected, recording);
    let Some((life, out)) = life.and_then(|life| Some((life, life.out?))) else {
        let reason = life.map_or("no replica fell ill", |life| life.no_ejection());
        return Judgement::not_measured(promise, reason);
    };
    // Those in flight at the ejection belong to it.
    let end = out + expected.policy.time_out(1);
    let all = recording.within(out..end).filter(|of| of.sent >= out);
    let window: Vec<_> = all.take(REQUESTS).collect();
    let errors = window.iter().filter(|of| of.status != 200).count();
    let reached = window
        .iter()
        .filter(|of| of.host == Some(life.sick))
        .count();
    Judgement {
        expected: promise.to_owned(),
        measured: format!(
            "{} requests: {errors} not 200, {reached} by {}",
            window.len(),
            recording.hosts[life.sick]
        ),
        verdict: if window.len() < expected.silence() {
            Verdict::not_measured("too few requests while it was out: choose a higher --rate")
        } else if reached > 0 {
            Verdict::fails([Cause::panic(), Cause::several_views()])
        } else if errors > 0 {
            Verdict::fails([Cause::other()])
        } else {
            Verdict::Holds
        },
    }
}
