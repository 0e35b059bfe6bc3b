//! Where this codec and hyper are known to disagree, and why.

mod chunks;
mod framing;
mod targets;

use http1::Malformed;

use crate::compare::Case;
use crate::reader::Refusal;

pub(crate) use chunks::*;
pub(crate) use framing::*;
pub(crate) use targets::*;

/// A way in which the two disagree.
#[derive(Debug)]
pub(crate) struct Difference {
    pub(crate) name: &'static str,
    pub(crate) reason: &'static str,
    /// Otherwise this codec is.
    pub(crate) hyper_is_stricter: bool,
    /// Whether this is why two readings differ.
    pub(crate) explains: fn(&Case) -> bool,
}

/// How two readings are known to differ; `None` where they are to be alike.
pub(crate) type Known = Option<&'static Difference>;

/// In requests.
pub(crate) const OF_REQUESTS: &[&Difference] = &[
    &EQUAL_LENGTHS,
    &LENGTH_BESIDE_CHUNKS,
    &CODING_BEFORE_CHUNKS,
    &FRAGMENT,
    &BEYOND_ASCII,
    &SCHEME,
    &CONTROL_IN_EXTENSION,
    &LINE_FEED_AMONG_TRAILERS,
    &TRAILER_BEFORE_ITS_END,
    &TOO_MUCH_AROUND_CHUNKS,
    &CHARACTER_IN_TARGET,
    &LONG_TARGET,
    &AUTHORITY,
    &HIGHEST_LENGTHS,
    &MANY_TRAILERS,
];

/// In responses.
pub(crate) const OF_RESPONSES: &[&Difference] = &[
    &EQUAL_LENGTHS,
    &LENGTH_BESIDE_CHUNKS,
    &CODING_BEFORE_CHUNKS,
    &OTHER_CODING,
    &EMPTY_LINE_FIRST,
    &NO_BODY_BUT_A_LENGTH,
    &CONTROL_IN_EXTENSION,
    &LINE_FEED_AMONG_TRAILERS,
    &TRAILER_BEFORE_ITS_END,
    &TOO_MUCH_AROUND_CHUNKS,
    &HIGHEST_LENGTHS,
    &MANY_TRAILERS,
];

fn refused(case: &Case, with: Malformed, and: impl Fn(&Refusal) -> bool) -> bool {
    let refusal = case.refusal.as_ref();
    refusal.is_some_and(|refusal| refusal.malformed == Some(with) && and(refusal))
}
