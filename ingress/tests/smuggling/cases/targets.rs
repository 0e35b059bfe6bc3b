//! What stands between method and version.

use crate::case::{Case, Family, raw, target};

pub(crate) fn family() -> Family {
    let mut cases: Vec<Case> = [
        "//get",
        "/get//x",
        "///",
        "/./get",
        "/get/../x",
        "/../get",
        "/..;/get",
        "/get/..;/x",
        "/get;a=b",
        "/%2e%2e/get",
        "/get%2f..%2fx",
        "/get%2Fx",
        "/%67et",
        "/get%",
        "/get%zz",
        "/get%00",
        "/get%0d%0aX:y",
        "/get\\x",
        "\\get",
        "/get#x",
        "/get?x#y",
        "/get?",
        "/get?a=b?c=/../d",
        "/get?a=http://other/",
        "/get\"x\"",
        "/get<x>",
        "/get{x}",
        "/get[x]",
        "/get^x",
        "/get`x`",
        "/get|x",
        "/get\0",
        "/get\x01",
        "/get\x7f",
        "/get\tx",
        "/g\u{e4}t",
        "/get@other",
        "//other/get",
        "get",
        "?x",
        "*",
        "/*",
        "front",
        "front:80",
        "http://front/get",
        "http://front",
        "http://front?x",
        "http://front:80/get",
        "http://front//get",
        "HTTP://FRONT/get",
        "https://front/get",
        "ftp://front/get",
        "file:///get",
        "http:/get",
        "http:///get",
        "http:front/get",
        "http://other/get",
        "http://me@front/get",
        "http://me:secret@front/get",
        "http://front:/get",
        "http://front:x/get",
        "http://front:99999/get",
        "http://front\\@other/get",
        "http://[::1]/get",
        "http://127.0.0.1:9901/get",
        "http://front/get#x",
    ]
    .map(target)
    .into();
    let head = |line: &str, host: &str| format!("{line} HTTP/1.1\r\n{host}\r\n");
    cases.extend([
        raw(
            "an absolute target, and another host",
            head("GET http://front/get", "Host: other\r\n"),
        ),
        raw(
            "an absolute target, and no host",
            head("GET http://front/get", ""),
        ),
        raw(
            "an absolute target, and an empty host",
            head("GET http://front/get", "Host:\r\n"),
        ),
        raw(
            "an absolute target, and two hosts",
            head("GET http://front/get", "Host: front\r\nHost: other\r\n"),
        ),
        raw(
            "an absolute target, and a host that is none",
            head("GET http://front/get", "Host: a b\r\n"),
        ),
        raw(
            "a target of bytes that are no UTF-8",
            b"GET /\xff\xfe HTTP/1.1\r\nHost: front\r\n\r\n".to_vec(),
        ),
        raw(
            "OPTIONS of the server",
            head("OPTIONS *", "Host: front\r\n"),
        ),
        raw("OPTIONS of a path", head("OPTIONS /get", "Host: front\r\n")),
        raw("TRACE", head("TRACE /get", "Host: front\r\n")),
    ]);
    Family {
        title: "Targets",
        cases,
    }
}
