//! Headers of requests.

use crate::case::{Case, GET, case, get_with};
use crate::header_rows::rows;

pub(crate) fn cases() -> Vec<Case> {
    [names_and_values(), hops(), own(), limits(), of_the_page()]
        .into_iter()
        .flatten()
        .collect()
}

fn with(name: &str, lines: &str) -> Case {
    case(format!("header: {name}")).ask(get_with(lines))
}

fn names_and_values() -> Vec<Case> {
    let bytes = |name: &str, line: &[u8]| {
        let request = [
            b"GET /get HTTP/1.1\r\nHost: colorapp\r\n",
            line,
            b"\r\n\r\n",
        ]
        .concat();
        case(format!("header: {name}")).ask(request)
    };
    vec![
        with("empty value", "X-Empty:\r\nX-Blank:   "),
        with("underscore", "X_A_b: 1"),
        with("odd token bytes in a name", "A!#$%&'*+-.^_`|~9: 1"),
        with("blank before the colon", "X-A : 1"),
        with("blank in a name", "X A: 1"),
        with("no colon", "X-A"),
        with("no name", ": 1"),
        with("a slash in a name", "X/A: 1"),
        with("blanks and tabs around a value", "X-A: \t one \t two \t "),
        with("folded", "X-A: one\r\n two\r\nX-B: 3"),
        with("folded with a tab", "X-A: one\r\n\ttwo"),
        with("folded first line", " X-A: one"),
        with("repeated side by side", "X-A: 1\r\nX-A: 2\r\nX-A: 1"),
        with("repeated apart", "X-A: 1\r\nX-B: 2\r\nX-A: 3"),
        with("repeated in other case", "x-a: 1\r\nX-A: 2"),
        with(
            "cookies in two lines",
            "Cookie: a=1\r\nX-B: 2\r\nCookie: b=2",
        ),
        with("accept twice", "Accept: a/b\r\nAccept: c/d"),
        with("user-agent twice", "User-Agent: a\r\nUser-Agent: b"),
        with(
            "content-type twice",
            "Content-Type: a/b\r\nContent-Type: c/d",
        ),
        with(
            "authorization twice",
            "Authorization: a\r\nAuthorization: b",
        ),
        with("via twice", "Via: 1.1 a\r\nVia: 1.1 b"),
        with(
            "everyday headers",
            "User-Agent: a\r\nAccept: */*\r\nAccept-Encoding: gzip\r\nAccept-Language: en\r\nReferer: /x\r\nOrigin: y\r\nCache-Control: no-cache\r\nPragma: no-cache\r\nDate: x\r\nRange: bytes=0-1\r\nIf-None-Match: \"e\"",
        ),
        bytes("non-ASCII bytes in a value", b"X-A: \xc3\xa4\xff\x80"),
        bytes("non-ASCII bytes in a name", b"X-\xc3\xa4: 1"),
        bytes("a tab in a value", b"X-A: a\tb"),
        bytes("a zero byte in a value", b"X-A: a\0b"),
        bytes("a bell in a value", b"X-A: a\x07b"),
        bytes("a DEL in a value", b"X-A: a\x7fb"),
        bytes("a bare line feed", b"X-A: 1\nX-B: 2"),
    ]
}

fn hops() -> Vec<Case> {
    vec![
        with(
            "connection names another",
            "Connection: X-Foo\r\nX-Foo: 1\r\nX-Bar: 2",
        ),
        with(
            "connection in two lines",
            "Connection: X-Foo\r\nConnection: X-Bar\r\nX-Foo: 1\r\nX-Bar: 2",
        ),
        with("connection names host", "Connection: Host\r\nX-A: 1"),
        with(
            "connection names x-request-id",
            "Connection: X-Request-Id\r\nX-Request-Id: mine",
        ),
        with(
            "connection names x-forwarded-for",
            "Connection: X-Forwarded-For\r\nX-Forwarded-For: 1.2.3.4",
        ),
        with(
            "connection names x-forwarded-proto",
            "Connection: X-Forwarded-Proto\r\nX-Forwarded-Proto: https",
        ),
        with(
            "connection names content-length",
            "Connection: Content-Length\r\nContent-Length: 0",
        ),
        with(
            "connection names cookie",
            "Connection: Cookie\r\nCookie: a=1",
        ),
        with(
            "connection names 9",
            "Connection: a, b, c, d, e\r\nConnection: f, g, h, close",
        ),
        with(
            "connection names 10",
            "Connection: a, b, c, d, e\r\nConnection: f, g, h, i, close",
        ),
        with(
            "connection names 9 and nothing",
            "Connection: ,a,b,c,,,d,e,f,g,h,i,,",
        ),
        with(
            "connection names one 10 times",
            "Connection: x, x, x, x, x, x, x, x, x, x",
        ),
        with(
            "connection names 2,000",
            &format!("Connection: {}x", "x-a, ".repeat(2_000)),
        ),
        with(
            "connection names 10 and a host",
            "Connection: a,b,c,d,e,f,g,h,i,host",
        ),
        with(
            "te of 300 bytes",
            &format!("TE: trailers, {}", "a".repeat(300)),
        ),
        with(
            "te of 255 bytes named by connection",
            &format!("Connection: TE\r\nTE: trailers, {}", "a".repeat(245)),
        ),
        with(
            "te of 256 bytes named by connection",
            &format!("Connection: TE\r\nTE: trailers, {}", "a".repeat(246)),
        ),
        with("connection is empty", "Connection:\r\nX-A: 1"),
        with(
            "connection with empty members",
            "Connection: , ,X-Foo,\r\nX-Foo: 1",
        ),
        with("connection says close in capitals", "Connection: CLOSE"),
        with(
            "connection says close and keep-alive",
            "Connection: close, keep-alive",
        ),
        with("connection says keep-alive", "Connection: keep-alive"),
        with(
            "connection says close in a second line",
            "Connection: keep-alive\r\nConnection: close",
        ),
        with("proxy-connection says close", "Proxy-Connection: close"),
        with("keep-alive alone", "Keep-Alive: timeout=5"),
        with("te trailers", "TE: trailers"),
        with(
            "te trailers named by connection",
            "Connection: TE\r\nTE: trailers",
        ),
        with("te of something else", "TE: gzip"),
        with("te trailers and gzip", "TE: trailers, gzip;q=0.5"),
        with(
            "te trailers and gzip named by connection",
            "Connection: TE\r\nTE: trailers, gzip;q=0.5",
        ),
        with("trailer", "Trailer: X-Sum"),
        with("http2-settings alone", "HTTP2-Settings: AAMAAABkAAQAAP__"),
        with("proxy-authorization", "Proxy-Authorization: Basic x"),
        with("proxy-authenticate", "Proxy-Authenticate: Basic x"),
        with(
            "transfer-encoding named by connection",
            "Connection: Transfer-Encoding",
        ),
    ]
}

fn own() -> Vec<Case> {
    vec![
        with(
            "x-forwarded-proto of the client",
            "X-Forwarded-Proto: https",
        ),
        with(
            "x-forwarded-proto that is no scheme",
            "X-Forwarded-Proto: gopher",
        ),
        with("x-forwarded-proto empty", "X-Forwarded-Proto:"),
        with(
            "x-forwarded-for and others",
            "X-Forwarded-For: 10.0.0.1\r\nX-Forwarded-Host: h\r\nX-Forwarded-Port: 1\r\nForwarded: for=1",
        ),
        with("x-request-id of the client", "X-Request-Id: mine"),
        with("x-request-id empty", "X-Request-Id:"),
        with("x-request-id twice", "X-Request-Id: a\r\nX-Request-Id: b"),
        with(
            "x-envoy-expected-rq-timeout-ms",
            "X-Envoy-Expected-Rq-Timeout-Ms: 7\r\nX-A: 1",
        ),
        with(
            "x-envoy-upstream-rq-timeout-ms",
            "X-Envoy-Upstream-Rq-Timeout-Ms: 50\r\nX-A: 1",
        ),
        with(
            "x-envoy-upstream-rq-per-try-timeout-ms",
            "X-Envoy-Upstream-Rq-Per-Try-Timeout-Ms: 50\r\nX-A: 1",
        ),
        with(
            "x-envoy-max-retries and retry-on",
            "X-Envoy-Max-Retries: 3\r\nX-Envoy-Retry-On: 5xx\r\nX-Envoy-Retry-Grpc-On: cancelled\r\nX-A: 1",
        ),
        with("x-envoy-internal", "X-Envoy-Internal: true\r\nX-A: 1"),
        with(
            "x-envoy-external-address",
            "X-Envoy-External-Address: 1.2.3.4\r\nX-A: 1",
        ),
        with(
            "x-envoy-decorator-operation",
            "X-Envoy-Decorator-Operation: x\r\nX-A: 1",
        ),
        with(
            "x-envoy-downstream-service-cluster",
            "X-Envoy-Downstream-Service-Cluster: x\r\nX-Envoy-Downstream-Service-Node: y",
        ),
        with("x-envoy-force-trace", "X-Envoy-Force-Trace: 1\r\nX-A: 1"),
        with(
            "x-envoy-original-path",
            "X-Envoy-Original-Path: /x\r\nX-Envoy-Original-Host: y",
        ),
        with("x-envoy-attempt-count", "X-Envoy-Attempt-Count: 9"),
        with(
            "x-envoy-hedge-on-per-try-timeout",
            "X-Envoy-Hedge-On-Per-Try-Timeout: true",
        ),
        with("x-envoy-ip-tags", "X-Envoy-Ip-Tags: a"),
        with(
            "x-envoy-retriable-status-codes",
            "X-Envoy-Retriable-Status-Codes: 500\r\nX-Envoy-Retriable-Header-Names: x",
        ),
        with(
            "x-envoy-upstream-alt-stat-name",
            "X-Envoy-Upstream-Alt-Stat-Name: x",
        ),
        with(
            "x-envoy-upstream-stream-duration-ms",
            "X-Envoy-Upstream-Stream-Duration-Ms: 50",
        ),
        with("x-envoy of one's own making", "X-Envoy-Whatever: 1"),
        with("x-client-trace-id", "X-Client-Trace-Id: 1"),
        with(
            "tracing headers",
            "Traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\nX-B3-TraceId: 1\r\nX-Ot-Span-Context: a",
        ),
        with(
            "grpc-timeout",
            "Grpc-Timeout: 1S\r\nContent-Type: application/grpc",
        ),
        with(
            "server and service time in a request",
            "Server: x\r\nX-Envoy-Upstream-Service-Time: 5",
        ),
    ]
}

/// What `docs/http.md` says of each header.
fn of_the_page() -> Vec<Case> {
    let row = |row: crate::header_rows::Row| {
        with(
            &format!("the page's {}", row.sent.join(", ")),
            &row.sent.join("\r\n"),
        )
    };
    rows().into_iter().map(row).collect()
}

fn limits() -> Vec<Case> {
    let many = |n: usize| {
        let lines: String = (0..n - 1).map(|n| format!("X-{n}: {n}\r\n")).collect();
        format!("GET /get HTTP/1.1\r\nHost: colorapp\r\n{lines}\r\n")
    };
    let long = |n: usize| get_with(&format!("X-Long: {}", "y".repeat(n)));
    vec![
        case("header: 100 of them").ask(many(100)),
        case("header: 101 of them").ask(many(101)),
        case("header: 500 of them").ask(many(500)),
        case("header: 101 of them behind a good request")
            .ask(GET)
            .ask(many(101)),
        case("header: a value of 59 KiB").ask(long(59 << 10)),
        case("header: a value of 61 KiB").ask(long(61 << 10)),
        case("header: a value of 200 KiB").ask(long(200 << 10)),
        with(
            "an x-request-id of 50 KiB",
            &format!("X-Request-Id: {}", "y".repeat(50 << 10)),
        ),
        with(
            "a traceparent of 50 KiB",
            &format!("Traceparent: 00-{}", "a".repeat(50 << 10)),
        ),
        with(
            "a tracestate of 50 KiB",
            &format!("Tracestate: a={}", "b".repeat(50 << 10)),
        ),
        with(
            "an x-b3-traceid of 50 KiB",
            &format!("X-B3-TraceId: {}", "a".repeat(50 << 10)),
        ),
        with(
            "an x-forwarded-for of 50 KiB",
            &format!("X-Forwarded-For: {}", "10.0.0.1, ".repeat(5 << 10)),
        ),
        case("header: a name of 10 KiB").ask(get_with(&format!("{}: 1", "X".repeat(10 << 10)))),
        case("header: a name of 40 KiB").ask(get_with(&format!("{}: 1", "X".repeat(40 << 10)))),
        case("header: a value of 61 KiB behind a good request")
            .ask(GET)
            .ask(long(61 << 10)),
        case("header: a value of 61 KiB that never ends")
            .ask(format!("GET /get HTTP/1.1\r\nX: {}", "y".repeat(61 << 10))),
    ]
}
