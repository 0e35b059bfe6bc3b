//! Requests of the tables.

use crate::compare::{Case, check_all};
use crate::differences::{
    Known, LONG_TARGET, MANY_TRAILERS, OF_REQUESTS, TOO_MUCH_AROUND_CHUNKS, TRAILER_BEFORE_ITS_END,
};
use crate::tables::{CHUNKS, FIRST_LINES, POSTS};

/// What follows whatever is tried, to be found or to be swallowed.
pub(crate) const NEXT: &str = "GET /next HTTP/1.1\r\n\r\n";

/// What is too long for a table, or has nothing behind it.
fn others() -> [(String, Known); 9] {
    let get = |target: &str| format!("GET {target} HTTP/1.1\r\n\r\n{NEXT}");
    let chunks = |chunks: &str| {
        let head = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n";
        format!("{head}{chunks}")
    };
    let fields = |n: usize| format!("GET / HTTP/1.1\r\n{}\r\n{NEXT}", "a: b\r\n".repeat(n));
    let trailers = |n: usize| chunks(&format!("0\r\n{}\r\n{NEXT}", "a: b\r\n".repeat(n)));
    let long = "a".repeat(10_000);
    let around = format!("0;{long}\r\na: {long}\r\n\r\n{NEXT}");
    let longest = "a".repeat(65_533);
    [
        (fields(100), None),
        (fields(101), None),
        (get(&format!("/{longest}")), None),
        (get(&format!("/a{longest}")), Some(&LONG_TARGET)),
        (trailers(100), None),
        (trailers(101), Some(&MANY_TRAILERS)),
        (chunks(&around), Some(&TOO_MUCH_AROUND_CHUNKS)),
        (chunks("0\r\nx y"), Some(&TRAILER_BEFORE_ITS_END)),
        (chunks("0\r\nx"), None),
    ]
}

/// All at once, so that one run tells all that has changed.
#[test]
fn hyper_sees_the_same_requests_except_where_it_is_known_not_to() {
    let mut cases = others().to_vec();
    for (first, known) in FIRST_LINES {
        cases.push((format!("{first}\r\n{NEXT}"), *known));
    }
    for (fields, body, known) in POSTS {
        cases.push((
            format!("POST / HTTP/1.1\r\n{fields}\r\n{body}{NEXT}"),
            *known,
        ));
    }
    for (chunks, known) in CHUNKS {
        let head = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n";
        cases.push((format!("{head}{chunks}{NEXT}"), *known));
    }
    check_all(
        OF_REQUESTS,
        cases
            .into_iter()
            .map(|(bytes, known)| (Case::requests(bytes.as_bytes()), known)),
    );
}
