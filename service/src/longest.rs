//! Whose connection makes room: the one that waits longest, or one that waits long.

use slab::Slab;

/// How many are looked at. To find the one that waits longest of all would take an order that every request
/// changes, or a look at all of them for everybody who comes.
const LOOKS: usize = 64;

/// The key of the guest of which `waiting` is least, of all guests or of some taken at random where there are many.
/// Those of which it is `None` do not wait; `None` where nobody was found who does.
pub fn longest_waiting<T, W: Ord>(
    guests: &Slab<T>,
    waiting: impl Fn(&T) -> Option<W>,
) -> Option<usize> {
    let places = guests.capacity();
    let look = |look| {
        if places > LOOKS {
            fastrand::usize(..places)
        } else {
            look
        }
    };
    let waiting = |key| Some((waiting(guests.get(key)?)?, key));
    let (_, key) = (0..places.min(LOOKS)).map(look).filter_map(waiting).min()?;
    Some(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_few_it_is_the_one_that_waits_longest() {
        let guests: Slab<_> = [None, Some(30), Some(10), Some(20)]
            .into_iter()
            .enumerate()
            .collect();
        assert_eq!(longest_waiting(&guests, |since| *since), Some(2));
    }

    #[test]
    fn of_those_who_do_not_wait_it_is_nobody() {
        let guests: Slab<Option<u64>> = (0..1000).map(|key| (key, None)).collect();
        assert_eq!(longest_waiting(&guests, |since| *since), None);
    }

    #[test]
    fn of_many_it_is_one_that_waits() {
        let guests: Slab<_> = (0..1000).map(|key| (key, Some(key))).collect();
        assert!(longest_waiting(&guests, |since| *since).is_some());
    }
}
