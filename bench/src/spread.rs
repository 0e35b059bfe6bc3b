//! What many rounds say together: the middle, and how far they are apart.

use serde::Serialize;

/// The five numbers of a few measurements.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Spread {
    /// The least.
    pub min: f64,
    /// A quarter are below.
    pub first_quartile: f64,
    /// As many are below as above.
    pub median: f64,
    /// A quarter are above.
    pub third_quartile: f64,
    /// The greatest.
    pub max: f64,
}

impl Spread {
    /// Of `values`, of which there is at least one. Between two of them the quantiles are interpolated.
    pub fn of(values: impl IntoIterator<Item = f64>) -> Option<Self> {
        let mut sorted: Vec<f64> = values.into_iter().collect();
        sorted.sort_by(f64::total_cmp);
        let last = sorted.len().checked_sub(1)?;
        let quantile = |share: f64| {
            let place = share * last as f64;
            let (below, above) = (
                sorted[place.floor() as usize],
                sorted[place.ceil() as usize],
            );
            below + (above - below) * place.fract()
        };
        Some(Self {
            min: sorted[0],
            first_quartile: quantile(0.25),
            median: quantile(0.5),
            third_quartile: quantile(0.75),
            max: sorted[last],
        })
    }

    /// Of each round's own ratio. What slows a whole round slows both of its sides, and so cancels out; a
    /// ratio of two medians would keep it.
    pub fn of_ratios(ours: &[f64], reference: &[f64]) -> Option<Self> {
        let rounds = ours.iter().zip(reference);
        Self::of(rounds.map(|(ours, reference)| ours / reference))
    }

    /// The distance of the quartiles, as a share of the median.
    pub fn relative(&self) -> f64 {
        (self.third_quartile - self.first_quartile) / self.median
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_of_an_even_number_is_between_the_middle_two() {
        let spread = Spread::of([4.0, 1.0, 3.0, 2.0]).unwrap();
        assert_eq!(spread.median, 2.5);
        assert_eq!((spread.min, spread.max), (1.0, 4.0));
        assert_eq!((spread.first_quartile, spread.third_quartile), (1.75, 3.25));
    }

    #[test]
    fn one_value_is_its_own_spread_and_none_has_no_spread() {
        let one = Spread::of([7.0]).unwrap();
        assert_eq!((one.min, one.median, one.max), (7.0, 7.0, 7.0));
        assert_eq!(one.relative(), 0.0);
        assert_eq!(Spread::of([]), None);
    }

    #[test]
    fn a_slow_round_does_not_change_its_ratio() {
        let ratios = Spread::of_ratios(&[10.0, 40.0, 12.0], &[20.0, 80.0, 24.0]).unwrap();
        assert_eq!((ratios.min, ratios.max), (0.5, 0.5));
    }

    #[test]
    fn the_spread_is_told_as_a_share_of_the_median() {
        let spread = Spread::of([90.0, 100.0, 110.0]).unwrap();
        assert_eq!(spread.relative(), 0.1);
    }
}
