//! Finds out what a recording does not say: where the round robin started, and which way each point
//! fell where a few milliseconds decided.

use std::cmp::Reverse;

use ingress::balance::RoundRobin;

use super::Verdict;
use super::follow::Follower;
use super::freedom::{Choices, Freedoms, Point, Way};
use super::turns::Learner;
use crate::trace::{Ms, Trace};

/// A bound on the search, in runs: a recording has some dozens of points, at most hundreds, and most fall as
/// it seems.
const MAX_RUNS: usize = 1_000;

/// The run that gets furthest without a mismatch, as far as one can be found.
pub(super) fn fit(trace: &Trace) -> Verdict {
    let mut search = Search {
        trace,
        best: Attempt::new(trace, &Choices::new()),
        runs: 1,
    };
    let first = search.best.clone();
    search.from(&Choices::new(), &first);
    search.best.verdict
}

/// A search in depth: from the first mismatch it looks back for the last point whose other outcome leads
/// further, then for the last two that do together, and goes on from there; where that ends at a later mismatch
/// after all, for the ones before.
struct Search<'t> {
    trace: &'t Trace,
    /// What has led furthest.
    best: Attempt,
    runs: usize,
}

impl Search<'_> {
    /// Goes on from `attempt`, which is what `choices` lead to. Whether it arrived: nothing differs.
    fn from(&mut self, choices: &Choices, attempt: &Attempt) -> bool {
        if attempt.is_further_than(&self.best) {
            self.best = attempt.clone();
        }
        if attempt.first_mismatch().is_none() {
            return true;
        }
        let mut rest = Vec::new();
        for choices in others(choices, attempt) {
            if self.runs >= MAX_RUNS {
                return false;
            }
            let next = self.run(&choices);
            if next.is_further_than(attempt) && self.from(&choices, &next) {
                return true;
            }
            rest.push((choices, next));
        }
        for (choices, next) in rest {
            for choices in others(&choices, &next) {
                if self.runs >= MAX_RUNS {
                    return false;
                }
                let next = self.run(&choices);
                if next.is_further_than(attempt) && self.from(&choices, &next) {
                    return true;
                }
            }
        }
        false
    }

    fn run(&mut self, choices: &Choices) -> Attempt {
        self.runs += 1;
        Attempt::new(self.trace, choices)
    }
}

/// `choices` and one more, of each point that may have to do with the first mismatch of `attempt`, the last
/// first.
fn others(choices: &Choices, attempt: &Attempt) -> Vec<Choices> {
    let at = attempt.first_mismatch().unwrap_or(Ms::INFINITY);
    let near = |(when, _): &&(Ms, Point)| *when <= at + 1.0;
    let mut tried: Vec<Point> = choices.keys().copied().collect();
    let mut others = Vec::new();
    for &(_, point) in attempt.points.iter().filter(near).rev() {
        if tried.contains(&point) {
            continue;
        }
        tried.push(point);
        let ways: &[Way] = match point {
            Point::Coin(_) | Point::Pick(..) | Point::Pass(..) => &[Way::Earlier],
            Point::Sweep(_) | Point::Answer(_) => &[Way::Earlier, Way::Later],
        };
        others.extend(ways.iter().map(|&way| {
            let mut choices = choices.clone();
            choices.insert(point, way);
            choices
        }));
    }
    others
}

/// A run, and the points it came by.
#[derive(Clone)]
struct Attempt {
    verdict: Verdict,
    points: Vec<(Ms, Point)>,
}

impl Attempt {
    fn new(trace: &Trace, choices: &Choices) -> Self {
        let learnt = Follower::new(trace, choices, Learner::new()).run();
        let passes = learnt
            .points
            .iter()
            .copied()
            .filter(|(_, point)| matches!(point, Point::Pass(..)))
            .collect::<Vec<_>>();
        let start = learnt.turns.start();
        let run = Follower::new(trace, choices, RoundRobin::new(start.0)).run();
        let count = |of: fn(&Point) -> bool| choices.keys().filter(|point| of(point)).count();
        let coins = count(|point| matches!(point, Point::Coin(_)));
        let guesses = count(|point| matches!(point, Point::Pass(..)));
        let mut mismatches = run.mismatches;
        mismatches.sort_by(|a, b| a.at.total_cmp(&b.at));
        let mut points = [run.points, passes].concat();
        points.sort_by(|(a, _), (b, _)| a.total_cmp(b));
        Self {
            verdict: Verdict {
                compared: run.compared,
                mismatches,
                freedoms: Freedoms {
                    start,
                    coins,
                    skews: run.skews + choices.len() - coins - guesses,
                    late: run.late,
                    orders: run.orders,
                },
            },
            points,
        }
    }

    fn first_mismatch(&self) -> Option<Ms> {
        self.verdict.mismatches.first().map(|mismatch| mismatch.at)
    }

    /// Whether the first mismatch comes later, or at the same time and fewer follow it.
    fn is_further_than(&self, other: &Self) -> bool {
        let rank = |attempt: &Self| {
            let first = attempt.first_mismatch().unwrap_or(Ms::INFINITY);
            (first, Reverse(attempt.verdict.mismatches.len()))
        };
        rank(self) > rank(other)
    }
}
