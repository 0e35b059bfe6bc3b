//! The `date` of answers that come without one.

use std::cell::RefCell;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http::HeaderValue;
use httpdate::fmt_http_date;

thread_local! {
    /// The value of this second: writing it anew for each answer would cost more than the rest of the head.
    static NOW: RefCell<(u64, HeaderValue)> = const { RefCell::new((0, HeaderValue::from_static(""))) };
}

/// The date of now.
pub(super) fn now() -> HeaderValue {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH);
    let second = since_epoch.as_ref().map_or(0, Duration::as_secs);
    NOW.with_borrow_mut(|(of, value)| {
        if *of != second {
            let text = fmt_http_date(UNIX_EPOCH + Duration::from_secs(second));
            *value = HeaderValue::try_from(text).expect("a date is visible ASCII");
            *of = second;
        }
        value.clone()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn now_is_between_before_and_after() {
        let before = SystemTime::now() - Duration::from_secs(1);
        let now = httpdate::parse_http_date(now().to_str().unwrap()).unwrap();
        assert!((before..=SystemTime::now()).contains(&now));
    }
}
