//! Several sick replicas at once: out, refused for the percentage, or panic.

#[cfg(test)]
mod tests;

use super::Judgement;
use crate::cause::{Cause, not_ejected};
use crate::claim::Verdict;
use crate::expected::Expected;
use crate::output::count;
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
            "{sick} of {} sick: {} of them get nothing; {} in {}",
            expected.hosts,
            seen.silent,
            count(seen.errors, "error"),
            count(seen.answers, "answer")
        ),
        verdict: verdict(expected, recording, sick, &seen),
    }
}

fn promise(expected: &Expected, sick: usize) -> String {
    let (hosts, out) = (expected.hosts, expected.ejected(sick));
    let healthy = 100 * (hosts - out) / hosts;
    let then = if expected.panics(out) {
        format!("panic, as only {healthy} % are healthy; all get traffic again")
    } else if out < sick {
        format!("{out} out, {} refused for the percentage", sick - out)
    } else if out == hosts {
        "all of them out, and the mesh answers with errors itself".to_owned()
    } else {
        "all of them out, no errors".to_owned()
    };
    format!("{sick} of {hosts} sick: {then}")
}

fn verdict(expected: &Expected, recording: &Recording, sick: usize, seen: &Seen) -> Verdict {
    let out = expected.ejected(sick);
    if expected.panics(out) {
        return if seen.silent == 0 && seen.errors > 0 {
            Verdict::Holds
        } else if seen.silent == sick {
            let (first, fell_ill) = recording.sick().unwrap_or_default();
            if recording.error(first, fell_ill, 1).is_none() {
                Verdict::fails([Cause::retries(), Cause::no_panic()])
            } else {
                Verdict::fails([Cause::no_panic()])
            }
        } else if seen.silent > 0 && refuses(recording) != Some(false) {
            Verdict::fails([Cause::percentage(expected, out), Cause::retries()])
        } else {
            Verdict::fails([Cause::retries(), Cause::other()])
        };
    }
    let errors_are_right = if out == expected.hosts {
        seen.errors == seen.answers
    } else {
        (seen.errors > 0) == (out < sick)
    };
    if seen.silent < out {
        Verdict::fails(not_ejected(expected, recording, out))
    } else if seen.silent > out {
        Verdict::fails(match told_out(recording) {
            Some(told) if told <= out => vec![Cause::retries(), Cause::other()],
            Some(_) => vec![Cause::higher_percentage(expected, seen.silent)],
            None => vec![
                Cause::higher_percentage(expected, seen.silent),
                Cause::retries(),
            ],
        })
    } else if errors_are_right {
        Verdict::Holds
    } else if out < sick {
        Verdict::fails([Cause::retries(), Cause::other()])
    } else {
        Verdict::fails([Cause::other()])
    }
}

/// Whether the mesh refused an ejection for its percentage; `None`: it does not tell.
fn refuses(recording: &Recording) -> Option<bool> {
    let mesh = recording.mesh.as_ref().filter(|(_, after)| after.answers);
    mesh.map(|(before, after)| after.grown(before, "ejections_overflow") > 0)
}

/// How many are ejected as the mesh says; `None`: it does not tell.
fn told_out(recording: &Recording) -> Option<usize> {
    let mesh = recording.mesh.as_ref().filter(|(_, after)| after.answers);
    let ejected = mesh.map(|(_, after)| after.ejected.iter().flatten());
    ejected.map(|hosts| hosts.filter(|out| **out).count())
}

/// What was seen while so many were sick.
struct Seen {
    answers: usize,
    errors: usize,
    /// Sick hosts that gave no answer.
    silent: usize,
}

impl Seen {
    /// `None` when there was no time for it: with fewer answers one host may have none by chance.
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
        let seen = Self {
            answers,
            errors,
            silent: faulty
                .take(sick)
                .filter(|host| shares[*host].0 == 0)
                .count(),
        };
        (answers >= expected.silence() / 2).then_some(seen)
    }
}
