//! Finds out what a recording does not say: where the round robin started, and which way each point
//! fell where a few milliseconds decided.

use ingress::balance::RoundRobin;

use super::Verdict;
use super::follow::Follower;
use super::freedom::{Choices, Freedoms, Point, Way};
use super::turns::Learner;
use crate::trace::{Ms, Trace};

/// A bound on the search: a recording has some dozens of points, and most fall as it seems.
const MAX_CHANGES: usize = 64;

/// The run with the fewest mismatches that could be found. From the first mismatch it looks back for the
/// last point whose other outcome gets further.
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

/// The choices with one more, such that the first mismatch comes later than `at`.
fn improve(trace: &Trace, choices: &Choices, best: &Attempt, at: Ms) -> Option<(Choices, Attempt)> {
    let near = |(when, _): &&(Ms, Point)| *when <= at + 1.0;
    let mut tried: Vec<Point> = choices.keys().copied().collect();
    for &(_, point) in best.points.iter().filter(near).rev() {
        if tried.contains(&point) {
            continue;
        }
        tried.push(point);
        for way in [Way::Earlier, Way::Later] {
            let mut choices = choices.clone();
            choices.insert(point, way);
            let attempt = Attempt::new(trace, &choices);
            if attempt.first_mismatch().is_none_or(|later| later > at) {
                return Some((choices, attempt));
            }
        }
    }
    None
}
