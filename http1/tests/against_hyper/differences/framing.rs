//! In what a head may say of its body's length.

use http1::Malformed;

use super::{Difference, refused};
use crate::reader::Refusal;

pub(crate) const EQUAL_LENGTHS: Difference = Difference {
    name: "equal lengths",
    reason: "RFC 9110 8.6 lets one refuse a length that is said twice; who sends it is broken or tries something",
    hyper_is_stricter: false,
    explains: |case| {
        refused(case, Malformed::Length, |refusal| {
            let lengths = refusal.values("content-length");
            let all = lengths.join(&b',');
            let mut all = all.split(|&byte| byte == b',').map(<[u8]>::trim_ascii);
            let first = all.next();
            let rest: Vec<_> = all.collect();
            !rest.is_empty()
                && rest
                    .iter()
                    .all(|length| number(length) == first.and_then(number))
                && refusal.values("transfer-encoding").is_empty()
        })
    },
};

pub(crate) const LENGTH_BESIDE_CHUNKS: Difference = Difference {
    name: "length beside chunks",
    reason: "RFC 9112 6.1 lets one refuse both at once, the commonest way to smuggle; hyper believes the chunks",
    hyper_is_stricter: false,
    explains: |case| {
        refused(case, Malformed::Length, |refusal| {
            !refusal.values("content-length").is_empty()
                && !refusal.values("transfer-encoding").is_empty()
        })
    },
};

pub(crate) const CODING_BEFORE_CHUNKS: Difference = Difference {
    name: "coding before chunks",
    reason: "of transfer codings only chunked is known here (RFC 9112 6.1); hyper hands on what it does not know",
    hyper_is_stricter: false,
    explains: |case| refused(case, Malformed::Coding, ends_in_chunks),
};

pub(crate) const OTHER_CODING: Difference = Difference {
    name: "other coding",
    reason: "of transfer codings only chunked is known here; hyper reads what is in another one to the end",
    hyper_is_stricter: false,
    explains: |case| refused(case, Malformed::Coding, |refusal| !ends_in_chunks(refusal)),
};

pub(crate) const EMPTY_LINE_FIRST: Difference = Difference {
    name: "empty line first",
    reason: "RFC 9112 2.2 forgives it to clients only; in front of a response it is what is left of the one before",
    hyper_is_stricter: false,
    explains: |case| refused(case, Malformed::Head, |refusal| refusal.begins_empty),
};

pub(crate) const NO_BODY_BUT_A_LENGTH: Difference = Difference {
    name: "no body but a length",
    reason: "where there is never a body, hyper does not look at what is said of its length; the next one might",
    hyper_is_stricter: false,
    explains: |case| {
        let status = case
            .theirs
            .messages
            .first()
            .map(|message| &message.first[..]);
        let has_none = case.to_head || matches!(status, Some("101" | "204" | "304"));
        let is_length = |refusal: &Refusal| {
            matches!(
                refusal.malformed,
                Some(Malformed::Length | Malformed::Coding)
            )
        };
        has_none && case.refusal.as_ref().is_some_and(is_length)
    },
};

pub(crate) const HIGHEST_LENGTHS: Difference = Difference {
    name: "highest lengths",
    reason: "hyper keeps the two highest numbers of 64 bits for other meanings",
    hyper_is_stricter: true,
    explains: |case| {
        let next = case.ours.messages.get(case.theirs.messages.len());
        let length = next.and_then(|message| message.fields.get("content-length"));
        let length = length.and_then(|values| number(&values[0]));
        length.is_some_and(|length| length >= u64::MAX - 1)
    },
};

fn number(digits: &[u8]) -> Option<u64> {
    std::str::from_utf8(digits).ok()?.parse().ok()
}

/// Whether the last coding is chunked.
fn ends_in_chunks(refusal: &Refusal) -> bool {
    let codings = refusal.values("transfer-encoding").join(&b',');
    let last = codings.rsplit(|&byte| byte == b',').next();
    last.is_some_and(|coding| coding.trim_ascii().eq_ignore_ascii_case(b"chunked"))
}
