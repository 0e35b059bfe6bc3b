//! Random connections, some of them damaged.

use std::fmt;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use crate::check::check;
use crate::compare::Case;
use crate::differences::{Difference, OF_REQUESTS, OF_RESPONSES};
use crate::parts::{request, response};

/// What is put in a place where it was not.
const DAMAGES: &[&str] = &[
    "\r\n",
    "\r",
    "\n",
    "\r\n ",
    "\t",
    " ",
    "\0",
    "\x0b",
    "\x7f",
    "\u{a0}",
    "ä",
    ":",
    ";",
    ",",
    "+",
    "-",
    "0",
    "5",
    "f",
    "x",
    "#",
    "/",
    "<",
    "chunked",
    "\r\n\r\n",
    "0\r\n\r\n",
    "Content-Length: 5\r\n",
    "HTTP/1.1",
    "close",
];

/// Bytes that can be read where they fail.
#[derive(Clone)]
struct Bytes(Vec<u8>);

impl fmt::Debug for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.escape_ascii())
    }
}

/// Cuts so many bytes out at a place, and puts others there.
#[derive(Clone, Debug)]
struct Damage(Index, usize, &'static str);

fn damaged(bytes: impl Strategy<Value = String>) -> impl Strategy<Value = Bytes> {
    let damage = (any::<Index>(), 0..3_usize, select(DAMAGES));
    let damage = damage.prop_map(|(place, cut, put)| Damage(place, cut, put));
    (bytes, prop_oneof![Just(Vec::new()), vec(damage, 1..3)]).prop_map(|(bytes, damages)| {
        let mut bytes = bytes.into_bytes();
        for Damage(place, cut, put) in damages {
            let start = place.index(bytes.len() + 1);
            let end = bytes.len().min(start + cut);
            bytes.splice(start..end, put.bytes());
        }
        Bytes(bytes)
    })
}

/// They are alike, or they differ in a way that is known.
fn explained(case: &Case, known: &[&Difference]) -> Result<(), TestCaseError> {
    let is_known =
        case.ours == case.theirs || known.iter().any(|known| case.is_explained_by(known));
    prop_assert!(is_known, "nothing explains this: {case}");
    Ok(())
}

#[test]
fn hyper_sees_the_same_in_random_requests_as_far_as_it_is_known_to() {
    let requests = vec(request(), 1..4).prop_map(|requests| requests.concat());
    check(&damaged(requests), |Bytes(bytes)| {
        explained(&Case::requests(&bytes), OF_REQUESTS)
    });
}

#[test]
fn hyper_sees_the_same_in_random_responses_as_far_as_it_is_known_to() {
    check(
        &(damaged(response()), any::<bool>()),
        |(Bytes(bytes), to_head)| explained(&Case::response(&bytes, to_head), OF_RESPONSES),
    );
}
