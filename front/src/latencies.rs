//! How long answers took, to two digits: a count for each length of time that is told apart.
//!
//! Below twice [`STEPS`] each microsecond is told apart, and from there on so many lengths in each octave, which are less
//! than a hundredth apart. Counts go up to the longest of them only: the few milliseconds that a mesh takes are a few
//! hundred numbers, which are added up at once.

use std::time::Duration;

/// Lengths that are told apart in each octave.
const STEPS: u64 = 128;

/// The longest that is told apart, in microseconds: far longer than `front` waits.
const LONGEST: u64 = 600_000_000;

/// Lengths of time, each of them counted.
#[derive(Default)]
pub(crate) struct Latencies {
    counts: Vec<u32>,
}

impl Latencies {
    /// Counts one that took `time`.
    pub(crate) fn record(&mut self, time: Duration) {
        let micros = u64::try_from(time.as_micros()).map_or(LONGEST, |micros| micros.min(LONGEST));
        let place = place(micros);
        if self.counts.len() <= place {
            self.counts.resize(place + 1, 0);
        }
        let count = &mut self.counts[place];
        *count = count.saturating_add(1);
    }

    /// Counts all of `others`, too.
    pub(crate) fn add(&mut self, others: &Self) {
        if self.counts.len() < others.counts.len() {
            self.counts.resize(others.counts.len(), 0);
        }
        for (count, more) in self.counts.iter_mut().zip(&others.counts) {
            *count = count.saturating_add(*more);
        }
    }

    /// The length, in milliseconds, that each of these shares (0 to 1) of all does not exceed; `None` when there are none.
    /// The shares are in order.
    pub(crate) fn quantiles_ms<const N: usize>(&self, shares: [f64; N]) -> Option<[f64; N]> {
        let total: u64 = self.counts.iter().copied().map(u64::from).sum();
        if total == 0 {
            return None;
        }
        let mut places = self.counts.iter().enumerate();
        let (mut place, mut sum) = (0, 0);
        Some(shares.map(|share| {
            let enough = ((share * total as f64).ceil() as u64).clamp(1, total);
            while sum < enough
                && let Some((next, count)) = places.next()
            {
                place = next;
                sum += u64::from(*count);
            }
            longest(place) as f64 / 1000.0
        }))
    }
}

/// Where what took so many microseconds is counted.
fn place(micros: u64) -> usize {
    // Halved until it is below the fine ones, of which it is in the upper half then.
    let halvings = u64::from(micros.max(1).ilog2()).saturating_sub(u64::from(STEPS.ilog2()));
    (halvings * STEPS + (micros >> halvings)) as usize
}

/// The most microseconds that are counted there.
fn longest(place: usize) -> u64 {
    let place = place as u64;
    let halvings = (place / STEPS).saturating_sub(1);
    ((place - halvings * STEPS + 1) << halvings) - 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_place_begins_where_the_last_one_ends() {
        for micros in (0..100_000).chain([LONGEST - 1, LONGEST]) {
            let place = place(micros);
            assert!(micros <= longest(place), "{micros}");
            assert!(place == 0 || micros > longest(place - 1), "{micros}");
            let width = longest(place) - micros;
            assert!(
                width * 100 <= micros,
                "{micros} is to be told to two digits"
            );
        }
    }

    #[test]
    fn quantiles_are_those_of_all_that_were_counted() {
        let mut all = Latencies::default();
        assert_eq!(all.quantiles_ms([0.5]), None);
        for millis in 1..=50 {
            all.record(Duration::from_millis(millis));
        }
        let mut more = Latencies::default();
        for millis in 51..=100 {
            more.record(Duration::from_millis(millis));
        }
        all.add(&more);
        let quantiles = all.quantiles_ms([0.0, 0.5, 0.99, 1.0]).unwrap();
        for (quantile, expected) in quantiles.into_iter().zip([1.0, 50.0, 99.0, 100.0]) {
            let apart: f64 = quantile / expected - 1.0;
            assert!((0.0..0.01).contains(&apart), "{quantiles:?}");
        }
    }

    /// Whatever a clock says, it takes no more memory than this.
    #[test]
    fn what_took_for_ever_took_the_longest() {
        let mut all = Latencies::default();
        all.record(Duration::MAX);
        all.record(Duration::ZERO);
        assert!(all.counts.len() < 3000, "{}", all.counts.len());
        let [least, most] = all.quantiles_ms([0.5, 1.0]).unwrap();
        assert_eq!(least, 0.0);
        assert!((600_000.0..606_000.0).contains(&most), "{most}");
    }
}
