//! Request lines, hosts, versions, and what asks to leave HTTP/1.1.

use crate::case::{Act, Case, GET, OK, case, get_with, post_with, says};

pub(crate) fn cases() -> Vec<Case> {
    [methods(), hosts(), versions(), leaving(), expecting()]
        .into_iter()
        .flatten()
        .collect()
}

fn ask(name: &str, request: impl Into<Vec<u8>>) -> Case {
    case(name).ask(request)
}

fn methods() -> Vec<Case> {
    let with = |method: &str| format!("{method} /get HTTP/1.1\r\nHost: colorapp\r\n\r\n");
    let mut cases: Vec<Case> = [
        "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH", "PROPFIND", "QUERY", "M-SEARCH",
    ]
    .map(|method| ask(&format!("method {method}"), with(method)))
    .into();
    cases.extend([
        ask("lower-case method", with("get")),
        ask("unknown method", with("PAINT")),
        ask("method with odd token bytes", with("A!#$%&'*+-.^_`|~9")),
        ask("method with a slash", with("GE/T")),
        ask("long unknown method", with(&"X".repeat(200))),
        ask("one empty line before the request", format!("\r\n{GET}")),
        ask(
            "three empty lines before the request",
            format!("\r\n\r\n\r\n{GET}"),
        ),
        ask("blanks before the request", format!("  {GET}")),
        ask("bare line feeds", GET.replace("\r\n", "\n")),
        ask(
            "two blanks in the request line",
            GET.replace("GET ", "GET  "),
        ),
        ask("a tab in the request line", GET.replace("GET ", "GET\t")),
        ask(
            "a blank behind the version",
            GET.replace("1.1\r\n", "1.1 \r\n"),
        ),
        ask("no version", GET.replace(" HTTP/1.1", "")),
        ask("a carriage return alone in a header", get_with("X-A: a\rb")),
    ]);
    cases
}

fn hosts() -> Vec<Case> {
    let with = |lines: &str| format!("GET /get HTTP/1.1\r\n{lines}\r\n");
    let body = |lines: &str| format!("POST /get HTTP/1.1\r\n{lines}Content-Length: 5\r\n\r\nhello");
    vec![
        ask("no host", with("")),
        ask("an empty host", with("Host:\r\n")),
        ask(
            "the same host twice",
            with("Host: colorapp\r\nHost: colorapp\r\n"),
        ),
        ask("two hosts", with("Host: colorapp\r\nHost: other\r\n")),
        ask(
            "two hosts and a body",
            body("Host: colorapp\r\nHost: other\r\n"),
        ),
        ask("an empty host and a body", body("Host:\r\n")),
        ask("a host in capitals", with("Host: COLORAPP:8080\r\n")),
        ask("a host with a trailing dot", with("Host: colorapp.\r\n")),
        ask("a host with an empty port", with("Host: colorapp:\r\n")),
        ask("a host with a wrong port", with("Host: colorapp:abc\r\n")),
        ask("a host with a path", with("Host: colorapp/x\r\n")),
        ask("a host with a blank in it", with("Host: color app\r\n")),
        ask("a host with a user", with("Host: me@colorapp\r\n")),
        ask(
            "a host with blanks around it",
            with("Host:   colorapp  \r\n"),
        ),
        ask(
            "a host of non-ASCII bytes",
            b"GET /get HTTP/1.1\r\nHost: color\xc3\xa4pp\r\n\r\n".to_vec(),
        ),
        ask(
            "a host behind other headers",
            with("X-A: 1\r\nHost: colorapp\r\nX-B: 2\r\n"),
        ),
        ask(
            "no host, but an absolute target",
            "GET http://colorapp/get HTTP/1.1\r\n\r\n",
        ),
    ]
}

fn versions() -> Vec<Case> {
    let with = |version: &str| GET.replace("HTTP/1.1", version);
    vec![
        ask(
            "HTTP/1.0 with keep-alive",
            with("HTTP/1.0").replace("\r\n\r\n", "\r\nConnection: keep-alive\r\n\r\n"),
        ),
        ask("HTTP/1.0 without a host", "GET /get HTTP/1.0\r\n\r\n"),
        ask(
            "HTTP/1.0 with a body",
            "POST /get HTTP/1.0\r\nHost: colorapp\r\nContent-Length: 5\r\n\r\nhello",
        ),
        ask(
            "HTTP/1.0 with a head that is too large",
            format!("GET /get HTTP/1.0\r\nX: {}\r\n\r\n", "a".repeat(62_000)),
        ),
        ask("HTTP/1.2", with("HTTP/1.2")),
        ask("HTTP/2.0 in an HTTP/1.1 request", with("HTTP/2.0")),
        ask("HTTP/0.9 as a version", with("HTTP/0.9")),
        ask("http/1.1 in lower case", with("http/1.1")),
        ask("HTTP/1.10", with("HTTP/1.10")),
        ask("another protocol", with("SIP/2.0")),
        case("HTTP/1.0 behind a good request")
            .ask(GET)
            .ask("GET /get HTTP/1.0\r\nHost: colorapp\r\n\r\n"),
    ]
}

fn leaving() -> Vec<Case> {
    vec![
        ask(
            "Upgrade: websocket",
            get_with("Connection: Upgrade\r\nUpgrade: websocket"),
        ),
        ask(
            "Upgrade: websocket that Connection does not name",
            get_with("Upgrade: websocket"),
        ),
        ask(
            "Connection: upgrade without Upgrade",
            get_with("Connection: upgrade"),
        ),
        ask(
            "Upgrade: h2c with its settings",
            get_with(
                "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__",
            ),
        ),
        ask(
            "Upgrade: h2c without settings",
            get_with("Connection: Upgrade\r\nUpgrade: h2c"),
        ),
        ask(
            "Upgrade: H2C, other headers kept",
            get_with(
                "Connection: keep-alive, Upgrade, X-Foo\r\nUpgrade: H2C\r\nX-Foo: 1\r\nX-Bar: 2",
            ),
        ),
        ask(
            "Upgrade: h2c and websocket",
            get_with("Connection: Upgrade\r\nUpgrade: h2c, websocket"),
        ),
        ask(
            "Upgrade: TLS/1.0",
            get_with("Connection: Upgrade\r\nUpgrade: TLS/1.0, HTTP/1.1"),
        ),
        ask(
            "Upgrade: h2c with a body",
            post_with(
                "Connection: Upgrade\r\nUpgrade: h2c\r\nContent-Length: 5",
                "hello",
            ),
        ),
        ask(
            "Upgrade with a body",
            post_with(
                "Connection: Upgrade\r\nUpgrade: websocket\r\nContent-Length: 5",
                "hello",
            ),
        ),
        ask(
            "Upgrade that leads nowhere",
            get_with("Connection: Upgrade\r\nUpgrade: websocket").replace("/get", "/nothere"),
        ),
        ask(
            "CONNECT without a port",
            "CONNECT colorapp HTTP/1.1\r\nHost: colorapp\r\n\r\n",
        ),
        ask(
            "CONNECT to a path",
            "CONNECT /get HTTP/1.1\r\nHost: colorapp\r\n\r\n",
        ),
        ask(
            "CONNECT with a length",
            "CONNECT colorapp:80 HTTP/1.1\r\nHost: colorapp:80\r\nContent-Length: 5\r\n\r\nhello",
        ),
        ask(
            "HTTP/2 with prior knowledge",
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        ),
        case("Upgrade behind a good request")
            .ask(GET)
            .ask(get_with("Connection: Upgrade\r\nUpgrade: websocket")),
    ]
}

fn expecting() -> Vec<Case> {
    let withheld = || post_with("Expect: 100-continue\r\nContent-Length: 5", "");
    vec![
        case("Expect with the body withheld")
            .ask(withheld())
            .ask("hello"),
        case("Expect with chunks withheld")
            .ask(post_with(
                "Expect: 100-continue\r\nTransfer-Encoding: chunked",
                "",
            ))
            .ask("5\r\nhello\r\n0\r\n\r\n"),
        case("Expect in capitals")
            .ask(post_with("Expect: 100-CONTINUE\r\nContent-Length: 5", ""))
            .ask("hello"),
        ask(
            "Expect of something else",
            post_with("Expect: 200-ok\r\nContent-Length: 5", "hello"),
        ),
        ask("Expect without a body", get_with("Expect: 100-continue")),
        ask(
            "Expect with an empty body",
            post_with("Expect: 100-continue\r\nContent-Length: 0", ""),
        ),
        case("Expect that leads nowhere")
            .ask(withheld().replace("/get", "/nothere"))
            .answers(1),
        case("Expect twice in a connection")
            .ask(withheld())
            .ask("hello")
            .ask(withheld())
            .ask("again"),
        case("Expect with the body at once")
            .ask(post_with(
                "Expect: 100-continue\r\nContent-Length: 5",
                "hello",
            ))
            .answers(1),
        case("Expect, and a final answer before the body")
            .host(vec![
                crate::upstream::send(
                    "HTTP/1.1 417 Expectation Failed\r\nContent-Length: 0\r\n\r\n",
                ),
                crate::upstream::Step::Hang,
            ])
            .ask(withheld())
            .act(Act::Answer { to_head: false }),
        case("Expect, and a host that says 100 by itself")
            .host(says(format!("HTTP/1.1 100 Continue\r\n\r\n{OK}")))
            .ask(withheld())
            .ask("hello"),
    ]
}
