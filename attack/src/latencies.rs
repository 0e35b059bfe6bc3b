//! Latencies, in bounded memory however many there are.

use std::time::Duration;

use hdrhistogram::Histogram;

/// Quantiles are true to this many digits. Least, most and mean are exact.
const DIGITS: u8 = 3;

/// The longest latency that quantiles tell from longer ones: a day, in nanoseconds.
const MOST: u64 = 24 * 3_600 * 1_000_000_000;

#[derive(Clone, Debug)]
pub(crate) struct Latencies {
    histogram: Histogram<u64>,
    pub(crate) total: Duration,
    pub(crate) min: Duration,
    pub(crate) max: Duration,
}

impl Latencies {
    pub(crate) fn new() -> Self {
        Self {
            histogram: Histogram::new_with_max(MOST, DIGITS)
                .expect("0 to 5 digits and any maximum from 2 on are allowed"),
            total: Duration::ZERO,
            min: Duration::MAX,
            max: Duration::ZERO,
        }
    }

    pub(crate) fn add(&mut self, latency: Duration) {
        let nanos = u64::try_from(latency.as_nanos()).unwrap_or(u64::MAX);
        self.histogram.saturating_record(nanos);
        self.total = self.total.saturating_add(latency);
        self.min = self.min.min(latency);
        self.max = self.max.max(latency);
    }

    pub(crate) fn min(&self) -> Duration {
        self.min.min(self.max)
    }

    pub(crate) fn mean(&self) -> Duration {
        let count = u128::from(self.histogram.len()).max(1);
        Duration::from_nanos(u64::try_from(self.total.as_nanos() / count).unwrap_or(u64::MAX))
    }

    /// The latency within which this share of the requests ended; 0.5 is the median.
    pub(crate) fn quantile(&self, share: f64) -> Duration {
        let latency = Duration::from_nanos(self.histogram.value_at_quantile(share));
        latency.max(self.min()).min(self.max)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    #[test]
    fn quantiles_are_true_to_three_digits_and_the_ends_are_exact() {
        let mut latencies = Latencies::new();
        for ms in 1..=1_000 {
            latencies.add(ms * MS);
        }
        assert_eq!((latencies.min(), latencies.max), (MS, 1_000 * MS));
        assert_eq!(latencies.mean(), Duration::from_micros(500_500));
        for (share, ms) in [(0.5, 500), (0.9, 900), (0.95, 950), (0.99, 990)] {
            let error = latencies.quantile(share).abs_diff(ms * MS);
            assert!(error <= ms * MS / 1_000, "{share}: off by {error:?}");
        }
        assert_eq!(latencies.quantile(1.0), 1_000 * MS);
    }

    #[test]
    fn a_latency_of_hours_takes_no_more_room_than_a_few_hundred_kilobytes() {
        let mut latencies = Latencies::new();
        latencies.add(Duration::from_nanos(1));
        latencies.add(Duration::from_secs(100 * 3_600));
        assert!(latencies.histogram.distinct_values() * size_of::<u64>() < 500_000);
    }

    #[test]
    fn none_at_all_is_zero() {
        let latencies = Latencies::new();
        assert_eq!(latencies.min(), Duration::ZERO);
        assert_eq!(latencies.mean(), Duration::ZERO);
        assert_eq!(latencies.quantile(0.5), Duration::ZERO);
    }
}
