//! Heads that come drop by drop: each is read again now and then, not for each drop.

use memchr::memchr;

/// How much of a head was looked at in vain.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Drip {
    seen: usize,
}

impl Drip {
    /// Whether anything was looked at.
    pub(super) fn has_begun(self) -> bool {
        self.seen > 0
    }

    /// Whether there is more in `bytes` than was looked at.
    pub(super) fn has_more(self, bytes: &[u8]) -> bool {
        bytes.len() > self.seen
    }

    /// Whether a look at `bytes`, of which there are more than were looked at, may tell something new: they are
    /// the first, or twice as many, or a line ends that had none.
    pub(super) fn is_worth_a_look(self, bytes: &[u8]) -> bool {
        self.seen == 0
            || bytes.len() >= 2 * self.seen
            || memchr(b'\n', &bytes[self.seen..]).is_some()
    }

    /// `bytes` were looked at, or not worth it.
    pub(super) fn saw(&mut self, bytes: &[u8]) {
        self.seen = bytes.len();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// After how many bytes a head is looked at that comes one by one.
    fn looks(head: &str) -> Vec<usize> {
        let mut drip = Drip::default();
        let mut looks = Vec::new();
        for n in 1..=head.len() {
            let bytes = &head.as_bytes()[..n];
            assert!(drip.has_more(bytes));
            if drip.is_worth_a_look(bytes) {
                looks.push(n);
            }
            drip.saw(bytes);
            assert!(drip.has_begun() && !drip.has_more(bytes));
        }
        looks
    }

    #[test]
    fn a_head_of_many_drops_is_looked_at_a_few_times_and_at_each_end_of_a_line() {
        let head = format!("GET / HTTP/1.1\r\na: {}\r\n\r\n", "b".repeat(10_000));
        let looks = looks(&head);
        let lines = head.match_indices('\n').map(|(at, _)| at + 1);
        for line in lines {
            assert!(looks.contains(&line), "{line}: {looks:?}");
        }
        assert!(looks.len() < 20, "{looks:?}");
    }
}
