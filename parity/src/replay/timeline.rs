//! The recording's clock, and the one of the core.

use std::time::Duration;

use ingress::outlier::Elapsed;

use super::freedom::{Choices, Point, Way};
use crate::trace::{Ms, Trace};

/// The core's clock has no time before its start, and a recording may begin with what was before it.
const BEFORE: Ms = 3_600_000.0;

/// How far a return may be from the sweep that it is of: the sweeps were taken from another cluster.
const SAME_SWEEP: Ms = 12.0;

/// How late a sweep may be from one to the next (FACTS 4.1).
const DRIFT: Ms = 6.0;

/// A moment of the recording on the core's clock.
pub(super) fn elapsed(at: Ms) -> Elapsed {
    Duration::from_secs_f64((at + BEFORE).max(0.0) / 1_000.0)
}

/// A moment of the core on the recording's clock.
pub(super) fn ms(at: Elapsed) -> Ms {
    at.as_secs_f64() * 1_000.0 - BEFORE
}

/// A sweep.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sweep {
    /// When, among everything else.
    pub(super) at: Ms,
    /// When by the detector's clock, which decides how long things have been.
    pub(super) now: Elapsed,
}

/// The sweeps of `trace`, each moved as `choices` say.
pub(super) fn sweeps(trace: &Trace, choices: &Choices) -> Vec<Sweep> {
    let interval = trace.header.policy.interval.as_secs_f64() * 1_000.0;
    let times = filled(&seen(trace, interval), interval);
    let mut sweeps: Vec<Sweep> = Vec::with_capacity(times.len());
    for (index, seen) in times.into_iter().enumerate() {
        let at = Way::shift(choices.get(&Point::Sweep(index)), seen);
        let mut now = elapsed(at);
        if let Some(before) = sweeps.last() {
            // Whether a whole interval has passed since the sweep before is a matter of a millisecond
            // (FACTS 4.4). It has, unless the coin fell the other way.
            let whole = before.now + trace.header.policy.interval;
            let short = whole.saturating_sub(Duration::from_millis(1));
            let near = at - ms(before.now) < interval * 1.5;
            match choices.get(&Point::Coin(index)) {
                Some(_) => now = now.min(short),
                None if near => now = now.max(whole),
                None => {}
            }
        }
        sweeps.push(Sweep { at, now });
    }
    sweeps
}

/// The sweeps as listed, or where a return tells one better. A return that is not near a sweep, nor whole
/// intervals after one, makes none: then it is the return that is wrong.
fn seen(trace: &Trace, interval: Ms) -> Vec<Ms> {
    let mut times = trace.header.sweeps.clone();
    let returns = trace
        .decisions
        .iter()
        .filter(|decision| decision.ejection.is_none());
    for at in returns.map(|decision| decision.at) {
        if let Some(same) = times
            .iter()
            .position(|sweep| (sweep - at).abs() <= SAME_SWEEP)
        {
            times[same] = at;
            continue;
        }
        let before = times
            .iter()
            .copied()
            .filter(|sweep| *sweep < at)
            .max_by(Ms::total_cmp);
        let is_sweep = before.map_or(times.is_empty(), |before| {
            let intervals = ((at - before) / interval).round();
            let drift = at - before - intervals * interval;
            intervals >= 1.0 && (-SAME_SWEEP..=intervals * DRIFT + SAME_SWEEP).contains(&drift)
        });
        if is_sweep {
            times.push(at);
            times.sort_by(Ms::total_cmp);
        }
    }
    times
}

/// With the sweeps in between that nobody saw.
fn filled(times: &[Ms], interval: Ms) -> Vec<Ms> {
    let mut all: Vec<Ms> = Vec::with_capacity(times.len());
    for &at in times {
        while let Some(&last) = all.last()
            && at - last > interval * 1.5
        {
            all.push(last + interval);
        }
        all.push(at);
    }
    all
}
