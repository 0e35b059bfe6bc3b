//! Bodies in chunks, with lines around their data that parties have been known to read differently.

use crate::case::{Case, Family, SMUGGLED, code, post};

const CODING: &str = "Transfer-Encoding: chunked";

fn chunked(name: &str, body: &str) -> Case {
    post(name, CODING, body)
}

pub(crate) fn chunks() -> Family {
    let written = |body: &str| chunked(&code(body), body);
    let mut cases: Vec<Case> = [
        "5\r\nhello\r\n0\r\n\r\n",
        "005\r\nhello\r\n000\r\n\r\n",
        "A\r\nhelloworld\r\n0\r\n\r\n",
        "5;a=b\r\nhello\r\n0\r\n\r\n",
        "5;\r\nhello\r\n0\r\n\r\n",
        "5 ;a\r\nhello\r\n0\r\n\r\n",
        "5;a=\"\r\nhello\r\n0\r\n\r\n",
        "5;a\nhello\r\n0\r\n\r\n",
        "5;a\rb\r\nhello\r\n0\r\n\r\n",
        "5;a\0\r\nhello\r\n0\r\n\r\n",
        "5 \r\nhello\r\n0\r\n\r\n",
        "5\t\r\nhello\r\n0\r\n\r\n",
        " 5\r\nhello\r\n0\r\n\r\n",
        "+5\r\nhello\r\n0\r\n\r\n",
        "-5\r\nhello\r\n0\r\n\r\n",
        "0x5\r\nhello\r\n0\r\n\r\n",
        "5_0\r\nhello\r\n0\r\n\r\n",
        "5h\r\nhello\r\n0\r\n\r\n",
        "5\nhello\n0\n\n",
        "5\r\nhello\n0\r\n\r\n",
        "5\r\nhello0\r\n\r\n",
        "5\r\nhelloXX0\r\n\r\n",
        "5\rhello\r0\r\r",
        "5\r\nhello\r\n\r\n0\r\n\r\n",
        "4\r\nhello\r\n0\r\n\r\n",
        "6\r\nhello\r\n0\r\n\r\n",
        "0\n\n",
        "0\r\n\n",
        "0\r\r\n\r\n",
        "\r\n0\r\n\r\n",
        "10000000000000005\r\nhello\r\n0\r\n\r\n",
        "100000005\r\nhello\r\n0\r\n\r\n",
        "FFFFFFFFFFFFFFFF\r\nhello\r\n0\r\n\r\n",
        "7FFFFFFFFFFFFFFF\r\nhello\r\n0\r\n\r\n",
    ]
    .map(written)
    .into();
    let zeros = "0".repeat(200);
    cases.extend([
        chunked(
            "a size behind 200 zeros",
            &format!("{zeros}5\r\nhello\r\n0\r\n\r\n"),
        ),
        chunked(
            "an extension of 5 KiB",
            &format!("5;{}\r\nhello\r\n0\r\n\r\n", "a".repeat(5 << 10)),
        ),
        chunked(
            "an extension that holds the end of a line in quotes, and a request",
            &format!("5;a=\"\r\nhello\r\n0\r\n\r\n{SMUGGLED}\"\r\n0\r\n\r\n"),
        ),
        chunked("an end that is missing", "5\r\nhello\r\n"),
        chunked(
            "chunks behind which a request waits",
            &format!("5\r\nhello\r\n0\r\n\r\n{SMUGGLED}"),
        ),
    ]);
    Family {
        title: "Chunks",
        cases,
    }
}

pub(crate) fn trailers() -> Family {
    let with =
        |name: &str, trailer: &str| chunked(name, &format!("5\r\nhello\r\n0\r\n{trailer}\r\n\r\n"));
    Family {
        title: "Trailers",
        cases: vec![
            with("a trailer", "X-Sum: 1"),
            with("`content-length` in a trailer", "Content-Length: 50"),
            with(
                "`transfer-encoding` in a trailer",
                "Transfer-Encoding: chunked",
            ),
            with("`host` in a trailer", "Host: other"),
            with("`authorization` in a trailer", "Authorization: Bearer x"),
            with("a trailer that begins with a blank", " X-Sum: 1"),
            with("a trailer with a blank before its colon", "X-Sum : 1"),
            with("a trailer without a colon", "X-Sum"),
            with("a trailer that is folded", "X-Sum: 1\r\n 2"),
            with("a trailer with a line feed in it", "X-Sum: 1\nX-B: 2"),
            with("a trailer with a zero byte", "X-Sum: \0"),
            with("a request in the place of a trailer", SMUGGLED.trim_end()),
            post(
                "a trailer that was announced to be `content-length`",
                "Transfer-Encoding: chunked\r\nTrailer: Content-Length",
                "5\r\nhello\r\n0\r\nContent-Length: 5\r\n\r\n",
            ),
        ],
    }
}
