//! What is kept of a body.

use std::cell::Cell;
use std::rc::Rc;

/// How much of a body is kept for a retry: Envoy's default buffer limit of a listener.
pub(super) const KEPT: usize = 1 << 20;

/// How much all bodies of a worker may keep at a time. Envoy has no such limit: there, as many clients as there
/// are connections could have 1 MiB each.
pub(super) const KEPT_IN_ALL: usize = 16 << 20;

/// How much of what is kept is handed out at once.
pub(super) const PIECE: usize = 64 << 10;

/// The bytes for a further attempt.
#[derive(Debug)]
pub(super) struct Kept {
    pub(super) bytes: Vec<u8>,
    memory: Memory,
}

/// What the bodies of a worker take, all together.
#[derive(Clone, Debug, Default)]
pub(in crate::proxy) struct Memory(pub(super) Rc<Cell<usize>>);

impl Kept {
    pub(super) fn new(memory: &Memory) -> Self {
        Self {
            bytes: Vec::new(),
            memory: memory.clone(),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// `false` when it would be too much, and nothing is added.
    pub(super) fn add(&mut self, chunk: &[u8]) -> bool {
        let (length, before) = (self.bytes.len() + chunk.len(), self.bytes.capacity());
        if length > KEPT {
            return false;
        }
        if length > before {
            let capacity = length.max(2 * before).min(KEPT);
            if !self.memory.take(capacity - before) {
                return false;
            }
            self.bytes.reserve_exact(capacity - self.bytes.len());
        }
        self.bytes.extend_from_slice(chunk);
        true
    }

    pub(super) fn clear(&mut self) {
        let bytes = std::mem::take(&mut self.bytes);
        self.memory.give_back(bytes.capacity());
    }

    /// What comes after the first `sent` bytes, or the beginning of it.
    pub(super) fn piece(&self, sent: usize) -> Option<&[u8]> {
        let rest = self.bytes.get(sent..).filter(|rest| !rest.is_empty())?;
        Some(&rest[..rest.len().min(PIECE)])
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        self.clear();
    }
}

impl Memory {
    /// `false` when there is not so much left.
    fn take(&self, bytes: usize) -> bool {
        let taken = self.0.get() + bytes;
        let fits = taken <= KEPT_IN_ALL;
        if fits {
            self.0.set(taken);
        }
        fits
    }

    fn give_back(&self, bytes: usize) {
        self.0.set(self.0.get() - bytes);
    }
}
