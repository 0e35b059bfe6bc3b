//! Responses of the tables.

use crate::compare::{Case, check_all};
use crate::differences::*;
use crate::tables::{ANSWERS, LENGTHS, STATUS_LINES, TO_HEAD};

/// Bodies in chunks that are read as those of requests are.
const CHUNKS: &[(&str, Known)] = &[
    ("5;a=b\r\nhello\r\n0\r\n\r\n", None),
    ("5;\x0b\r\nhello\r\n0\r\n\r\n", Some(&CONTROL_IN_EXTENSION)),
    ("0\r\n\nmore\r\n\r\n", Some(&LINE_FEED_AMONG_TRAILERS)),
    ("0\r\nx y", Some(&TRAILER_BEFORE_ITS_END)),
    ("fffffffffffffffff\r\nhello", None),
];

#[test]
fn hyper_sees_the_same_responses_except_where_it_is_known_not_to() {
    let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    let long = "a".repeat(10_000);
    let around = format!("{head}0;{long}\r\na: {long}\r\n\r\n");
    let trailers = format!("{head}0\r\n{}\r\n", "a: b\r\n".repeat(101));
    let mut cases = vec![
        (around, false, Some(&TOO_MUCH_AROUND_CHUNKS)),
        (trailers, false, Some(&MANY_TRAILERS)),
        ("HTTP/1.1 200 O".to_owned(), false, None),
        (String::new(), false, None),
    ];
    let tables = [
        (STATUS_LINES, false),
        (LENGTHS, false),
        (ANSWERS, false),
        (TO_HEAD, true),
    ];
    for (table, to_head) in tables {
        for (head, behind, known) in table {
            cases.push((format!("{head}\r\n{behind}"), to_head, *known));
        }
    }
    for (chunks, known) in CHUNKS {
        cases.push((format!("{head}{chunks}"), false, *known));
    }
    let cases = cases.into_iter();
    let cases =
        cases.map(|(bytes, to_head, known)| (Case::response(bytes.as_bytes(), to_head), known));
    check_all(OF_RESPONSES, cases);
}
