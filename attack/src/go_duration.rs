//! Durations as Go writes them, rounded as vegeta rounds them.

use std::fmt;
use std::time::Duration;

const MICRO: u128 = 1_000;
const MILLI: u128 = 1_000 * MICRO;
const SECOND: u128 = 1_000 * MILLI;
const MINUTE: u128 = 60 * SECOND;
const HOUR: u128 = 60 * MINUTE;

/// Displays as `3.98s`, `1m0.5s` or `922.102µs`, rounded to the unit below its largest.
#[derive(Clone, Copy, Debug)]
pub(crate) struct GoDuration(pub(crate) Duration);

impl fmt::Display for GoDuration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match rounded(self.0.as_nanos()) {
            0 => f.write_str("0s"),
            nanos if nanos < MICRO => write!(f, "{nanos}ns"),
            nanos if nanos < MILLI => decimal(f, nanos, MICRO, "µs"),
            nanos if nanos < SECOND => decimal(f, nanos, MILLI, "ms"),
            nanos => {
                if nanos >= HOUR {
                    write!(f, "{}h", nanos / HOUR)?;
                }
                if nanos >= MINUTE {
                    write!(f, "{}m", nanos % HOUR / MINUTE)?;
                }
                decimal(f, nanos % MINUTE, SECOND, "s")
            }
        }
    }
}

fn rounded(nanos: u128) -> u128 {
    let units = [HOUR, MINUTE, SECOND, MILLI, MICRO, 1];
    let finer = units
        .windows(2)
        .find(|pair| nanos >= pair[0])
        .map_or(1, |pair| pair[1]);
    (nanos + finer / 2) / finer * finer
}

/// Writes `nanos` in `unit`, without zeros at the end.
fn decimal(f: &mut fmt::Formatter<'_>, nanos: u128, unit: u128, name: &str) -> fmt::Result {
    write!(f, "{}", nanos / unit)?;
    let mut rest = nanos % unit;
    if rest > 0 {
        f.write_str(".")?;
    }
    let mut digit = unit / 10;
    while rest > 0 {
        write!(f, "{}", rest / digit)?;
        rest %= digit;
        digit /= 10;
    }
    f.write_str(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The right side is what Go printed for `round` of vegeta 12.13.
    #[test]
    fn durations_look_as_in_vegeta() {
        for (nanos, text) in [
            (0, "0s"),
            (1, "1ns"),
            (999, "999ns"),
            (1_000, "1µs"),
            (922_102, "922.102µs"),
            (1_000_000, "1ms"),
            (1_077_499, "1.077ms"),
            (1_077_500, "1.078ms"),
            (999_999_999, "1s"),
            (3_980_000_000, "3.98s"),
            (3_980_922_102, "3.981s"),
            (59_999_900_000, "1m0s"),
            (60_500_000_000, "1m1s"),
            (3_599_999_000_000, "1h0m0s"),
            (3_723_000_000_000, "1h2m0s"),
            (360_030_000_000_000, "100h1m0s"),
        ] {
            let duration = Duration::from_nanos(nanos);
            assert_eq!(GoDuration(duration).to_string(), text, "{nanos} ns");
        }
    }
}
