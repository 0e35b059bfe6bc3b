//! Ends of lines, and request lines.

use crate::case::{Case, Family, NEXT, SMUGGLED, code, get, raw};

/// Line feeds and carriage returns alone, and lines that go on.
pub(crate) fn ends() -> Family {
    let smuggled = SMUGGLED.trim_end();
    Family {
        title: "Ends of lines",
        cases: vec![
            raw(
                "line feeds alone everywhere",
                "GET /get HTTP/1.1\nHost: front\n\n",
            ),
            get("a line feed alone between two headers", "X-A: 1\nX-B: 2"),
            raw(
                "a line feed alone at the end of the head",
                "GET /get HTTP/1.1\r\nHost: front\r\nX-A: 1\n\r\n",
            ),
            raw(
                "two line feeds at the end of the head",
                "GET /get HTTP/1.1\r\nHost: front\r\nX-A: 1\n\n",
            ),
            get(
                "a request behind two line feeds",
                &format!("X-A: 1\n\n{smuggled}"),
            ),
            get("a carriage return alone in a value", "X-A: 1\rX-B: 2"),
            get(
                "a request behind carriage returns alone",
                &format!("X-A: 1\r\r{smuggled}"),
            ),
            raw(
                "carriage returns alone everywhere",
                "GET /get HTTP/1.1\rHost: front\r\r",
            ),
            get("a carriage return twice", "X-A: 1\r\r\nX-B: 2"),
            raw(
                "a carriage return behind the version",
                "GET /get HTTP/1.1\r\r\nHost: front\r\n\r\n",
            ),
            get("a value that goes on in the next line", "X-A: 1\r\n 2"),
            get("a value that goes on behind a tab", "X-A: 1\r\n\t2"),
            get(
                "a value that goes on in a line of blanks",
                "X-A: 1\r\n  \r\nX-B: 2",
            ),
            raw(
                "a first header that begins with a blank",
                "GET /get HTTP/1.1\r\n X-A: 1\r\nHost: front\r\n\r\n",
            ),
            raw(
                "a host that goes on in the next line",
                "GET /get HTTP/1.1\r\nHost: front\r\n .other\r\n\r\n",
            ),
            raw(
                "empty lines in front",
                "\r\n\r\nGET /get HTTP/1.1\r\nHost: front\r\n\r\n",
            ),
            raw(
                "line feeds in front",
                "\n\nGET /get HTTP/1.1\r\nHost: front\r\n\r\n",
            ),
            raw(
                "blanks in front",
                "  GET /get HTTP/1.1\r\nHost: front\r\n\r\n",
            ),
            raw(
                "a zero byte in front",
                "\0GET /get HTTP/1.1\r\nHost: front\r\n\r\n",
            ),
        ],
    }
}

/// What stands before the headers.
pub(crate) fn request_lines() -> Family {
    let line = |name: &str, line: &str| raw(name, format!("{line}\r\nHost: front\r\n\r\n"));
    let method = |name: &str, method: &str| line(name, &format!("{method} /get HTTP/1.1"));
    let version = |version: &str| line(&code(version), &format!("GET /get {version}"));
    let mut cases: Vec<Case> = vec![
        method("a method that nobody knows", "PAINT"),
        method("a method in lower case", "get"),
        method("a method of odd bytes", "G!#$%&'*+-.^_`|~9"),
        method("a method with a slash", "GE/T"),
        method("a method with a colon", "GET:"),
        method("a method with a zero byte", "GE\0T"),
        method("a method with a control byte", "GE\x01T"),
        method("no method", ""),
        line("two blanks before the target", "GET  /get HTTP/1.1"),
        line("a tab before the target", "GET\t/get HTTP/1.1"),
        line("a blank in the target", "GET /get /x HTTP/1.1"),
        line("two blanks before the version", "GET /get  HTTP/1.1"),
        line("a blank behind the version", "GET /get HTTP/1.1 "),
        line("something behind the version", "GET /get HTTP/1.1 HTTP/1.0"),
        line("no target", "GET HTTP/1.1"),
        line("no version, as in HTTP/0.9", "GET /get"),
    ];
    cases.extend(
        [
            "HTTP/1.0",
            "HTTP/0.9",
            "HTTP/1.2",
            "HTTP/1.10",
            "HTTP/1.",
            "HTTP/11",
            "HTTP/2.0",
            "HTTP/1,1",
            "http/1.1",
            "HTTP /1.1",
            "HTTPS/1.1",
            "ICAP/1.0",
            "HTTP/1.1\0",
        ]
        .map(version),
    );
    cases.extend([
        raw(
            "HTTP/1.0 with chunks",
            "POST /get HTTP/1.0\r\nHost: front\r\nTransfer-Encoding: chunked\r\n\
             Connection: keep-alive\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
        ),
        raw(
            "HTTP/1.0 that would go on",
            "GET /get HTTP/1.0\r\nHost: front\r\nConnection: keep-alive\r\n\r\n",
        ),
        raw(
            "HTTP/2 with prior knowledge",
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        ),
        raw(
            "a header that is a request line",
            format!("GET /get HTTP/1.1\r\nHost: front\r\n{NEXT}"),
        ),
    ]);
    Family {
        title: "Request lines",
        cases,
    }
}
