//! Answers of hosts.

use crate::case::{Case, GET, OK, case, says};
use crate::upstream::{Step, send};

pub(crate) fn cases() -> Vec<Case> {
    [
        statuses(),
        reasons(),
        heads(),
        lines(),
        framings(),
        broken(),
        informational(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn host(name: &str, answer: impl Into<Vec<u8>>) -> Case {
    case(format!("answer: {name}")).host(says(answer)).ask(GET)
}

/// The host closes behind it.
fn then_close(name: &str, answer: impl Into<Vec<u8>>) -> Case {
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

fn framings() -> Vec<Case> {
    let ok =
        |lines: &str, body: &str| format!("HTTP/1.1 200 OK\r\nDate: x\r\n{lines}\r\n\r\n{body}");
    let te = "Transfer-Encoding: chunked";
    vec![
        host("chunks", ok(te, "3\r\npur\r\n3\r\nple\r\n0\r\n\r\n")).ask(GET),
        host("no chunks at all", ok(te, "0\r\n\r\n")).ask(GET),
        host(
            "chunk extensions",
            ok(te, "6;a=b;c=\"d\"\r\npurple\r\n0;x\r\n\r\n"),
        )
        .ask(GET),
        host(
            "trailers",
            ok(
                "Transfer-Encoding: chunked\r\nTrailer: X-Sum",
                "6\r\npurple\r\n0\r\nX-Sum: 1\r\n\r\n",
            ),
        )
        .ask(GET),
        host(
            "a malformed trailer",
            ok(te, "6\r\npurple\r\n0\r\nX Sum\r\n\r\n"),
        ),
        host("chunks with bare line feeds", ok(te, "6\npurple\n0\n\n")),
        host(
            "a chunk size that is none",
            ok(te, "6\r\npurple\r\nx\r\n\r\n"),
        ),
        host(
            "a first chunk size that is none",
            ok(te, "x\r\npurple\r\n0\r\n\r\n"),
        ),
        host(
            "a chunk that is longer than it says",
            ok(te, "5\r\npurple\r\n0\r\n\r\n"),
        ),
        host(
            "a chunk size of 2^64",
            ok(te, "10000000000000000\r\npurple\r\n0\r\n\r\n"),
        ),
        host(
            "the same length twice",
            ok("Content-Length: 6\r\nContent-Length: 6", "purple"),
        ),
        host(
            "the same length in a list",
            ok("Content-Length: 6, 6", "purple"),
        ),
        host(
            "two lengths",
            ok("Content-Length: 6\r\nContent-Length: 5", "purple"),
        ),
        host("a length that is none", ok("Content-Length: x", "purple")),
        host("a length below 0", ok("Content-Length: -1", "purple")),
        host("a length with a plus", ok("Content-Length: +6", "purple")),
        host("an empty length", ok("Content-Length:", "purple")),
        host(
            "a length and chunks",
            ok(
                "Content-Length: 6\r\nTransfer-Encoding: chunked",
                "6\r\npurple\r\n0\r\n\r\n",
            ),
        ),
        host(
            "chunks and a length",
            ok(
                "Transfer-Encoding: chunked\r\nContent-Length: 6",
                "6\r\npurple\r\n0\r\n\r\n",
            ),
        ),
        host(
            "encoding gzip, chunked",
            ok(
                "Transfer-Encoding: gzip, chunked",
                "6\r\npurple\r\n0\r\n\r\n",
            ),
        ),
        then_close("encoding gzip", ok("Transfer-Encoding: gzip", "purple")),
        then_close(
            "encoding identity",
            ok("Transfer-Encoding: identity", "purple"),
        ),
        host(
            "encoding chunked twice",
            ok(
                "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
                "6\r\npurple\r\n0\r\n\r\n",
            ),
        ),
        then_close("no length, until the end", ok("X-A: 1", "purple")).ask(GET),
        then_close("no length, an empty body", ok("X-A: 1", "")).ask(GET),
        then_close(
            "no length, Connection: close",
            ok("Connection: close", "purple"),
        )
        .ask(GET),
        host("HTTP/1.0 with a length", OK.replace("HTTP/1.1", "HTTP/1.0")).ask(GET),
        host(
            "HTTP/1.0 with keep-alive",
            OK.replace(
                "HTTP/1.1 200 OK",
                "HTTP/1.0 200 OK\r\nConnection: keep-alive",
            ),
        )
        .ask(GET),
        then_close(
            "HTTP/1.0 until the end",
            "HTTP/1.0 200 OK\r\nDate: x\r\n\r\npurple",
        )
        .ask(GET),
        host(
            "HTTP/1.0 with chunks",
            ok(te, "6\r\npurple\r\n0\r\n\r\n").replace("HTTP/1.1", "HTTP/1.0"),
        ),
        host("HTTP/1.2", OK.replace("HTTP/1.1", "HTTP/1.2")),
        host("HTTP/2.0", OK.replace("HTTP/1.1", "HTTP/2.0")),
        host("HTTP/0.9", "purple"),
        host("ICY", OK.replace("HTTP/1.1", "ICY")),
        host(
            "more than was asked for",
            format!("{OK}HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil"),
        )
        .ask(GET),
        host("bytes behind it", format!("{OK}garbage")).ask(GET),
    ]
}

fn broken() -> Vec<Case> {
    let ends = |name: &str, answer: &str, how: Step| {
        case(format!("answer: {name}"))
            .host(vec![Step::Body, send(answer), how])
            .host(says(OK))
            .ask(GET)
            .ask(GET)
    };
    let sized = "HTTP/1.1 200 OK\r\nDate: x\r\nContent-Length: 6\r\n\r\npur";
    let chunks = "HTTP/1.1 200 OK\r\nDate: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\npur\r\n";
    vec![
        ends("closed in the status line", "HTTP/1.1 20", Step::Close),
        ends("reset in the status line", "HTTP/1.1 20", Step::Reset),
        ends(
            "closed in its head",
            "HTTP/1.1 200 OK\r\nContent-Le",
            Step::Close,
        ),
        ends(
            "reset in its head",
            "HTTP/1.1 200 OK\r\nContent-Le",
            Step::Reset,
        ),
        ends(
            "closed before a sized body",
            "HTTP/1.1 200 OK\r\nDate: x\r\nContent-Length: 6\r\n\r\n",
            Step::Close,
        ),
        ends("closed in a sized body", sized, Step::Close),
        ends("reset in a sized body", sized, Step::Reset),
        ends("closed between chunks", chunks, Step::Close),
        ends("reset between chunks", chunks, Step::Reset),
        ends(
            "closed in a chunk",
            &format!("{chunks}3\r\npl"),
            Step::Close,
        ),
        ends(
            "closed in the last chunk",
            &format!("{chunks}0\r\n"),
            Step::Close,
        ),
        ends("closed behind the body", OK, Step::Close),
        ends("reset behind the body", OK, Step::Reset),
        ends("half closed behind the body", OK, Step::Shutdown),
        ends("half closed in a sized body", sized, Step::Shutdown),
        case("answer: closed without one")
            .host(vec![Step::Body, Step::Close])
            .host(says(OK))
            .ask(GET)
            .ask(GET),
        case("answer: reset without one")
            .host(vec![Step::Body, Step::Reset])
            .host(says(OK))
            .ask(GET)
            .ask(GET),
        case("answer: half closed without one")
            .host(vec![Step::Body, Step::Shutdown, Step::Hang])
            .host(says(OK))
            .ask(GET)
            .ask(GET),
        case("answer: garbage, then a good one")
            .host(says("garbage\r\n\r\n"))
            .host(says(OK))
            .ask(GET)
            .ask(GET),
    ]
}

fn informational() -> Vec<Case> {
    let before = |name: &str, first: &str| host(name, format!("{first}{OK}")).answers(1).ask(GET);
    vec![
        before("100 that was not asked for", "HTTP/1.1 100 Continue\r\n\r\n"),
        before("102", "HTTP/1.1 102 Processing\r\n\r\n"),
        before("103 with a link", "HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n"),
        before("103 twice", "HTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: <b>\r\n\r\n"),
        before("100 and 103", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: <b>\r\n\r\n"),
        before("199", "HTTP/1.1 199 What\r\n\r\n"),
        before("103 with a length", "HTTP/1.1 103 Early Hints\r\nContent-Length: 4\r\n\r\n"),
        host("101 that was not asked for", "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nbytes").ask(GET),
        host("101 with a length", "HTTP/1.1 101 Switching Protocols\r\nContent-Length: 6\r\n\r\npurple").ask(GET),
        then_close("103 and no more", "HTTP/1.1 103 Early Hints\r\nLink: <b>\r\n\r\n"),
    ]
}
