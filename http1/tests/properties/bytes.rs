//! Random bytes that are nearly messages.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

/// What messages are made of, so that random bytes get further than the first of them.
const WORDS: &[&str] = &[
    "\r\n",
    "\r\n",
    "\r\n",
    "\n",
    "\r",
    " ",
    "\t",
    ":",
    ": ",
    ";",
    ",",
    "0",
    "1",
    "5",
    "a",
    "ff",
    "\0",
    "\x7f",
    "ä",
    "GET / HTTP/1.1\r\n",
    "POST ",
    "http://a/",
    "*",
    " HTTP/1.0\r\n",
    "HTTP/1.1 200 OK\r\n",
    "HTTP/1.1 204\r\n",
    "content-length",
    "Transfer-Encoding: chunked\r\n",
    "chunked",
    "x-a: b\r\n",
    "5\r\nhello\r\n",
    "0\r\n",
    "ffffffffffffffff\r\n",
    "10000000000000000\r\n",
];

pub(crate) fn bytes() -> impl Strategy<Value = Vec<u8>> {
    let word = prop_oneof![
        6 => select(WORDS).prop_map(|word| word.as_bytes().to_vec()),
        1 => vec(any::<u8>(), 1..4),
    ];
    vec(word, 0..20).prop_map(|words| words.concat())
}
