//! Durations as the pages write them.

use std::time::Duration;

/// Whole milliseconds.
pub(super) fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

/// For people: `10 s`, `0.5 s`, to the millisecond.
pub(super) fn words(time: Duration) -> String {
    format!("{} s", millis(time) as f64 / 1_000.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_read_seconds() {
        assert_eq!(words(Duration::from_secs(10)), "10 s");
        assert_eq!(words(Duration::from_micros(1_428_571)), "1.428 s");
    }
}
