//! What is for one hop only, and what asks to leave HTTP.

use crate::case::{CHUNKS, Case, Family, SMUGGLED, get, post, raw};

pub(crate) fn family() -> Family {
    let length = SMUGGLED.len();
    let named =
        |name: &str, lines: &str, body: &str| post(name, &format!("Connection: {lines}"), body);
    let connect = |name: &str, target: &str, lines: &str, rest: &str| {
        raw(
            name,
            format!("CONNECT {target} HTTP/1.1\r\n{lines}\r\n{rest}"),
        )
    };
    let cases: Vec<Case> = vec![
        named(
            "`Connection: content-length`",
            &format!("content-length\r\nContent-Length: {length}"),
            SMUGGLED,
        ),
        named(
            "`Connection: content-length`, no body",
            "content-length\r\nContent-Length: 0",
            "",
        ),
        named(
            "`Connection: transfer-encoding`",
            "transfer-encoding\r\nTransfer-Encoding: chunked",
            CHUNKS,
        ),
        named("`Connection: host`", "host\r\nContent-Length: 0", ""),
        named(
            "`Connection: Connection`",
            "Connection\r\nContent-Length: 5",
            "hello",
        ),
        named(
            "`Connection: x-a`",
            "x-a\r\nX-A: 1\r\nContent-Length: 5",
            "hello",
        ),
        named(
            "`Connection: expect`",
            "expect\r\nExpect: 100-continue\r\nContent-Length: 5",
            "hello",
        ),
        get(
            "`Connection: x-forwarded-for`",
            "Connection: x-forwarded-for\r\nX-Forwarded-For: 10.0.0.1",
        ),
        get(
            "`Connection: x-forwarded-host`",
            "Connection: x-forwarded-host",
        ),
        get(
            "`Connection: authorization`",
            "Connection: authorization\r\nAuthorization: Bearer x",
        ),
        get("`Connection: ,,`", "Connection: ,,"),
        get("`Connection: a b`", "Connection: a b"),
        get("`Keep-Alive: timeout=1`", "Keep-Alive: timeout=1"),
        get("`TE: chunked`", "TE: chunked"),
        get(
            "`TE: trailers, chunked;q=0.5`",
            "TE: trailers, chunked;q=0.5",
        ),
        get(
            "`Upgrade: websocket`",
            "Connection: Upgrade\r\nUpgrade: websocket",
        ),
        get(
            "`Upgrade: websocket` that `connection` does not name",
            "Upgrade: websocket",
        ),
        get(
            "`Upgrade: h2c` with its settings",
            "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__",
        ),
        get(
            "`Upgrade: h2c`, its settings not named",
            "Connection: Upgrade\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__",
        ),
        get(
            "`Upgrade: h2c, websocket`",
            "Connection: Upgrade\r\nUpgrade: h2c, websocket",
        ),
        post(
            "`Upgrade: h2c` with a body",
            &format!("Connection: Upgrade\r\nUpgrade: h2c\r\nContent-Length: {length}"),
            SMUGGLED,
        ),
        connect("CONNECT", "other:80", "Host: other:80\r\n", ""),
        connect("CONNECT without a port", "other", "Host: other\r\n", ""),
        connect("CONNECT to a path", "/get", "Host: front\r\n", ""),
        connect(
            "CONNECT to a URL",
            "http://other:80/",
            "Host: front\r\n",
            "",
        ),
        connect(
            "CONNECT with a body",
            "other:80",
            &format!("Host: other:80\r\nContent-Length: {length}\r\n"),
            SMUGGLED,
        ),
        connect(
            "CONNECT with a request behind it",
            "other:80",
            "Host: other:80\r\n",
            SMUGGLED,
        ),
        post(
            "`Expect: 100-continue`",
            "Expect: 100-continue\r\nContent-Length: 5",
            "hello",
        ),
        post(
            "`Expect: 100-continue`, chunks",
            "Expect: 100-continue\r\nTransfer-Encoding: chunked",
            CHUNKS,
        ),
        get("`Expect: 100-continue`, no body", "Expect: 100-continue"),
        post(
            "`Expect: 200-ok`",
            "Expect: 200-ok\r\nContent-Length: 5",
            "hello",
        ),
        post(
            "`Expect:` without a value",
            "Expect:\r\nContent-Length: 5",
            "hello",
        ),
        post(
            "`Expect: 100-continue, x`",
            "Expect: 100-continue, x\r\nContent-Length: 5",
            "hello",
        ),
        post(
            "`Expect:  100-continue` behind a tab",
            "Expect: \t100-continue\r\nContent-Length: 5",
            "hello",
        ),
        post(
            "`Expect: 100-continue` twice",
            "Expect: 100-continue\r\nExpect: 100-continue\r\nContent-Length: 5",
            "hello",
        ),
        post(
            "`Expect: x`, then `100-continue`",
            "Expect: x\r\nExpect: 100-continue\r\nContent-Length: 5",
            "hello",
        ),
    ];
    Family {
        title: "Connection, upgrades, expectations",
        cases,
    }
}
