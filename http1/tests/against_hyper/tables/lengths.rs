//! What responses said of their lengths and has fooled others.

use crate::differences::*;

/// The head of a response, and what comes behind it before the connection ends.
pub(crate) const LENGTHS: &[(&str, &str, Known)] = &[
    // No bodies.
    ("HTTP/1.1 204 No Content\r\n", "", None),
    ("HTTP/1.1 204 No Content\r\n", "hello", None),
    ("HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n", "", None),
    ("HTTP/1.1 304 Not Modified\r\n", "", None),
    (
        "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n",
        "",
        None,
    ),
    (
        "HTTP/1.1 304 Not Modified\r\nTransfer-Encoding: chunked\r\n",
        "",
        None,
    ),
    ("HTTP/1.1 205 Reset Content\r\n", "hello", None),
    (
        "HTTP/1.1 204\r\nContent-Length: 5\r\n",
        "hello",
        Some(&NO_BODY_BUT_A_LENGTH),
    ),
    (
        "HTTP/1.1 204\r\nTransfer-Encoding: chunked\r\n",
        "0\r\n\r\n",
        Some(&NO_BODY_BUT_A_LENGTH),
    ),
    (
        "HTTP/1.1 304\r\nContent-Length: x\r\n",
        "",
        Some(&NO_BODY_BUT_A_LENGTH),
    ),
    // Lengths.
    ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n", "hello", None),
    (
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n",
        "hello and more",
        None,
    ),
    ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n", "hell", None),
    ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n", "", None),
    ("HTTP/1.1 200 OK\r\nContent-Length: +5\r\n", "hello", None),
    ("HTTP/1.1 200 OK\r\nContent-Length: -5\r\n", "hello", None),
    ("HTTP/1.1 200 OK\r\nContent-Length: 5 5\r\n", "hello", None),
    ("HTTP/1.1 200 OK\r\nContent-Length: 5,6\r\n", "hello!", None),
    ("HTTP/1.1 200 OK\r\nContent-Length: 5,\r\n", "hello", None),
    ("HTTP/1.1 200 OK\r\nContent-Length:\r\n", "hello", None),
    (
        "HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551616\r\n",
        "hello",
        None,
    ),
    (
        "HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551613\r\n",
        "hello",
        None,
    ),
    (
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n",
        "hello!",
        None,
    ),
    (
        "HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551615\r\n",
        "hello",
        Some(&HIGHEST_LENGTHS),
    ),
    (
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 5\r\n",
        "hello",
        Some(&EQUAL_LENGTHS),
    ),
    (
        "HTTP/1.1 200 OK\r\nContent-Length: 5, 05\r\n",
        "hello",
        Some(&EQUAL_LENGTHS),
    ),
    // Codings.
    (
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n",
        "5\r\nhello\r\n0\r\n\r\n",
        None,
    ),
    (
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n",
        "5\r\nhello\r\n0\r\n\r\nmore",
        None,
    ),
    (
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n",
        "5\r\nhello\r\n0\r\nx: y\r\n\r\n",
        None,
    ),
    (
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n",
        "5\r\nhello\r\n0\r\n",
        None,
    ),
    (
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n",
        "5\r\nhel",
        None,
    ),
    (
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n",
        "hello",
        None,
    ),
    (
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n",
        "",
        None,
    ),
    (
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n",
        "0\r\n\r\n",
        Some(&LENGTH_BESIDE_CHUNKS),
    ),
    (
        "HTTP/1.1 200 OK\r\nContent-Length: x\r\nTransfer-Encoding: chunked\r\n",
        "0\r\n\r\n",
        Some(&LENGTH_BESIDE_CHUNKS),
    ),
    (
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n",
        "0\r\n\r\n",
        Some(&CODING_BEFORE_CHUNKS),
    ),
    (
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, chunked\r\n",
        "0\r\n\r\n",
        Some(&CODING_BEFORE_CHUNKS),
    ),
    (
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n",
        "0\r\n\r\n",
        Some(&CODING_BEFORE_CHUNKS),
    ),
    (
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n",
        "hello",
        Some(&OTHER_CODING),
    ),
    (
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\n",
        "hello",
        Some(&OTHER_CODING),
    ),
    (
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, gzip\r\n",
        "0\r\n\r\n",
        Some(&OTHER_CODING),
    ),
    (
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: xchunked\r\n",
        "0\r\n\r\n",
        Some(&OTHER_CODING),
    ),
    (
        "HTTP/1.1 200 OK\r\nTransfer-Encoding:\r\n",
        "hello",
        Some(&OTHER_CODING),
    ),
    (
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\nContent-Length: 5\r\n",
        "hello",
        Some(&OTHER_CODING),
    ),
];

/// What answers a HEAD.
pub(crate) const TO_HEAD: &[(&str, &str, Known)] = &[
    ("HTTP/1.1 200 OK\r\n", "", None),
    ("HTTP/1.1 200 OK\r\n", "hello", None),
    ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n", "", None),
    ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n", "hello", None),
    (
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n",
        "",
        None,
    ),
    (
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n",
        "",
        None,
    ),
    (
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n",
        "",
        Some(&NO_BODY_BUT_A_LENGTH),
    ),
    (
        "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n",
        "",
        Some(&NO_BODY_BUT_A_LENGTH),
    ),
    (
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n",
        "",
        Some(&OTHER_CODING),
    ),
    (
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n",
        "",
        Some(&LENGTH_BESIDE_CHUNKS),
    ),
    (
        "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n",
        "",
        Some(&NO_BODY_BUT_A_LENGTH),
    ),
];
