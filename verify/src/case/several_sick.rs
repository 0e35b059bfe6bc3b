//! Several sick replicas at once: out, refused for the percentage, or panic.

use super::Judgement;
use crate::cause::{Cause, not_ejected};
use crate::claim::Verdict;
use crate::expected::Expected;
use crate::recording::{Change, Recording};

pub(super) fn judge(expected: &Expected, recording: &Recording, sick: usize) -> Judgement {
    let promise = promise(expected, sick);
    let Some(seen) = Seen::of(expected, recording, sick) else {
        return Judgement::not_measured(
            promise,
            "the ejections are too short for that: choose a higher --rate",
        );
    };
    // Traffic for all is panic only if they were out before; else nobody was ejected at all.
    if expected.panics(expected.ejected(sick)) {
        let mut before = recording.watched.iter().map(|(sick, _)| *sick);
        let fewer = before.rfind(|fewer| *fewer < sick);
        let out = fewer.and_then(|fewer| Some((fewer, Seen::of(expected, recording, fewer)?)));
        if out.is_none_or(|(fewer, seen)| seen.silent != expected.ejected(fewer)) {
            return Judgement::not_measured(
                promise,
                "the first ones that fell ill were not ejected",
            );
        }
    }
    Judgement {
        expected: promise,
        measured: format!(
            "{sick} of {} sick: {} of them get nothing, {} of {} answers are errors",
            expected.hosts, seen.silent, seen.errors, seen.answers
        ),
        verdict: verdict(expected, recording, sick, &seen),
    }
}

fn promise(expected: &Expected, sick: usize) -> String {
    let (hosts, out) = (expected.hosts, expected.ejected(sick));
    let healthy = 100 * (hosts - out) / hosts;
    if expected.panics(out) {
        format!(
            "{sick} of {hosts} sick: panic, as only {healthy} % are healthy; all get traffic again"
        )
    } else if out < sick {
        format!("{sick} of {hosts} sick: {out} out, the others refused for the percentage")
    } else {
        format!("{sick} of {hosts} sick: all of them out, no errors")
    }
}

fn verdict(expected: &Expected, recording: &Recording, sick: usize, seen: &Seen) -> Verdict {
    let out = expected.ejected(sick);
    if expected.panics(out) {
        return if seen.silent == 0 && seen.errors > 0 {
            Verdict::Holds
        } else if seen.silent == sick && seen.enough_for_all {
            let (first, fell_ill) = recording.sick().unwrap_or_default();
            if recording.error(first, fell_ill, 1).is_none() {
                Verdict::fails([Cause::retries(), Cause::no_panic()])
            } else {
                Verdict::fails([Cause::no_panic()])
            }
        } else {
            Verdict::fails([Cause::retries(), Cause::other()])
        };
    }
    let errors_expected = out < sick || out == expected.hosts;
    if seen.silent == out && (errors_expected || seen.errors == 0) {
        Verdict::Holds
    } else if seen.silent < out && out == sick {
        Verdict::fails(not_ejected(expected, recording, sick))
    } else if seen.silent > out {
        Verdict::fails([Cause::retries(), Cause::other()])
    } else {
        Verdict::fails([Cause::other()])
    }
}

/// What was seen while so many were sick.
struct Seen {
    answers: usize,
    errors: usize,
    /// Sick hosts that gave no answer.
    silent: usize,
    /// Whether there were answers enough for each host to give one.
    enough_for_all: bool,
}

impl Seen {
    /// `None` when there was no time for it.
    fn of(expected: &Expected, recording: &Recording, sick: usize) -> Option<Self> {
        let (_, time) = recording.watched.iter().find(|(of, _)| *of == sick)?;
        let shares = recording.shares(expected.hosts, time.clone());
        let faulty = recording
            .changes
            .iter()
            .filter_map(|(_, change)| match change {
                Change::Fault(host, _) => Some(*host),
                Change::Recover(_) => None,
            });
        let seen = recording.within(time.clone());
        let (answers, errors) = seen.fold((0, 0), |(answers, errors), answer| {
            (answers + 1, errors + usize::from(answer.is_error()))
        });
        let enough_for_all = answers >= 3 * expected.hosts;
        let seen = Self {
            answers,
            errors,
            silent: faulty
                .take(sick)
                .filter(|host| shares[*host].0 == 0)
                .count(),
            enough_for_all,
        };
        enough_for_all.then_some(seen)
    }
}
