//! Whether the machine was quiet enough to believe what was measured on it.
//!
//! - A round counts only if, in each of its measurements, others took at most [`MAX_TAKEN`] of the CPU.
//!   A round that does not count is played again.
//! - There are at most as many such rounds as rounds that count.
//! - The reference is the same program in every round, so the distance of its quartiles is noise and
//!   nothing else. It is at most [`MAX_SPREAD`] of its median.

use std::fmt;

use crate::machine::Disturbance;
use crate::spread::Spread;

/// The share of a measurement's CPU that may go to others: below it the ratio of two programs, both of
/// which are disturbed, moves by less than the figures are rounded to.
pub const MAX_TAKEN: f64 = 0.05;

/// The relative distance of the quartiles of the reference's CPU per request.
pub const MAX_SPREAD: f64 = 0.10;

/// Why there is nothing to report.
#[derive(Clone, Debug, PartialEq)]
pub enum Noise {
    /// Others took the CPU in more than half of the rounds.
    Busy {
        /// Rounds that did not count.
        dropped: u32,
        /// Rounds that should have.
        wanted: u32,
        /// The worst of them.
        worst: Disturbance,
    },
    /// The reference cost now this and now that.
    Unsteady {
        /// Which program.
        reference: String,
        /// Its CPU per request, in microseconds.
        spread: Spread,
    },
}

impl Disturbance {
    /// Nobody took anything.
    pub const NONE: Self = Self {
        stolen: 0.0,
        others: 0.0,
    };

    /// Whether a measurement with it counts.
    pub fn is_tolerable(&self) -> bool {
        self.stolen + self.others <= MAX_TAKEN
    }

    /// The greater one of two.
    #[must_use]
    pub fn or_worse(self, other: Self) -> Self {
        if other.stolen + other.others > self.stolen + self.others {
            other
        } else {
            self
        }
    }
}

/// Whether `dropped` rounds are too many where `wanted` should count.
pub fn too_busy(dropped: u32, wanted: u32, worst: Disturbance) -> Option<Noise> {
    (dropped > wanted).then_some(Noise::Busy {
        dropped,
        wanted,
        worst,
    })
}

/// Whether the reference's CPU per request was too far apart.
pub fn too_unsteady(reference: &str, spread: Spread) -> Option<Noise> {
    (spread.relative() > MAX_SPREAD).then(|| Noise::Unsteady {
        reference: reference.to_owned(),
        spread,
    })
}

impl fmt::Display for Noise {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Busy {
                dropped,
                wanted,
                worst,
            } => write!(
                f,
                "in {dropped} rounds, where {wanted} should count, others took more than {:.0} % of the CPU; at worst \
                 other processes {:.0} % and other machines {:.0} %",
                MAX_TAKEN * 100.0,
                worst.others * 100.0,
                worst.stolen * 100.0,
            ),
            Self::Unsteady { reference, spread } => write!(
                f,
                "the same {reference} took between {:.1} and {:.1} us of CPU per request in the middle half of its \
                 rounds, which is {:.0} % of the median and may be {:.0} %",
                spread.first_quartile,
                spread.third_quartile,
                spread.relative() * 100.0,
                MAX_SPREAD * 100.0,
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(stolen: f64, others: f64) -> Disturbance {
        Disturbance { stolen, others }
    }

    #[test]
    fn both_kinds_of_others_count_together() {
        assert!(taken(0.02, 0.03).is_tolerable());
        assert!(!taken(0.03, 0.03).is_tolerable());
        assert_eq!(taken(0.1, 0.0).or_worse(taken(0.0, 0.2)), taken(0.0, 0.2));
        assert_eq!(taken(0.1, 0.2).or_worse(taken(0.2, 0.0)), taken(0.1, 0.2));
    }

    #[test]
    fn more_bad_rounds_than_good_ones_are_too_many() {
        let worst = taken(0.01, 0.4);
        assert_eq!(too_busy(10, 10, worst), None);
        let sentence = too_busy(11, 10, worst).unwrap().to_string();
        assert_eq!(
            sentence,
            "in 11 rounds, where 10 should count, others took more than 5 % of the CPU; at worst other processes \
             40 % and other machines 1 %"
        );
    }

    #[test]
    fn a_reference_that_is_never_the_same_is_noise() {
        let steady = Spread::of([19.0, 20.0, 21.0]).unwrap();
        assert_eq!(too_unsteady("HAProxy", steady), None);
        let unsteady = Spread::of([15.0, 20.0, 25.0]).unwrap();
        let sentence = too_unsteady("HAProxy", unsteady).unwrap().to_string();
        assert_eq!(
            sentence,
            "the same HAProxy took between 17.5 and 22.5 us of CPU per request in the middle half of its rounds, \
             which is 25 % of the median and may be 10 %"
        );
    }
}
