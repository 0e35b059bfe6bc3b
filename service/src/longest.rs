//! Whose connection makes room: the one that waits longest, or one that waits long.

use slab::Slab;

/// How many are looked at. To find the one that waits longest of all would take an order that every request
/// changes, or a look at all of them for everybody who comes.
const LOOKS: usize = 64;

/// Of so many places at least one is to be taken for a draw to find enough guests.
const SPARSE: usize = 4;

/// The key of the guest of which `waiting` is least, of all guests or of some taken at random where there are many.
/// Those of which it is `None` do not wait; `None` where nobody was found who does.
pub fn longest_waiting<T, W: Ord>(
    guests: &Slab<T>,
    waiting: impl Fn(&T) -> Option<W>,
) -> Option<usize> {
    let of = |(key, guest): (usize, &T)| Some((waiting(guest)?, key));
    // A crowd that has left leaves its places.
    let places = guests.capacity();
    let (_, key) = if guests.len() <= LOOKS || guests.len() < places / SPARSE {
        guests.iter().filter_map(of).min()?
    } else {
        let draw = |_| fastrand::usize(..places);
        let drawn = (0..LOOKS).map(draw);
        drawn.filter_map(|key| of((key, guests.get(key)?))).min()?
    };
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
    fn of_few_it_is_the_same_where_there_were_many() {
        let mut guests: Slab<_> = (0..10_000).map(|key| (key, Some(key))).collect();
        for left in [100, 10] {
            guests.retain(|key, _| key >= 10_000 - left);
            let longest = longest_waiting(&guests, |since| *since);
            assert_eq!(longest, Some(10_000 - left));
        }
    }

    #[test]
    fn of_many_it_is_one_that_waits() {
        let guests: Slab<_> = (0..1000).map(|key| (key, Some(key))).collect();
        assert!(longest_waiting(&guests, |since| *since).is_some());
    }
}
