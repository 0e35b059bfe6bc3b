//! Durations as the pages write them.

use std::time::Duration;

/// Whole milliseconds.
pub(super) fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

/// As Protobuf's JSON has them: `10s`, or with 3, 6 or 9 digits of a fraction, `0.500s`.
pub(super) fn protobuf(time: Duration) -> String {
    let (seconds, nanos) = (time.as_secs(), time.subsec_nanos());
    if nanos == 0 {
        format!("{seconds}s")
    } else if nanos % 1_000_000 == 0 {
        format!("{seconds}.{:03}s", nanos / 1_000_000)
    } else if nanos % 1_000 == 0 {
        format!("{seconds}.{:06}s", nanos / 1_000)
    } else {
        format!("{seconds}.{nanos:09}s")
    }
}

/// For people: `10 s`, `0.5 s`, to the millisecond.
pub(super) fn words(time: Duration) -> String {
    format!("{} s", millis(time) as f64 / 1_000.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fraction_has_three_six_or_nine_digits() {
        for (nanos, written) in [
            (10_000_000_000, "10s"),
            (500_000_000, "0.500s"),
            (1_000_050_000, "1.000050s"),
            (1, "0.000000001s"),
        ] {
            assert_eq!(protobuf(Duration::from_nanos(nanos)), written);
        }
    }

    #[test]
    fn people_read_seconds() {
        assert_eq!(words(Duration::from_secs(10)), "10 s");
        assert_eq!(words(Duration::from_micros(1_428_571)), "1.428 s");
    }
}
