//! Finds out what a recording does not say: where the round robin started, and which way each point
//! fell where a few milliseconds decided.

use ingress::balance::RoundRobin;

use super::Verdict;
use super::follow::Follower;
use super::freedom::{Choices, Freedoms, Point, Way};
use super::turns::Learner;
use crate::trace::{Ms, Trace};

/// A bound on the search: a recording has some dozens of points, at most hundreds, and most fall as it seems.
const MAX_CHANGES: usize = 256;

/// The run that gets furthest without a mismatch, as far as one can be found: from the first mismatch it
/// looks back for the last point whose other outcome leads further.
pub(super) fn fit(trace: &Trace) -> Verdict {
    let mut choices = Choices::new();
    let mut best = Attempt::new(trace, &choices);
    for _ in 0..MAX_CHANGES {
        let Some(better) = best
            .first_mismatch()
            .and_then(|at| improve(trace, &choices, &best, at))
        else {
            break;
        };
        (choices, best) = better;
    }
    best.verdict
}

/// A run, and the points it came by.
struct Attempt {
    verdict: Verdict,
    points: Vec<(Ms, Point)>,
}

impl Attempt {
    fn new(trace: &Trace, choices: &Choices) -> Self {
        let start = Follower::new(trace, choices, Learner::new())
            .run()
            .turns
            .start();
        let run = Follower::new(trace, choices, RoundRobin::new(start.0)).run();
        let coins = choices
            .keys()
            .filter(|point| matches!(point, Point::Coin(_)))
            .count();
        let mut mismatches = run.mismatches;
        mismatches.sort_by(|a, b| a.at.total_cmp(&b.at));
        Self {
            verdict: Verdict {
                compared: run.compared,
                mismatches,
                freedoms: Freedoms {
                    start,
                    coins,
                    skews: run.skews + choices.len() - coins,
                    late: run.late,
                    orders: run.orders,
                },
            },
            points: run.points,
        }
    }

    fn first_mismatch(&self) -> Option<Ms> {
        self.verdict.mismatches.first().map(|mismatch| mismatch.at)
    }
}

/// The choices with one more, such that the first mismatch comes later than `at`, or fewer follow it.
fn improve(trace: &Trace, choices: &Choices, best: &Attempt, at: Ms) -> Option<(Choices, Attempt)> {
    let near = |(when, _): &&(Ms, Point)| *when <= at + 1.0;
    let mut tried: Vec<Point> = choices.keys().copied().collect();
    for &(_, point) in best.points.iter().filter(near).rev() {
        if tried.contains(&point) {
            continue;
        }
        tried.push(point);
        let ways: &[Way] = match point {
            Point::Coin(_) | Point::Pick(..) => &[Way::Earlier],
            Point::Sweep(_) | Point::Answer(_) => &[Way::Earlier, Way::Later],
        };
        for &way in ways {
            let mut choices = choices.clone();
            choices.insert(point, way);
            let attempt = Attempt::new(trace, &choices);
            let (left, before) = (&attempt.verdict.mismatches, &best.verdict.mismatches);
            let first = attempt.first_mismatch();
            let further = first.is_none_or(|later| later > at);
            if further || (first == Some(at) && left.len() < before.len()) {
                return Some((choices, attempt));
            }
        }
    }
    None
}
