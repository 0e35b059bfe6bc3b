//! Answers of hosts.

use crate::case::{Case, GET, OK, case, says};
use crate::upstream::{Step, send};

pub(crate) fn cases() -> Vec<Case> {
    [statuses(), reasons(), heads(), lines()]
        .into_iter()
        .flatten()
        .collect()
}

pub(super) fn host(name: &str, answer: impl Into<Vec<u8>>) -> Case {
    case(format!("answer: {name}")).host(says(answer)).ask(GET)
}

/// The host closes behind it.
pub(super) fn then_close(name: &str, answer: impl Into<Vec<u8>>) -> Case {
    case(format!("answer: {name}"))
        .host(vec![Step::Body, send(answer), Step::Close])
        .ask(GET)
}

fn with(lines: &str) -> String {
    format!("HTTP/1.1 200 OK\r\nDate: x\r\n{lines}Content-Length: 6\r\n\r\npurple")
}

fn statuses() -> Vec<Case> {
    let status = |line: &str| format!("HTTP/1.1 {line}\r\nContent-Length: 2\r\nDate: x\r\n\r\nno");
    vec![
        host("404", status("404 Not Found")),
        host("302", status("302 Found")),
        host("599", status("599 Whatever")),
        host("600", status("600 Whatever")),
        host("299", status("299 Fine")),
        host("999", status("999 Whatever")),
        host("a reason of its own", status("200 Purple")),
        host("an empty reason", status("200 ")),
        host("no reason", status("200")),
        host(
            "a reason with odd bytes",
            b"HTTP/1.1 200 \xc3\xa4\tb\r\nContent-Length: 0\r\n\r\n".to_vec(),
        ),
        host("a status of two digits", status("20 OK")),
        host("a status of four digits", status("2000 OK")),
        host("a status with letters", status("2xx OK")),
        host("a status of 0", status("000 OK")),
        host("a status of 099", status("099 OK")),
        host("418", status("418 I'm a teapot")),
        host(
            "429 with retry-after",
            "HTTP/1.1 429 Too Many Requests\r\nRetry-After: 3\r\nContent-Length: 0\r\nDate: x\r\n\r\n",
        ),
    ]
}

/// Whatever the host calls them.
fn reasons() -> Vec<Case> {
    let statuses = || (200..600).filter(|status| ![204, 304].contains(status));
    let mut case = case("answer: the reasons of all statuses");
    for status in statuses() {
        let line = format!("HTTP/1.1 {status} Whatever");
        case = case.host(says(format!("{line}\r\nContent-Length: 1\r\n\r\n.")));
    }
    let n = statuses().count();
    vec![case.send(GET.repeat(n)).answers(n)]
}

fn heads() -> Vec<Case> {
    let head = || GET.replace("GET", "HEAD");
    let to_head = |name: &str, answer: &str| {
        case(format!("answer: {name}"))
            .host(says(answer))
            .ask(head())
            .ask(head())
    };
    let twice = |name: &str, answer: &str| host(name, answer).ask(GET);
    vec![
        to_head(
            "to HEAD with a length",
            "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n",
        ),
        to_head(
            "to HEAD without a length",
            "HTTP/1.1 200 OK\r\nX-A: 1\r\n\r\n",
        ),
        to_head(
            "to HEAD with chunks announced",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
        ),
        to_head(
            "to HEAD with a length of 0",
            "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
        ),
        to_head(
            "to HEAD with a body",
            "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npurple",
        ),
        to_head(
            "to HEAD, 304",
            "HTTP/1.1 304 Not Modified\r\nContent-Length: 6\r\n\r\n",
        ),
        to_head(
            "to HEAD, 500",
            "HTTP/1.1 500 No\r\nContent-Length: 6\r\n\r\n",
        ),
        case("answer: to HEAD that leads nowhere")
            .ask(head().replace("/get", "/nothere"))
            .ask(GET),
        twice("204", "HTTP/1.1 204 No Content\r\n\r\n"),
        twice(
            "204 with a length of 0",
            "HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n",
        ),
        twice(
            "204 with a length",
            "HTTP/1.1 204 No Content\r\nContent-Length: 6\r\n\r\n",
        ),
        twice(
            "204 with chunks announced",
            "HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n",
        ),
        twice(
            "204 with a body",
            "HTTP/1.1 204 No Content\r\nContent-Length: 6\r\n\r\npurple",
        ),
        twice("304", "HTTP/1.1 304 Not Modified\r\nETag: \"x\"\r\n\r\n"),
        twice(
            "304 with a length",
            "HTTP/1.1 304 Not Modified\r\nContent-Length: 6\r\nETag: \"x\"\r\n\r\n",
        ),
        twice(
            "304 with chunks announced",
            "HTTP/1.1 304 Not Modified\r\nTransfer-Encoding: chunked\r\n\r\n",
        ),
        twice(
            "205 with a body",
            "HTTP/1.1 205 Reset Content\r\nContent-Length: 6\r\n\r\npurple",
        ),
    ]
}

fn lines() -> Vec<Case> {
    let bytes = |name: &str, line: &[u8]| {
        host(
            name,
            [
                b"HTTP/1.1 200 OK\r\nDate: x\r\n",
                line,
                b"\r\nContent-Length: 0\r\n\r\n",
            ]
            .concat(),
        )
    };
    let many = |n: usize| -> String { (0..n - 2).map(|n| format!("X-{n}: {n}\r\n")).collect() };
    let mut cases = vec![
        host("plain", OK),
        host("no date", "HTTP/1.1 200 OK\r\nX-A: 1\r\nContent-Length: 6\r\nX-B: 2\r\n\r\npurple"),
        host("no headers but a length", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"),
        host("server in the middle", with("Server: theirs\r\nX-A: 1\r\n")),
        host("server twice", with("Server: a\r\nX-A: 1\r\nServer: b\r\n")),
        host("service time of its own", with("X-Envoy-Upstream-Service-Time: 77\r\nX-A: 1\r\n")),
        host("x-envoy headers", with("X-Envoy-Overloaded: true\r\nX-Envoy-Ratelimited: true\r\nX-Envoy-Immediate-Health-Check-Fail: false\r\nX-Envoy-Upstream-Canary: true\r\nX-Envoy-Upstream-Healthchecked-Cluster: x\r\nX-Envoy-Decorator-Operation: y\r\nX-Envoy-Attempt-Count: 2\r\nX-Envoy-Degraded: 1\r\nX-Envoy-Is-Timeout-Retry: 1\r\n")),
        host("x-request-id", with("X-Request-Id: theirs\r\n")),
        host("via", with("Via: 1.1 x\r\n")),
        host("set-cookie in three lines", with("Set-Cookie: a=1\r\nSet-Cookie: b=2\r\nX-A: 1\r\nSet-Cookie: a=1\r\n")),
        host("repeated side by side", with("X-A: 1\r\nX-A: 2\r\n")),
        host("repeated apart", with("X-A: 1\r\nX-B: 2\r\nX-A: 3\r\n")),
        host("content-type twice", with("Content-Type: a/b\r\nContent-Type: c/d\r\n")),
        host("cache-control and vary twice", with("Cache-Control: a\r\nCache-Control: b\r\nVary: a\r\nVary: b\r\n")),
        host("date twice", with("Date: y\r\n")),
        host("empty value", with("X-Empty:\r\nX-Blank:   \r\n")),
        host("underscore and mixed case", with("X_Under: 1\r\nMiXeD: Value\r\n")),
        host("folded", with("X-A: one\r\n two\r\n")),
        host("a blank before the colon", with("X-A : 1\r\n")),
        host("no colon", with("X-A\r\n")),
        host("keep-alive headers", with("Connection: keep-alive\r\nKeep-Alive: timeout=5\r\nProxy-Connection: keep-alive\r\n")).ask(GET),
        host("connection names another", with("Connection: X-Foo\r\nX-Foo: 1\r\nX-Bar: 2\r\n")).ask(GET),
        host("connection close", with("Connection: close\r\n")).ask(GET),
        then_close("connection close, and does", with("Connection: close\r\n")).ask(GET),
        host("upgrade offered", with("Upgrade: h2c\r\nConnection: Upgrade\r\n")).ask(GET),
        host("upgrade offered without connection", with("Upgrade: h2c\r\n")).ask(GET),
        host("te and trailer", with("TE: trailers\r\nTrailer: X-Sum\r\n")),
        host("proxy-authenticate", with("Proxy-Authenticate: Basic\r\nWWW-Authenticate: Basic\r\n")),
        host("alt-svc and others", with("Alt-Svc: h2\r\nStrict-Transport-Security: x\r\nAge: 1\r\nWarning: x\r\nLocation: /x\r\nAllow: GET\r\n")),
        host("98 of 100 headers are its own", format!("HTTP/1.1 200 OK\r\n{}Date: x\r\nContent-Length: 0\r\n\r\n", many(100))),
        host("101 headers", format!("HTTP/1.1 200 OK\r\n{}Date: x\r\nContent-Length: 0\r\n\r\n", many(101))),
        host("a head of 50 KiB", with(&format!("X-Long: {}\r\n", "y".repeat(50 << 10)))),
        host("a head of 61 KiB", with(&format!("X-Long: {}\r\n", "y".repeat(61 << 10)))),
        host("a head of 79 KiB", with(&format!("X-Long: {}\r\n", "y".repeat(79 << 10)))),
        host("a head of 81 KiB", with(&format!("X-Long: {}\r\n", "y".repeat(81 << 10)))),
        host("a head of 500 KiB", with(&format!("X-Long: {}\r\n", "y".repeat(500 << 10)))),
        host("bare line feeds", OK.replace("\r\n", "\n")),
        host("an empty line in front", format!("\r\n{OK}")),
        bytes("non-ASCII bytes in a value", b"X-A: \xc3\xa4\xff\x80"),
        bytes("a tab in a value", b"X-A: a\tb"),
        bytes("a zero byte in a value", b"X-A: a\0b"),
        bytes("a bell in a value", b"X-A: a\x07b"),
        bytes("a bare line feed in its head", b"X-A: 1\nX-B: 2"),
        bytes("odd token bytes in a name", b"A!#$%&'*+-.^_`|~9: 1"),
        bytes("a slash in a name", b"X/A: 1"),
    ];
    cases.push(Case {
        compares_server: true,
        ..host("the name of the server", OK)
    });
    cases
}
