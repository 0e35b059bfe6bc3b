//! Recovered while ejected, a replica serves again after its time.

use super::Judgement;
use super::life::Life;
use crate::cause::Cause;
use crate::claim::Verdict;
use crate::expected::Expected;
use crate::output::seconds;
use crate::recording::Recording;

pub(super) fn judge(expected: &Expected, recording: &Recording) -> Judgement {
    let promise = "nothing while it is out, then its share again, all of it 200";
    let life = Life::of(expected, recording);
    let ejected = life.and_then(|life| Some((life, life.out?, life.recovered?)));
    let Some((life, _, recovered)) = ejected else {
        let reason = life.map_or("no replica fell ill", |life| life.no_ejection());
        return Judgement::not_measured(promise, reason);
    };
    let name = &recording.hosts[life.sick];
    let Some(back) = life.back_for_good else {
        return Judgement {
            expected: promise.to_owned(),
            measured: format!(
                "{name} serves nothing, {} after it was made well",
                seconds(recording.end() - recovered)
            ),
            verdict: Verdict::fails([Cause::ejected_before(), Cause::times("a time")]),
        };
    };
    let after = recording.within(back..recording.end() + expected.turn());
    let (mut all, mut its, mut errors) = (0, 0, 0);
    for answer in after {
        all += 1;
        its += usize::from(answer.host == Some(life.sick));
        errors += usize::from(answer.status != 200);
    }
    let mean = all / expected.hosts;
    let least = if expected.profile.round_robin() {
        mean / 2
    } else {
        mean / 10
    };
    Judgement {
        expected: promise.to_owned(),
        measured: format!(
            "back {} after it was made well; of {all} requests since then {its} by {name}, {errors} not 200",
            seconds(back - recovered)
        ),
        verdict: if errors > 0 {
            Verdict::fails([Cause::other()])
        } else if its < least {
            Verdict::fails([Cause::not_round_robin()])
        } else {
            Verdict::Holds
        },
    }
}
