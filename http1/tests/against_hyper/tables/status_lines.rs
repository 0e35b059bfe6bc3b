//! Responses' first lines that have fooled others.

use crate::differences::*;

/// The head of a response, and what comes behind it before the connection ends.
pub(crate) const STATUS_LINES: &[(&str, &str, Known)] = &[
    ("HTTP/1.1 200 OK\r\n", "", None),
    ("HTTP/1.1 200 OK\r\n", "to the end", None),
    ("HTTP/1.1 200\r\n", "", None),
    ("HTTP/1.1 200 \r\n", "", None),
    ("HTTP/1.1 200 a\tb ä\r\n", "", None),
    ("HTTP/1.1 200 a\0b\r\n", "", None),
    ("HTTP/1.1 200 a\rb\r\n", "", None),
    ("HTTP/1.1 200 OK\n", "hello", None),
    (
        "\r\n\nHTTP/1.1 200 OK\r\n",
        "hello",
        Some(&EMPTY_LINE_FIRST),
    ),
    ("HTTP/1.1  200 OK\r\n", "", None),
    ("HTTP/1.1\t200 OK\r\n", "", None),
    (" HTTP/1.1 200 OK\r\n", "", None),
    ("HTTP/1.1 99 OK\r\n", "", None),
    ("HTTP/1.1 099 OK\r\n", "", None),
    ("HTTP/1.1 +20 OK\r\n", "", None),
    ("HTTP/1.1 999 OK\r\n", "", None),
    ("HTTP/1.1 1000 OK\r\n", "", None),
    ("HTTP/1.1 2x0 OK\r\n", "", None),
    ("HTTP/1.0 200 OK\r\n", "hello", None),
    ("HTTP/1.0 200 OK\r\nContent-Length: 5\r\n", "hello", None),
    (
        "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n",
        "0\r\n\r\n",
        None,
    ),
    ("HTTP/1.2 200 OK\r\n", "", None),
    ("HTTP/2 200\r\n", "", None),
    ("ICY 200 OK\r\n", "", None),
    ("hello\r\n", "", None),
    // Interim heads.
    (
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n",
        "hello",
        None,
    ),
    (
        "HTTP/1.1 103\r\nx: y\r\n\r\nHTTP/1.1 199\r\n\r\nHTTP/1.1 200 OK\r\n",
        "hello",
        None,
    ),
    (
        "HTTP/1.1 100\r\nContent-Length: 5\r\n\r\nHTTP/1.1 200 OK\r\n",
        "hello",
        None,
    ),
    (
        "HTTP/1.1 100\r\nTransfer-Encoding: x\r\n\r\nHTTP/1.1 200 OK\r\n",
        "hello",
        None,
    ),
    ("HTTP/1.1 100 Continue\r\n", "", None),
    ("HTTP/1.1 100 Continue\r\n", "hello", None),
    (
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n",
        "hello",
        None,
    ),
    (
        "HTTP/1.1 101\r\nTransfer-Encoding: chunked\r\n",
        "0\r\n\r\n",
        None,
    ),
    (
        "HTTP/1.1 101\r\nContent-Length: 5\r\nContent-Length: 6\r\n",
        "hello",
        Some(&NO_BODY_BUT_A_LENGTH),
    ),
];
