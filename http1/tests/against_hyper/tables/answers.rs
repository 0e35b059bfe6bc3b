//! Responses' fields that have fooled others.

use crate::differences::*;

/// The head of a response, and what comes behind it before the connection ends.
pub(crate) const ANSWERS: &[(&str, &str, Known)] = &[
    ("HTTP/1.1 200 OK\r\nx: y\r\n z\r\n", "", None),
    (
        "HTTP/1.1 200 OK\r\nx: y \t\r\n\t z\n  a\r\nb: c\r\n",
        "",
        None,
    ),
    ("HTTP/1.1 200 OK\r\nx:\r\n y\r\n \r\n z\r\n", "", None),
    ("HTTP/1.1 200 OK\r\nx: y\r\n \r\n", "", None),
    ("HTTP/1.1 200 OK\r\n x: y\r\n", "", None),
    ("HTTP/1.1 200 OK\r\nx: y\r z\r\n", "", None),
    (
        "HTTP/1.1 200 OK\r\nContent-Length:\r\n 5\r\n",
        "hello and more",
        None,
    ),
    (
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n 6\r\n",
        "hello and more",
        None,
    ),
    (
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n ,5\r\n",
        "hello and more",
        Some(&EQUAL_LENGTHS),
    ),
    (
        "HTTP/1.1 200 OK\r\nx: y\r\n Content-Length: 5\r\n",
        "hello and more",
        None,
    ),
    (
        "HTTP/1.1 200 OK\r\nTransfer-Encoding:\r\n\tchunked\r\n",
        "5\r\nhello\r\n0\r\n\r\n",
        None,
    ),
    (
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip,\r\n chunked\r\n",
        "0\r\n\r\n",
        Some(&CODING_BEFORE_CHUNKS),
    ),
    (
        "HTTP/1.1 200 OK\r\nContent-Length : 5\r\n",
        "hello and more",
        None,
    ),
    (
        "HTTP/1.1 200 OK\r\nContent-Length\0: 5\r\n",
        "hello and more",
        None,
    ),
    ("HTTP/1.1 200 OK\r\nx: \0\r\n", "", None),
    ("HTTP/1.1 200 OK\r\nx: \x7f\r\n", "", None),
    ("HTTP/1.1 200 OK\r\nx: ä\r\nX:\r\nx: a\tb\t\r\n", "", None),
    ("HTTP/1.1 200 OK\r\nx\r\n", "", None),
    ("HTTP/1.1 200 OK\r\n: y\r\n", "", None),
    ("HTTP/1.1 200 OK\r\nContent-Length: 5\n", "hello", None),
    ("HTTP/1.1 200 OK\r\nx: y\n\nhello\r\n", "", None),
];
