//! Several requests at once, and bodies where few expect one.

use crate::case::{CHUNKS, Case, Family, SMUGGLED, code, raw};

pub(crate) fn family() -> Family {
    let length = SMUGGLED.len();
    let with = |method: &str, lines: &str, body: &str| {
        raw(
            format!("{method} with a body: {}", code(lines.trim_end())),
            format!("{method} /get HTTP/1.1\r\nHost: front\r\n{lines}\r\n{body}"),
        )
    };
    let chunks = format!("{length:x}\r\n{SMUGGLED}\r\n0\r\n\r\n");
    let sized = format!("Content-Length: {length}\r\n");
    let chunked = "Transfer-Encoding: chunked\r\n";
    let mut cases: Vec<Case> = Vec::new();
    for method in ["GET", "HEAD", "DELETE", "OPTIONS", "PUT", "PAINT"] {
        cases.push(with(method, &sized, SMUGGLED));
        cases.push(with(method, chunked, &chunks));
    }
    let get = "GET /get HTTP/1.1\r\nHost: front\r\n\r\n";
    let post = format!("POST /get HTTP/1.1\r\nHost: front\r\n{chunked}\r\n{CHUNKS}");
    cases.extend([
        raw("three requests at once", format!("{get}{post}{get}")),
        raw(
            "empty lines between two requests",
            format!("{get}\r\n\r\n{get}"),
        ),
        raw("an empty line behind a body", format!("{post}\r\n{get}")),
        raw(
            "a good request, then one with both lengths",
            format!(
                "{get}POST /get HTTP/1.1\r\nHost: front\r\n{sized}{chunked}\r\n0\r\n\r\n{SMUGGLED}"
            ),
        ),
        raw(
            "a good request, then one with a bad chunk",
            format!("{get}POST /get HTTP/1.1\r\nHost: front\r\n{chunked}\r\n5\r\nhello0\r\n\r\n"),
        ),
        raw(
            "a good request, then two hosts",
            format!("{get}GET /get HTTP/1.1\r\nHost: front\r\nHost: other\r\n\r\n{get}"),
        ),
        raw(
            "a body that is shorter than its length",
            format!("POST /get HTTP/1.1\r\nHost: front\r\nContent-Length: 500\r\n\r\n{SMUGGLED}"),
        ),
        raw(
            "a HEAD, and a request behind it",
            format!("HEAD /get HTTP/1.1\r\nHost: front\r\n\r\n{SMUGGLED}"),
        ),
    ]);
    Family {
        title: "Several requests, and bodies where few expect one",
        cases,
    }
}
