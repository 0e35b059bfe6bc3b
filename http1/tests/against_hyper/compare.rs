//! Two readings of the same bytes beside one another.

use std::fmt;

use crate::differences::{Difference, Known};
use crate::ours;
use crate::reader::Refusal;
use crate::seen::{End, Seen};
use crate::theirs;

/// The same bytes, read twice.
#[derive(Clone)]
pub(crate) struct Case {
    pub(crate) bytes: Vec<u8>,
    /// Whether they answer a HEAD.
    pub(crate) to_head: bool,
    pub(crate) ours: Seen,
    pub(crate) theirs: Seen,
    /// Why this codec refused, if it did.
    pub(crate) refusal: Option<Refusal>,
}

impl Case {
    pub(crate) fn requests(bytes: &[u8]) -> Self {
        let (ours, refusal) = ours::requests(bytes);
        Self {
            bytes: bytes.to_vec(),
            to_head: false,
            ours,
            theirs: theirs::requests(bytes),
            refusal,
        }
    }

    pub(crate) fn response(bytes: &[u8], to_head: bool) -> Self {
        let (ours, refusal) = ours::response(bytes, to_head);
        Self {
            bytes: bytes.to_vec(),
            to_head,
            ours,
            theirs: theirs::response(bytes, to_head),
            refusal,
        }
    }

    /// What the stricter of the two saw must be the beginning of what the other saw: they may not disagree on
    /// anything else.
    pub(crate) fn is_explained_by(&self, difference: &Difference) -> bool {
        let (strict, other) = if difference.hyper_is_stricter {
            (&self.theirs, &self.ours)
        } else {
            (&self.ours, &self.theirs)
        };
        strict.end == End::Refused
            && self.ours != self.theirs
            && begins(strict, other)
            && (difference.explains)(self)
    }

    /// Fails unless the two are alike, or differ as they are known to.
    pub(crate) fn check(&self, known: Known) -> Result<(), String> {
        match known {
            None if self.ours == self.theirs => Ok(()),
            Some(difference) if self.is_explained_by(difference) => Ok(()),
            None => Err(format!("they differ: {self}")),
            Some(difference) => Err(format!(
                "this is not {:?}, which is known ({}): {self}",
                difference.name, difference.reason
            )),
        }
    }
}

/// Tries all cases before it fails, so that one run tells all that has changed. Each difference in `all` has to be
/// seen in one of them.
pub(crate) fn check_all(all: &[&Difference], cases: impl Iterator<Item = (Case, Known)>) {
    let mut unseen: Vec<_> = all.iter().map(|difference| difference.name).collect();
    let mut wrong = Vec::new();
    for (case, known) in cases {
        wrong.extend(case.check(known).err());
        unseen.retain(|name| known.is_none_or(|known| known.name != *name));
    }
    wrong.extend(unseen.iter().map(|name| format!("{name:?} is in no table")));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Whether what `short` saw is the beginning of what `long` saw.
fn begins(short: &Seen, long: &Seen) -> bool {
    let pairs = short.messages.iter().zip(&long.messages);
    let last = short.messages.len().wrapping_sub(1);
    short.messages.len() <= long.messages.len()
        && pairs.enumerate().all(|(n, (short, long))| {
            let is_like = short.first == long.first && short.fields == long.fields;
            let is_part = n == last && long.body.starts_with(&short.body);
            is_like && (is_part || short.body == long.body)
        })
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = &self.bytes[..self.bytes.len().min(1_000)];
        let refusal = self.refusal.as_ref();
        write!(
            f,
            "{}{}\n  ours:   {:?} ({:?})\n  theirs: {:?}",
            bytes.escape_ascii(),
            if self.to_head { " (to HEAD)" } else { "" },
            self.ours,
            refusal.map(|refusal| refusal.malformed),
            self.theirs
        )
    }
}
