//! Names and values of headers.

use crate::case::{Case, Family, code, get, raw};

pub(crate) fn family() -> Family {
    let written = |line: &str| get(code(line), line);
    let mut cases: Vec<Case> = [
        "X-A : 1",
        "X-A\t: 1",
        "X A: 1",
        "X-A",
        ": 1",
        "X/A: 1",
        "X(A): 1",
        "X\"A: 1",
        "X[A]: 1",
        "X-A\0: 1",
        "X\x01A: 1",
        "X\x7fA: 1",
        "X-\u{e4}: 1",
        "X_A: 1",
        "A!#$%&'*+-.^_`|~9: 1",
        "X-A: a\0b",
        "X-A: a\x01b",
        "X-A: a\x08b",
        "X-A: a\x0bb",
        "X-A: a\x1bb",
        "X-A: a\x7fb",
        "X-A: a\tb",
        "X-A: \u{e4}",
        "X-A:",
        "X-A:  \t ",
        "Content-Type: a\0b",
    ]
    .map(written)
    .into();
    let bytes = [&b"GET /get HTTP/1.1\r\nHost: front\r\nX-A: \xff\xfe\x80\r\n\r\n"[..]];
    cases.push(raw("bytes in a value that are no UTF-8", bytes.concat()));
    Family {
        title: "Names and values",
        cases,
    }
}
