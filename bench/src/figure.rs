//! The figures of a measurement that the tables show, and how they show them.

use crate::sample::Sample;
use crate::spread::Spread;

/// One figure of a measurement.
pub type Figure = fn(&Sample) -> f64;

/// CPU of all processes, microseconds per request.
pub const CPU: Figure = |sample| sample.cpu_micros;
/// Requests per second.
pub const RATE: Figure = |sample| sample.rate;
/// The median latency, microseconds.
pub const P50: Figure = |sample| sample.p50_micros;
/// The latency that one request of a hundred exceeds, microseconds.
pub const P99: Figure = |sample| sample.p99_micros;
/// Resident memory of all processes, in MB of 10^6 bytes.
pub const MEMORY_MB: Figure = |sample| megabytes(sample.memory.resident_kib);

/// KiB in MB of 10^6 bytes.
pub fn megabytes(kib: u64) -> f64 {
    kib as f64 * 1024.0 / 1e6
}

/// The median, and the rounds that are furthest from it.
pub fn ratio(spread: Spread) -> String {
    format!("{:.2} ({:.2}-{:.2})", spread.median, spread.min, spread.max)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ratio_shows_how_far_the_rounds_were_apart() {
        let spread = Spread::of([0.7, 0.72, 0.755]).unwrap();
        assert_eq!(ratio(spread), "0.72 (0.70-0.76)");
        assert_eq!(megabytes(1000), 1.024);
    }
}
