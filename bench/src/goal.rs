//! A figure that the design is held to.

use std::fmt;

use serde::Serialize;

/// A figure, its bound, and what was measured.
#[derive(Clone, Debug, Serialize)]
pub struct Goal {
    /// What it is about.
    pub what: String,
    /// What it is held to.
    pub bound: Bound,
    /// What was measured.
    pub measured: f64,
    /// What both are in.
    pub unit: &'static str,
}

/// A bound, itself included.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Bound {
    /// No more than this.
    AtMost(f64),
    /// No less than this.
    AtLeast(f64),
}

impl Goal {
    /// Whether it is reached.
    pub fn is_reached(&self) -> bool {
        match self.bound {
            Bound::AtMost(bound) => self.measured <= bound,
            Bound::AtLeast(bound) => self.measured >= bound,
        }
    }
}

impl fmt::Display for Goal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            what,
            measured,
            unit,
            ..
        } = self;
        let verdict = if self.is_reached() {
            "reached"
        } else {
            "MISSED"
        };
        let (word, bound) = match self.bound {
            Bound::AtMost(bound) => ("at most", bound),
            Bound::AtLeast(bound) => ("at least", bound),
        };
        write!(
            f,
            "{verdict}: {what}: {measured:.2} {unit}, {word} {bound:.2}"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bound_itself_is_good_enough() {
        let goal = |bound, measured| Goal {
            what: "p99".to_owned(),
            bound,
            measured,
            unit: "x HAProxy",
        };
        assert!(goal(Bound::AtMost(1.0), 1.0).is_reached());
        assert!(goal(Bound::AtLeast(1.8), 1.8).is_reached());
        assert_eq!(
            goal(Bound::AtMost(1.0), 1.234).to_string(),
            "MISSED: p99: 1.23 x HAProxy, at most 1.00"
        );
        assert_eq!(
            goal(Bound::AtLeast(1.0), 1.234).to_string(),
            "reached: p99: 1.23 x HAProxy, at least 1.00"
        );
    }
}
