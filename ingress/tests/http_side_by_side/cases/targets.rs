//! What stands between method and version.

use crate::case::{Case, case};

pub(crate) fn cases() -> Vec<Case> {
    let with = |target: &str| format!("GET {target} HTTP/1.1\r\nHost: colorapp\r\n\r\n");
    let ask = |name: &str, target: &str| case(format!("target: {name}")).ask(with(target));
    vec![
        ask("query", "/get?a=b&c=%20&d"),
        ask("empty query", "/get?"),
        ask("question marks in a query", "/get?a?b??c"),
        ask("fragment", "/get#part"),
        ask("fragment behind a query", "/get?x=1#part"),
        ask("empty fragment", "/get#"),
        ask("longer than the prefix", "/getter/x"),
        ask("percent escapes", "/get/%41%2f%2F%zz%"),
        ask("two slashes", "/get//x"),
        ask("two slashes in front", "//get"),
        ask("dots", "/get/../x/./y"),
        ask("dots that would leave", "/../get"),
        ask("backslash", "/get\\x"),
        ask("sub-delimiters", "/get/!$&'()*+,;=:@-._~"),
        ask("quotes and brackets", "/get/\"<>[]^`{|}"),
        ask("in other case", "/GET"),
        ask("no slash in front", "get"),
        ask("star", "*"),
        ask("star with GET and a host", "*?x"),
        ask("absolute", "http://colorapp/get?x=1"),
        ask("absolute without a path", "http://colorapp"),
        ask("absolute with a query only", "http://colorapp?x=1"),
        ask(
            "absolute with an empty path and a fragment",
            "http://colorapp/get#x",
        ),
        ask("absolute https", "https://colorapp/get"),
        ask("absolute of another scheme", "ftp://colorapp/get"),
        ask("absolute with a user", "http://me:secret@colorapp/get"),
        ask("absolute with capitals", "HTTP://COLORAPP:8080/get"),
        ask("absolute of another host", "http://other/get"),
        ask("absolute without a host", "http:///get"),
        ask("4 KiB", &format!("/get/{}", "a".repeat(4_096))),
        ask("50 KiB", &format!("/get/{}", "a".repeat(50 << 10))),
        ask("70 KiB", &format!("/get/{}", "a".repeat(70 << 10))),
        case("target: non-ASCII bytes")
            .ask(b"GET /get/\xc3\xa4 HTTP/1.1\r\nHost: colorapp\r\n\r\n".to_vec()),
        case("target: bytes that are no UTF-8")
            .ask(b"GET /get/\xff\xfe HTTP/1.1\r\nHost: colorapp\r\n\r\n".to_vec()),
        case("target: a zero byte").ask(b"GET /get/\0 HTTP/1.1\r\nHost: colorapp\r\n\r\n".to_vec()),
        case("target: a DEL").ask(b"GET /get/\x7f HTTP/1.1\r\nHost: colorapp\r\n\r\n".to_vec()),
        case("target: OPTIONS *").ask("OPTIONS * HTTP/1.1\r\nHost: colorapp\r\n\r\n"),
        case("target: OPTIONS * with a body")
            .ask("OPTIONS * HTTP/1.1\r\nHost: colorapp\r\nContent-Length: 5\r\n\r\nhello"),
        case("target: OPTIONS * with a body to come")
            .ask("OPTIONS * HTTP/1.1\r\nHost: colorapp\r\nContent-Length: 5\r\n\r\n"),
        case("target: OPTIONS of a path").ask("OPTIONS /get HTTP/1.1\r\nHost: colorapp\r\n\r\n"),
        case("target: absolute with another Host")
            .ask("GET http://colorapp:1/get HTTP/1.1\r\nX-A: 1\r\nHost: other\r\n\r\n"),
    ]
}
