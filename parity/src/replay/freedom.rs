//! What a recording leaves open.

use std::collections::BTreeMap;
use std::fmt;

use crate::trace::Ms;

/// How far Envoy's timers and the recording's clock may be apart: the sweep times were taken from a
/// second cluster, events are rounded to a millisecond, and a decision takes about one to reach the
/// balancers (FACTS 3.7, 13).
pub(super) const SKEW: Ms = 4.0;

/// How much later than its answer an ejection may be logged: another thread decides it (FACTS 3.7), and on
/// a busy machine that thread has to wait.
pub(super) const LAG: Ms = 12.0;

/// Uses of each freedom.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Freedoms {
    /// Where the round robin started, and of how many starts that can be told apart (FACTS 8.2).
    pub start: (u64, u128),
    /// Sweeps right after a return that did not yet count as healthy (FACTS 4.4).
    pub coins: usize,
    /// Picks, sweeps and ejections within 4 ms of each other that fell the other
    /// way round (FACTS 13).
    pub skews: usize,
    /// Ejections that were logged later than that after their answer, or at a time within a request of several
    /// attempts that nothing else tells (FACTS 3.7).
    pub late: usize,
    /// Sweeps in which several hosts returned, in another order than that of the hosts (FACTS 6.6).
    pub orders: usize,
}

/// A place where a few milliseconds decide.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Point {
    /// Whether the sweep with this index counts for hosts that returned in the one before.
    Coin(usize),
    /// When the sweep with this index really was.
    Sweep(usize),
    /// When the answer to the request with this index was really decided about.
    Answer(usize),
    /// Whether this attempt (the second number, from 1) of the request with this number was a pick from the
    /// hosts before a change that had just been.
    Pick(u64, usize),
    /// Whether this retry passed over a host that had been tried, whose turn it was. It says more of where
    /// the round robin started than the pick alone.
    Pass(u64, usize),
}

/// Which way it went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// A few milliseconds before it seems.
    Earlier,
    /// A few milliseconds after it seems.
    Later,
}

/// Which way it went, for the points where it was not the way it seems.
pub(super) type Choices = BTreeMap<Point, Way>;

impl Way {
    /// The moment that seems to be `at`.
    pub(super) fn shift(way: Option<&Self>, at: Ms) -> Ms {
        match way {
            None => at,
            Some(Self::Earlier) => at - SKEW,
            Some(Self::Later) => at + SKEW,
        }
    }
}

impl fmt::Display for Freedoms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (start, of) = self.start;
        let Self {
            coins,
            skews,
            late,
            orders,
            ..
        } = self;
        write!(
            f,
            "start {start} of {of}, coins {coins}, skews {skews}, late {late}, orders {orders}"
        )
    }
}
