//! Memory for bytes on their way, lent while there are any.

use std::cell::RefCell;
use std::rc::Rc;

/// How much a new buffer holds, and so how much is read at once.
const SIZE: usize = 16 << 10;

/// How large a buffer may have got to be kept: for what was read and what is written around it.
const LARGEST: usize = 2 * SIZE;

/// How many buffers are kept while nobody needs them: 2 MiB of them at most.
const KEPT: usize = 64;

/// The buffers of one worker, the last used first, since the processor still knows it. A connection on which
/// nothing is under way has none.
#[derive(Clone, Debug, Default)]
pub(super) struct Buffers(Rc<RefCell<Vec<Vec<u8>>>>);

impl Buffers {
    /// An empty buffer.
    pub(super) fn take(&self) -> Vec<u8> {
        let kept = self.0.borrow_mut().pop();
        kept.unwrap_or_else(|| Vec::with_capacity(SIZE))
    }

    /// Takes one back, and its memory with it; what has no memory or has got large is not kept.
    pub(super) fn give_back(&self, buffer: &mut Vec<u8>) {
        let mut buffer = std::mem::take(buffer);
        let mut kept = self.0.borrow_mut();
        if (SIZE..=LARGEST).contains(&buffer.capacity()) && kept.len() < KEPT {
            buffer.clear();
            kept.push(buffer);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_buffer_is_used_again_but_neither_a_large_one_nor_none_nor_too_many() {
        let buffers = Buffers::default();
        let mut first = buffers.take();
        first.extend_from_slice(b"purple");
        let memory = first.as_ptr();
        buffers.give_back(&mut first);
        assert_eq!(first.capacity(), 0);
        let again = buffers.take();
        assert_eq!((again.as_ptr(), again.len()), (memory, 0));

        buffers.give_back(&mut Vec::new());
        buffers.give_back(&mut Vec::with_capacity(LARGEST + 1));
        assert!(buffers.0.borrow().is_empty());
        for _ in 0..2 * KEPT {
            buffers.give_back(&mut Vec::with_capacity(SIZE));
        }
        assert_eq!(buffers.0.borrow().len(), KEPT);
    }
}
