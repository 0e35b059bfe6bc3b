//! `transfer-encoding`: with a length beside it, and spelled so that only some see it.

use crate::case::{CHUNKS, Case, Family, SMUGGLED, code, ended_chunks, post, raw};

/// CL.TE and TE.CL.
pub(crate) fn with_a_length() -> Family {
    let inner = ended_chunks();
    let length = inner.len();
    let short = format!("{:x}\r\n{SMUGGLED}\r\n0\r\n\r\n", SMUGGLED.len());
    Family {
        title: "A length and chunks",
        cases: vec![
            post(
                "CL.TE: a length around chunks that end sooner",
                &format!("Content-Length: {length}\r\nTransfer-Encoding: chunked"),
                &inner,
            ),
            post(
                "CL.TE, the chunks named first",
                &format!("Transfer-Encoding: chunked\r\nContent-Length: {length}"),
                &inner,
            ),
            post(
                "TE.CL: a length that ends in a chunk",
                "Content-Length: 4\r\nTransfer-Encoding: chunked",
                &short,
            ),
            post(
                "TE.CL, the chunks named first",
                "Transfer-Encoding: chunked\r\nContent-Length: 4",
                &short,
            ),
            post(
                "a length of 0, and chunks",
                "Content-Length: 0\r\nTransfer-Encoding: chunked",
                CHUNKS,
            ),
            post(
                "a length as long as the chunks are",
                &format!(
                    "Content-Length: {}\r\nTransfer-Encoding: chunked",
                    CHUNKS.len()
                ),
                CHUNKS,
            ),
            post(
                "an empty length, and chunks",
                "Content-Length:\r\nTransfer-Encoding: chunked",
                CHUNKS,
            ),
            post(
                "a length that is none, and chunks",
                "Content-Length: x\r\nTransfer-Encoding: chunked",
                CHUNKS,
            ),
            post(
                "a length with a coding of another name",
                "Content-Length: 5\r\nTransfer-Encoding: identity",
                "hello",
            ),
            raw(
                "a length and chunks in HTTP/1.0",
                format!(
                    "POST /get HTTP/1.0\r\nHost: front\r\nContent-Length: {length}\r\n\
                     Transfer-Encoding: chunked\r\nConnection: keep-alive\r\n\r\n{inner}"
                ),
            ),
        ],
    }
}

/// TE.TE. Who does not see the coding takes the length.
pub(crate) fn disguised() -> Family {
    let inner = ended_chunks();
    let length = inner.len();
    let written = |line: &str| {
        let lines = format!("Content-Length: {length}\r\n{line}");
        post(code(line), &lines, &inner)
    };
    let alone = |name: &str, line: &str| post(name, line, CHUNKS);
    let mut cases: Vec<Case> = [
        "Transfer-Encoding : chunked",
        "Transfer-Encoding\t: chunked",
        " Transfer-Encoding: chunked",
        "\tTransfer-Encoding: chunked",
        "Transfer-Encoding:\tchunked",
        "Transfer-Encoding:chunked",
        "Transfer-Encoding: \x0bchunked",
        "Transfer-Encoding: \x0cchunked",
        "Transfer-Encoding: chunked\x0b",
        "Transfer-Encoding: chunked\0",
        "Transfer-Encoding: \u{a0}chunked",
        "Transfer-Encoding: chunked, identity",
        "Transfer-Encoding: identity, chunked",
        "Transfer-Encoding: chunked, chunked",
        "Transfer-Encoding: ,chunked",
        "Transfer-Encoding: chunked,",
        "Transfer-Encoding: xchunked",
        "Transfer-Encoding: \"chunked\"",
        "Transfer-Encoding: 'chunked'",
        "Transfer-Encoding: chunked;q=1",
        "Transfer-Encoding: ChUnKeD",
        "TRANSFER-ENCODING: CHUNKED",
        "Transfer-Encoding:\r\n chunked",
        "Transfer-Encoding: chun\r\n ked",
        "X: y\nTransfer-Encoding: chunked",
        "X: y\rTransfer-Encoding: chunked",
        "X: y\r\n\tTransfer-Encoding: chunked",
        "Transfer_Encoding: chunked",
        "Transfer.Encoding: chunked",
        "Transfer Encoding: chunked",
        "TransferEncoding: chunked",
        "Transfer-Encoding\0: chunked",
        "Transfer-\u{17f}ncoding: chunked",
    ]
    .map(written)
    .into();
    cases.extend([
        alone(
            "chunked and identity in two lines, no length",
            "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity",
        ),
        alone(
            "identity and chunked in two lines, no length",
            "Transfer-Encoding: identity\r\nTransfer-Encoding: chunked",
        ),
        alone(
            "chunked in two lines, no length",
            "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
        ),
        alone(
            "chunked in capitals, no length",
            "transfer-encoding: CHUNKED",
        ),
        alone(
            "chunked behind a tab, no length",
            "Transfer-Encoding:\tchunked\t",
        ),
        alone("an empty coding, no length", "Transfer-Encoding:"),
        alone(
            "gzip, chunked, no length",
            "Transfer-Encoding: gzip, chunked",
        ),
        alone("underscores, no length", "Transfer_Encoding: chunked"),
    ]);
    Family {
        title: "Chunks that only some see",
        cases,
    }
}
