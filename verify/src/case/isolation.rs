//! While a replica is out, nothing reaches it and nobody notices.

use super::Judgement;
use super::life::Life;
use crate::cause::Cause;
use crate::claim::Verdict;
use crate::expected::Expected;
use crate::recording::Recording;

/// What the walkthrough sends while the replica is out, and the most that is looked at unless it takes more.
const REQUESTS: usize = 200;

pub(super) fn judge(expected: &Expected, recording: &Recording) -> Judgement {
    let promise = "200 for every request, and none of them by the ejected replica";
    let life = Life::of(expected, recording);
    let Some((life, out)) = life.and_then(|life| Some((life, life.out?))) else {
        let reason = life.map_or("no replica fell ill", |life| life.no_ejection());
        return Judgement::not_measured(promise, reason);
    };
    // Those in flight at the ejection belong to it.
    let end = out + *expected.time_out(1).start();
    let all = recording.within(out..end).filter(|of| of.sent >= out);
    let window: Vec<_> = all.take(REQUESTS.max(expected.silence())).collect();
    let errors = window.iter().filter(|of| of.status != 200).count();
    let reached = window
        .iter()
        .filter(|of| of.host == Some(life.sick))
        .count();
    Judgement {
        expected: promise.to_owned(),
        measured: format!(
            "of {} requests {errors} not 200, {reached} by {}",
            window.len(),
            recording.hosts[life.sick]
        ),
        verdict: if window.len() < expected.silence() {
            Verdict::not_measured("too few requests while it was out: choose a higher --rate")
        } else if reached > 0 {
            Verdict::fails([Cause::times("shorter"), Cause::several_views()])
        } else if errors > 0 {
            Verdict::fails([Cause::other()])
        } else {
            Verdict::Holds
        },
    }
}

#[cfg(test)]
mod tests {
    use crate::case::Case;
    use crate::case::fixture::{EXPECTED, fails, holds, life, ms, not_measured, play};
    use crate::case::fixture::{among, answer_of};
    use crate::profile::Sickness;
    use crate::recording::Change;

    const CASE: Case = Case::Isolation;

    #[test]
    fn nothing_reaches_it_and_nobody_notices() {
        let measured = holds(CASE, &EXPECTED, &life());
        assert_eq!(measured, "of 200 requests 0 not 200, 0 by a");
    }

    #[test]
    fn with_many_replicas_as_many_requests_as_it_takes() {
        let mut expected = among(50, EXPECTED);
        expected.policy.base_ejection_duration = ms(20_000);
        let mut recording = play("fault:a");
        for round in 0..20 {
            for host in 0..50 {
                match (host, round) {
                    (0, 0..5) => answer_of(&mut recording, Some(0), 500),
                    (0, _) => {}
                    _ => answer_of(&mut recording, Some(host), 200),
                }
            }
        }
        assert_eq!(recording.changes[0].1, Change::Fault(0, Sickness::Error));
        let measured = holds(CASE, &expected, &recording);
        assert_eq!(measured, "of 600 requests 0 not 200, 0 by a");
    }

    #[test]
    fn it_begins_with_the_error_that_ejects_whatever_the_threshold() {
        for errors in [1, 3, 8] {
            let order = format!("abcde*2 fault:a Abcde*{errors} bcde*100 Abcde*9 bcde*20");
            holds(CASE, &EXPECTED, &play(&order));
        }
    }

    #[test]
    fn what_was_asked_for_before_the_ejection_belongs_to_it() {
        let mut recording = play("abcde*2 fault:a Abcde*5 A bcde*60");
        recording.answers[35].sent = ms(601);
        holds(CASE, &EXPECTED, &recording);
    }

    #[test]
    fn a_return_before_its_time_shows() {
        let early = play("abcde*2 fault:a Abcde*5 bcde*25 Abcde*5 bcde*60");
        let measured = fails(CASE, &EXPECTED, &early, &["times", "several-views"]);
        assert_eq!(measured, "of 200 requests 5 not 200, 5 by a");
    }

    #[test]
    fn errors_of_others_are_noticed() {
        let recording = play("abcde*2 fault:a Abcde*5 bcde*20 bc-e bcde*60");
        let measured = fails(CASE, &EXPECTED, &recording, &["unknown"]);
        assert_eq!(measured, "of 200 requests 1 not 200, 0 by a");
    }

    #[test]
    fn without_an_ejection_that_was_seen_there_is_nothing_to_say() {
        for (order, reason) in [
            ("abcde*20", "no replica fell ill"),
            ("abcde*2 fault:a Abcde*20", "it was not ejected"),
            (
                "abcde*2 fault:a bcde*20",
                "no error reached the client, so the ejection cannot be told from retries",
            ),
        ] {
            assert_eq!(not_measured(CASE, &EXPECTED, &play(order)), reason);
        }
        let mut short = EXPECTED;
        short.policy.base_ejection_duration = ms(1_000);
        assert_eq!(
            not_measured(CASE, &short, &life()),
            "too few requests while it was out: choose a higher --rate"
        );
    }
}
