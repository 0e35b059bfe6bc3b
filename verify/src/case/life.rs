//! The life of one sick replica, as the client saw it: out, back, out again, recovered, back.

use std::time::Duration;

use crate::expected::Expected;
use crate::profile::Return;
use crate::recording::{Answer, Change, Recording};

/// What the recording of a life tells. All times are the client's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Life {
    pub(super) sick: usize,
    pub(super) fell_ill: Duration,
    /// Errors until it was silent for the first time.
    pub(super) errors: usize,
    /// Of those, how many were asked for before the one that ejected it had come.
    pub(super) in_flight: usize,
    /// The error that ejected it; `None`: it never was silent.
    pub(super) out: Option<Duration>,
    /// Its first answer after that, unless it was recovered before.
    pub(super) back: Option<Duration>,
    /// How many answers it gave before it was silent again.
    pub(super) answers_again: usize,
    /// The error that ejected it the second time.
    pub(super) out_again: Option<Duration>,
    /// When it was made well.
    pub(super) recovered: Option<Duration>,
    /// Its first answer after that.
    pub(super) back_for_good: Option<Duration>,
}

impl Life {
    /// Reads it; `None` when nobody fell ill.
    pub(super) fn of(expected: &Expected, recording: &Recording) -> Option<Self> {
        let (sick, fell_ill) = recording.sick()?;
        let recovered = recording.when(|change| change == Change::Recover(sick));
        let threshold = expected.policy.max_server_errors as usize;
        let spells = recording.spells(sick, fell_ill, expected.silence());
        let ends_silent = recording.silent_for(sick) >= expected.silence();
        let is_out_after = |spell: usize| spells.len() > spell + 1 || ends_silent;
        let was_sick = |at: &Duration| recovered.is_none_or(|recovered| *at < recovered);

        let mut life = Self {
            sick,
            fell_ill,
            errors: 0,
            in_flight: 0,
            out: None,
            back: None,
            answers_again: 0,
            out_again: None,
            recovered,
            back_for_good: None,
        };
        let Some(first) = spells.first().filter(|spell| was_sick(&spell.first)) else {
            life.back_for_good = spells.first().map(|spell| spell.first);
            return Some(life);
        };
        life.errors = first.errors;
        let errors = errors_of(recording, sick, fell_ill, first.last);
        let own = ejecting(&errors, threshold);
        if is_out_after(0) {
            life.out = own.checked_sub(1).map(|last| errors[last].at);
            life.in_flight = errors.len() - own;
        }
        let rest = match spells.get(1).filter(|spell| was_sick(&spell.first)) {
            Some(second) => {
                life.back = Some(second.first);
                life.answers_again = second.answers;
                // As many as the first time. More may follow, as the balancer may hear of the second
                // ejection late (FACTS 2.5).
                let again = match expected.profile.returns() {
                    Return::Sweep => own,
                    Return::Probe => 1,
                };
                // Its requests were sent a little before their answers came.
                let from = second.first.saturating_sub(expected.turn() / 2);
                if is_out_after(1) {
                    let errors = errors_of(recording, sick, from, second.last);
                    life.out_again = errors.iter().take(again).next_back().map(|error| error.at);
                }
                2
            }
            None => 1,
        };
        life.back_for_good = spells.get(rest).map(|spell| spell.first);
        Some(life)
    }

    /// Whether it fell silent without a single error: retries, or no traffic at all.
    pub(super) fn is_hidden(&self) -> bool {
        self.errors == 0 && self.out.is_none()
    }

    /// Why nothing can be said of what comes after the ejection.
    pub(super) fn no_ejection(&self) -> &'static str {
        if self.is_hidden() {
            "no error reached the client, so the ejection cannot be told from retries"
        } else {
            "it was not ejected"
        }
    }
}

/// What `sick` answered badly, to requests sent after `from`, up to its answer at `last`.
fn errors_of(recording: &Recording, sick: usize, from: Duration, last: Duration) -> Vec<&Answer> {
    let answers = recording.answers.iter();
    let its = answers.filter(|of| of.host == Some(sick) && of.sent >= from && of.at <= last);
    its.filter(|of| of.is_error()).collect()
}

/// How many of the errors it took to eject: the threshold's number, or more if others were asked for after
/// that. Those that follow were in flight.
fn ejecting(errors: &[&Answer], threshold: usize) -> usize {
    let in_flight = |own: &usize| match own.checked_sub(1) {
        Some(last) => errors[*own..].iter().all(|of| of.sent < errors[last].at),
        None => false,
    };
    (threshold.min(errors.len())..errors.len())
        .find(in_flight)
        .unwrap_or(errors.len())
}
