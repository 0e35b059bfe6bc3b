//! The `date` of answers that come without one.

use std::cell::Cell;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use httpdate::fmt_http_date;

/// How long a date is in its one form that may be written (RFC 9110 5.6.7).
const LENGTH: usize = "Sun, 06 Nov 1994 08:49:37 GMT".len();

thread_local! {
    /// The text of this second: writing it anew for each answer would cost more than the rest of the head.
    static NOW: Cell<(u64, [u8; LENGTH])> = const { Cell::new((u64::MAX, [0; LENGTH])) };
}

/// The date of now.
pub(super) fn now() -> [u8; LENGTH] {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH);
    let second = since_epoch.as_ref().map_or(0, Duration::as_secs);
    let (of, text) = NOW.get();
    if of == second {
        return text;
    }
    let written = fmt_http_date(UNIX_EPOCH + Duration::from_secs(second));
    let text = written.as_bytes().try_into();
    let text = text.expect("every date is written in the one form");
    NOW.set((second, text));
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn now_is_between_before_and_after() {
        let before = SystemTime::now() - Duration::from_secs(1);
        for _ in 0..2 {
            let text = now();
            let now = httpdate::parse_http_date(str::from_utf8(&text).unwrap()).unwrap();
            assert!((before..=SystemTime::now()).contains(&now));
        }
    }
}
