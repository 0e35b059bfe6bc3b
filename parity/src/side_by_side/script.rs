//! Random scripts that have only one outcome.
//!
//! Two runs never have the same clock to the millisecond, so a script keeps away from the moments at which
//! a millisecond decides: its requests go out on a grid that neither sweeps nor merged refreshes fall on,
//! and rest around every boundary of the policy.

mod changes;

use std::time::Duration;

use fastrand::Rng;
use ingress::mesh::OutlierPolicy;
use ingress::outlier::HostIndex;

use crate::trace::Ms;

/// How far from a boundary a request keeps: clocks drift by up to 5 ms with each sweep (FACTS 4.1).
const REST: Ms = 110.0;

/// How long the first answer may take: what no request has used yet of a program may still be on its disk. Nothing else
/// is asked meanwhile.
pub(super) const FIRST_ANSWER: Ms = 200.0;

/// How many intervals a script lasts, after the first in which the programs start.
const INTERVALS: u32 = 5;

/// What is played.
#[derive(Clone, Debug)]
pub(super) struct Script {
    /// Makes the same script again.
    pub(super) seed: u64,
    /// How many hosts, 1 to 12.
    pub(super) hosts: usize,
    /// The policy, merge window and panic threshold included.
    pub(super) policy: OutlierPolicy,
    /// Whether the route has App Mesh's default retries (FACTS 1.4), or none.
    pub(super) retries: bool,
    /// The route's timeout.
    pub(super) timeout: Duration,
    /// When requests go out, since the creation of the cluster; one at a time, a late answer skips some.
    pub(super) slots: Vec<Ms>,
    /// The least time between two.
    pub(super) gap: Ms,
    /// Who begins to answer how, in the order of slots.
    pub(super) changes: Vec<Change>,
}

/// A host answers differently from a slot on.
#[derive(Clone, Debug)]
pub(super) struct Change {
    /// The first slot, an index of [`Script::slots`].
    pub(super) slot: usize,
    /// Whose answers.
    pub(super) host: HostIndex,
    /// How, in turn, starting over.
    pub(super) answers: Vec<Behaviour>,
}

/// How a host treats a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Behaviour {
    /// An answer with this status.
    Status(u16),
    /// The connection is reset before an answer.
    Reset,
    /// The connection is closed before an answer.
    Close,
    /// The connection is closed in the middle of a 200.
    Truncate,
    /// An answer that is no HTTP.
    Garbage,
    /// No answer.
    Hang,
    /// Nobody listens.
    Refuse,
}

impl Script {
    /// The script of `seed`.
    pub(super) fn new(seed: u64) -> Self {
        let mut rng = Rng::with_seed(seed);
        let hosts = pick(&mut rng, &[1, 2, 3, 4, 5, 5, 5, 6, 7, 8, 10, 12]);
        let retries = rng.u8(..4) == 0;
        let window = if retries {
            0
        } else {
            pick(&mut rng, &[0_u32, 0, 700, 1_000])
        };
        let interval: u32 = if window > 0 {
            2_500
        } else {
            pick(&mut rng, &[1_500, 2_000, 2_500])
        };
        let gap = match window {
            // A retry waits for up to 75 ms.
            0 if retries => 160.0,
            0 => 40.0,
            // One window and two both end between two slots.
            window => f64::from(window) / ((f64::from(window) / 40.0).floor() + 1.0 / 3.0),
        };
        let base = interval * pick(&mut rng, &[1, 2, 3, 4, 6]) / 2;
        let consecutive_5xx = rng.u32(1..=6);
        // While it is faulty a host is ejected again before the next sweep, or the length of its ejection
        // is always the same: else the coin of FACTS 4.4 would decide.
        let per_interval = (f64::from(interval) - f64::from(window) - 2.0 * REST) / gap;
        let growth = f64::from(consecutive_5xx) * hosts as f64 <= per_interval * 0.7;
        let base_ejection_time = Duration::from_millis(base.into());
        let policy = OutlierPolicy {
            consecutive_5xx,
            enforcing_consecutive_5xx: if rng.u8(..10) == 0 { 0 } else { 100 },
            consecutive_gateway_failure: rng.u32(1..=6),
            enforcing_consecutive_gateway_failure: if rng.u8(..4) == 0 { 100 } else { 0 },
            interval: Duration::from_millis(interval.into()),
            base_ejection_time,
            max_ejection_time: base_ejection_time
                * if growth {
                    pick(&mut rng, &[1, 2, 3, 100])
                } else {
                    1
                },
            max_ejection_percent: pick(
                &mut rng,
                &[0, 10, 20, 25, 34, 50, 66, 67, 80, 100, 100, 100],
            ),
            always_eject_one_host: rng.bool(),
            healthy_panic_threshold: pick(&mut rng, &[0, 0, 20, 40, 50, 50, 60, 70, 100]),
            update_merge_window: Duration::from_millis(window.into()),
        };
        let quick = slots(&policy, gap, 0.0);
        let changes = changes::changes(&mut rng, hosts, quick.len(), retries);
        let hangs = changes
            .iter()
            .any(|change| change.answers.contains(&Behaviour::Hang));
        // Two and a half slots: an answer that late skips the same slots everywhere.
        let timeout = gap * 2.5;
        Self {
            seed,
            hosts,
            retries,
            timeout: if hangs {
                Duration::from_secs_f64(timeout / 1_000.0)
            } else {
                Duration::from_secs(15)
            },
            slots: if hangs {
                slots(&policy, gap, timeout)
            } else {
                quick
            },
            policy,
            gap,
            changes,
        }
    }
}

/// The slots: a grid, without those whose answers, up to `answer_time` later, come near a boundary.
fn slots(policy: &OutlierPolicy, gap: Ms, answer_time: Ms) -> Vec<Ms> {
    let ms = |duration: Duration| duration.as_secs_f64() * 1_000.0;
    let interval = ms(policy.interval);
    let (base, longest) = (ms(policy.base_ejection_time), ms(policy.max_ejection_time));
    // An ejection that is m x base long ends with the sweep if it began before these.
    let mut boundaries: Vec<Ms> = (0..=INTERVALS)
        .map(|m| (-f64::from(m) * base).rem_euclid(interval))
        .collect();
    boundaries.push((-longest).rem_euclid(interval));
    // A return in the sweep acts at once or late, depending on whether a refresh was within a window of it:
    // after a change at these times, or after the refresh that one waited for.
    let window = ms(policy.update_merge_window);
    boundaries.extend([1.0, 2.0].map(|times| (-times * window).rem_euclid(interval)));
    let rests = |at: Ms| {
        let phase = at.rem_euclid(interval);
        let near = |boundary: &Ms| {
            let until = (boundary - phase).rem_euclid(interval);
            until < REST + answer_time || interval - until < REST
        };
        boundaries.iter().any(near) || (window > 0.0 && phase < window + REST)
    };
    let first = (interval / gap).ceil();
    let all = (f64::from(INTERVALS) * interval / gap).floor();
    let times = (0..all as u32).map(|slot| (first + f64::from(slot)) * gap);
    let mut slots: Vec<Ms> = times.filter(|at| !rests(*at)).collect();
    if let Some(&first) = slots.first() {
        slots.retain(|at| *at == first || *at > first + FIRST_ANSWER);
    }
    slots
}

fn pick<T: Copy>(rng: &mut Rng, from: &[T]) -> T {
    from[rng.usize(..from.len())]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_makes_the_same_script_again() {
        for seed in 0..50 {
            assert_eq!(
                format!("{:?}", Script::new(seed)),
                format!("{:?}", Script::new(seed))
            );
        }
    }

    #[test]
    fn scripts_are_all_different_and_each_has_requests() {
        let mut seen = std::collections::BTreeSet::new();
        for seed in 0..500 {
            let script = Script::new(seed);
            assert!(
                script.slots.len() >= 10,
                "seed {seed}: {} slots",
                script.slots.len()
            );
            assert!(!script.changes.is_empty(), "seed {seed}");
            assert!(
                seen.insert(format!("{:?}{:?}", script.policy, script.changes)),
                "seed {seed}"
            );
        }
    }

    #[test]
    fn requests_rest_around_sweeps() {
        for seed in 0..100 {
            let script = Script::new(seed);
            let interval = script.policy.interval.as_secs_f64() * 1_000.0;
            for slot in &script.slots {
                let phase = slot.rem_euclid(interval);
                assert!(phase.min(interval - phase) >= REST, "seed {seed}: {slot}");
            }
        }
    }
}
