//! Numbers as header values.

use std::cell::RefCell;

use http::HeaderValue;

/// How many values are remembered: the milliseconds that most answers take, and a timeout or two.
const REMEMBERED: usize = 32;

thread_local! {
    /// Values by the remainder of their number. The same few come again and again, and to write one anew takes
    /// two allocations.
    static KNOWN: RefCell<[Option<(u64, HeaderValue)>; REMEMBERED]> =
        const { RefCell::new([const { None }; REMEMBERED]) };
}

/// `number` in decimal.
pub(super) fn value(number: u64) -> HeaderValue {
    KNOWN.with_borrow_mut(|known| {
        let place = usize::try_from(number % REMEMBERED as u64).expect("it is small");
        match &known[place] {
            Some((of, value)) if *of == number => value.clone(),
            _ => {
                let value = HeaderValue::from(number);
                known[place] = Some((number, value.clone()));
                value
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_never_taken_for_another() {
        for number in [0, 32, 0, 1, 33, u64::MAX, 31, 31] {
            assert_eq!(value(number), number.to_string());
        }
    }
}
