//! Where a request ends.

use crate::case::{Case, GET, case, get_with, post_with};

pub(crate) fn cases() -> Vec<Case> {
    [lengths(), chunks(), both()]
        .into_iter()
        .flatten()
        .collect()
}

fn post(name: &str, lines: &str, body: &str) -> Case {
    case(format!("framing: {name}")).ask(post_with(lines, body))
}

fn lengths() -> Vec<Case> {
    let blanks = " ".repeat(60);
    vec![
        post("a length", "Content-Length: 5", "hello"),
        post("a length of 0", "Content-Length: 0", ""),
        case("framing: POST without a length").ask("POST /get HTTP/1.1\r\nHost: colorapp\r\n\r\n"),
        case("framing: GET with a length").ask(format!("{}hello", get_with("Content-Length: 5"))),
        case("framing: GET with a length of 0").ask(get_with("Content-Length: 0")),
        case("framing: DELETE with chunks").ask(
            post_with("Transfer-Encoding: chunked", "5\r\nhello\r\n0\r\n\r\n")
                .replace("POST", "DELETE"),
        ),
        case("framing: HEAD with a length").ask(format!(
            "{}hello",
            get_with("Content-Length: 5").replace("GET", "HEAD")
        )),
        post(
            "the same length twice",
            "Content-Length: 5\r\nContent-Length: 5",
            "hello",
        ),
        post(
            "the same length twice, apart",
            "Content-Length: 5\r\nX-A: 1\r\nContent-Length: 5",
            "hello",
        ),
        post("the same length in a list", "Content-Length: 5, 5", "hello"),
        post(
            "two lengths",
            "Content-Length: 5\r\nContent-Length: 6",
            "hello",
        ),
        post("two lengths in a list", "Content-Length: 5, 6", "hello"),
        post("a length with a plus", "Content-Length: +5", "hello"),
        post("a length below 0", "Content-Length: -5", "hello"),
        post("a length in hexadecimal", "Content-Length: 0x5", "hello"),
        post(
            "a length with a blank in it",
            "Content-Length: 5 5",
            "hello",
        ),
        post("a length with a fraction", "Content-Length: 5.0", "hello"),
        post(
            "a length with zeros in front",
            "Content-Length: 0005",
            "hello",
        ),
        post("an empty length", "Content-Length:", "hello"),
        post(
            "a length of 2^64",
            "Content-Length: 18446744073709551616",
            "hello",
        ),
        post(
            "a length of 30 digits",
            "Content-Length: 000000000000000000000000000005",
            "hello",
        ),
        post(
            "a length behind 60 blanks",
            &format!("Content-Length:{blanks}5"),
            "hello",
        ),
        post(
            "a length of another thing",
            "Content-Length: hello",
            "hello",
        ),
        post("a length with a zero byte", "Content-Length: 5\0", "hello"),
    ]
}

fn chunks() -> Vec<Case> {
    let te = "Transfer-Encoding: chunked";
    let zeros = "0".repeat(64);
    vec![
        post("chunks", te, "5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n"),
        post("no chunks at all", te, "0\r\n\r\n"),
        post(
            "chunk sizes in capitals and with zeros",
            te,
            "000A\r\nhelloworld\r\n00\r\n\r\n",
        ),
        post(
            "a chunk size with 64 zeros",
            te,
            &format!("{zeros}5\r\nhello\r\n0\r\n\r\n"),
        ),
        post(
            "a chunk size with 14 zeros",
            te,
            "000000000000005\r\nhello\r\n0\r\n\r\n",
        ),
        post(
            "a chunk size of 2^64",
            te,
            "10000000000000000\r\nhello\r\n0\r\n\r\n",
        ),
        post(
            "a chunk size of 2^64 - 1",
            te,
            "FFFFFFFFFFFFFFFF\r\nhello\r\n0\r\n\r\n",
        ),
        post("a chunk size that is none", te, "x\r\nhello\r\n0\r\n\r\n"),
        post("an empty chunk size", te, "\r\nhello\r\n0\r\n\r\n"),
        post("a chunk size with 0x", te, "0x5\r\nhello\r\n0\r\n\r\n"),
        post("a chunk size below 0", te, "-5\r\nhello\r\n0\r\n\r\n"),
        post(
            "a chunk size with a blank in front",
            te,
            " 5\r\nhello\r\n0\r\n\r\n",
        ),
        post(
            "a chunk size with a blank behind",
            te,
            "5 \r\nhello\r\n0\r\n\r\n",
        ),
        post(
            "a chunk size with a tab behind",
            te,
            "5\t\r\nhello\r\n0\r\n\r\n",
        ),
        post(
            "chunk extensions",
            te,
            "5;a=b\r\nhello\r\n6;c=\"d;e\";f\r\n world\r\n0;g\r\n\r\n",
        ),
        post(
            "chunk extensions after blanks",
            te,
            "5 ; a = b\r\nhello\r\n0\r\n\r\n",
        ),
        post(
            "a chunk extension without a name",
            te,
            "5;\r\nhello\r\n0\r\n\r\n",
        ),
        post(
            "a chunk extension of 20 KiB",
            te,
            &format!("5;{}\r\nhello\r\n0\r\n\r\n", "a".repeat(20 << 10)),
        ),
        post(
            "a chunk extension with a bare line feed",
            te,
            "5;a\nhello\r\n0\r\n\r\n",
        ),
        post(
            "a chunk extension with a carriage return",
            te,
            "5;a\rb\r\nhello\r\n0\r\n\r\n",
        ),
        post("chunks with bare line feeds", te, "5\nhello\n0\n\n"),
        post(
            "a chunk that is longer than it says",
            te,
            "5\r\nhello!\r\n0\r\n\r\n",
        ),
        post(
            "a chunk that is shorter than it says",
            te,
            "6\r\nhello\r\n0\r\n\r\n",
        ),
        post(
            "trailers",
            te,
            "5\r\nhello\r\n0\r\nX-Sum: 1\r\nX-More: 2\r\n\r\n",
        ),
        post(
            "trailers that are announced",
            "Transfer-Encoding: chunked\r\nTrailer: X-Sum",
            "5\r\nhello\r\n0\r\nX-Sum: 1\r\n\r\n",
        ),
        post(
            "a malformed trailer",
            te,
            "5\r\nhello\r\n0\r\nX Sum\r\n\r\n",
        ),
        post(
            "trailers that frame",
            te,
            "5\r\nhello\r\n0\r\nContent-Length: 7\r\nTransfer-Encoding: chunked\r\nHost: x\r\n\r\n",
        ),
        post(
            "trailers of 70 KiB",
            te,
            &format!("5\r\nhello\r\n0\r\nX-Sum: {}\r\n\r\n", "a".repeat(70 << 10)),
        ),
        post(
            "200 trailers",
            te,
            &format!("5\r\nhello\r\n0\r\n{}\r\n", "X-Sum: 1\r\n".repeat(200)),
        ),
        post(
            "encoding in capitals",
            "Transfer-Encoding: CHUNKED",
            "5\r\nhello\r\n0\r\n\r\n",
        ),
        post(
            "encoding twice",
            "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
            "5\r\nhello\r\n0\r\n\r\n",
        ),
        post(
            "encoding twice in a list",
            "Transfer-Encoding: chunked, chunked",
            "5\r\nhello\r\n0\r\n\r\n",
        ),
        post(
            "encoding gzip, chunked",
            "Transfer-Encoding: gzip, chunked",
            "5\r\nhello\r\n0\r\n\r\n",
        ),
        post(
            "encoding gzip and chunked in two lines",
            "Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked",
            "5\r\nhello\r\n0\r\n\r\n",
        ),
        post(
            "encoding chunked, gzip",
            "Transfer-Encoding: chunked, gzip",
            "5\r\nhello\r\n0\r\n\r\n",
        ),
        post(
            "encoding gzip",
            "Transfer-Encoding: gzip",
            "5\r\nhello\r\n0\r\n\r\n",
        ),
        post("encoding identity", "Transfer-Encoding: identity", ""),
        post(
            "encoding identity with a length",
            "Transfer-Encoding: identity\r\nContent-Length: 5",
            "hello",
        ),
        post(
            "encoding empty",
            "Transfer-Encoding:",
            "5\r\nhello\r\n0\r\n\r\n",
        ),
        post(
            "encoding xchunked",
            "Transfer-Encoding: xchunked",
            "5\r\nhello\r\n0\r\n\r\n",
        ),
        post(
            "encoding with a tab behind",
            "Transfer-Encoding: chunked\t",
            "5\r\nhello\r\n0\r\n\r\n",
        ),
        post(
            "encoding with a parameter",
            "Transfer-Encoding: chunked;a=b",
            "5\r\nhello\r\n0\r\n\r\n",
        ),
        case("framing: GET with chunks").ask(format!("{}5\r\nhello\r\n0\r\n\r\n", get_with(te))),
    ]
}

fn both() -> Vec<Case> {
    let blanks = " ".repeat(60);
    let chunks = "5\r\nhello\r\n0\r\n\r\n";
    vec![
        post(
            "a length, then chunks",
            "Content-Length: 5\r\nTransfer-Encoding: chunked",
            chunks,
        ),
        post(
            "chunks, then a length",
            "Transfer-Encoding: chunked\r\nContent-Length: 5",
            chunks,
        ),
        post(
            "chunks, then a length of 0",
            "Transfer-Encoding: chunked\r\nContent-Length: 0",
            chunks,
        ),
        post(
            "chunks and a length behind 60 blanks",
            &format!("Transfer-Encoding: chunked\r\nContent-Length:{blanks}5"),
            chunks,
        ),
        post(
            "chunks and a length that is none",
            "Transfer-Encoding: chunked\r\nContent-Length: x",
            chunks,
        ),
        post(
            "a length and chunks in capitals",
            "content-length: 5\r\nTRANSFER-ENCODING: CHUNKED",
            chunks,
        ),
        case("framing: both behind a request with long blanks")
            .ask(post_with(&format!("Content-Length:{blanks}5"), "hello"))
            .ask(post_with(
                "Content-Length: 5\r\nTransfer-Encoding: chunked",
                chunks,
            )),
        case("framing: both behind a request with a long chunk size")
            .ask(post_with(
                "Transfer-Encoding: chunked",
                &format!("{}5\r\nhello\r\n0\r\n\r\n", "0".repeat(64)),
            ))
            .ask(post_with(
                "Content-Length: 5\r\nTransfer-Encoding: chunked",
                chunks,
            )),
        case("framing: both behind a good request")
            .ask(GET)
            .ask(post_with(
                "Content-Length: 5\r\nTransfer-Encoding: chunked",
                chunks,
            )),
    ]
}
