//! Heads that come drop by drop: each is read again now and then, not for each drop.

use memchr::memchr_iter;

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
    /// the first, or twice as many, or have a first line or an end that was not there.
    pub(super) fn is_worth_a_look(self, bytes: &[u8]) -> bool {
        let is_line = || !bytes[..self.seen].contains(&b'\n') && bytes.contains(&b'\n');
        self.seen == 0 || bytes.len() >= 2 * self.seen || is_line() || ends_in(bytes, self.seen)
    }

    /// `bytes` were looked at, or not worth it.
    pub(super) fn saw(&mut self, bytes: &[u8]) {
        self.seen = bytes.len();
    }
}

/// Whether a head may end in `bytes`, of which the first `seen` are known to have no end.
fn ends_in(bytes: &[u8], seen: usize) -> bool {
    let from = seen.saturating_sub(2);
    memchr_iter(b'\n', &bytes[from..])
        .any(|at| matches!(bytes[from + at + 1..], [b'\n', ..] | [b'\r', b'\n', ..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_head_is_found_wherever_it_is_cut() {
        for head in [
            "GET / HTTP/1.1\r\na: b\r\n\r\n",
            "GET / HTTP/1.1\na: b\n\n",
            "GET / HTTP/1.1\r\na: b\n\r\n",
        ] {
            let head = head.as_bytes();
            for seen in 0..head.len() {
                assert!(ends_in(head, seen), "{seen}");
                assert!(
                    !ends_in(&head[..head.len() - 1], seen.min(head.len() - 1)),
                    "{seen}"
                );
            }
        }
    }

    #[test]
    fn a_head_of_many_drops_is_looked_at_a_few_times_and_at_its_end() {
        let head = format!("GET / HTTP/1.1\r\na: {}\r\n\r\n", "b".repeat(10_000));
        let mut drip = Drip::default();
        let mut looks = Vec::new();
        for n in 1..=head.len() {
            let bytes = &head.as_bytes()[..n];
            assert!(drip.has_more(bytes));
            if drip.is_worth_a_look(bytes) {
                looks.push(n);
            }
            drip.saw(bytes);
        }
        assert_eq!(looks.last(), Some(&head.len()));
        assert!(looks.len() < 20, "{looks:?}");
    }
}
