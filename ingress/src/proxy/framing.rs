//! Where each request of a client ends: by its length, or by its last chunk. Never by both, or by two
//! lengths, even if they are the same.
//!
//! A request that says more than one of them is refused, as Envoy refuses it (FACTS 11.6): two parties that read it could
//! disagree on where the next one begins. hyper goes by the chunks and hides the length from services, so
//! the bytes are followed here, beside it. What hyper refuses by itself need not be understood: no request
//! comes after it. Codings other than `chunked` are found on the way, since Envoy refuses them.

use http::StatusCode;
use memchr::memchr;

/// How much of a name or a coding is kept, without blanks: more than the longest one that matters.
const KEPT: usize = 20;

/// Follows what a client sends.
#[derive(Debug, Default)]
pub(super) struct Framing {
    at: At,
    /// The beginning of the name or the coding that is being read.
    text: Vec<u8>,
    /// The line that is being read has something on it.
    begun: bool,
    heads: u64,
    /// What the current head says.
    length: Option<u64>,
    framed_twice: bool,
    chunked: bool,
    unknown_coding: bool,
    refused: Option<Refused>,
}

/// A request, counted from 1, that must not be passed on, and the status of its answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Refused {
    pub(super) request: u64,
    pub(super) status: StatusCode,
}

#[derive(Clone, Copy, Debug, Default)]
enum At {
    #[default]
    RequestLine,
    Name,
    /// The value of a header that does not matter here.
    Value,
    /// The value of a `content-length`, as far as it was read.
    Length(u64),
    /// The value of a `transfer-encoding`.
    Coding,
    /// The size of a chunk, as far as it was read.
    ChunkSize(u64),
    /// What stands behind a chunk's size.
    Extension(u64),
    Trailer,
    /// So many bytes of a body, or of a chunk and the end of its line.
    Data(u64),
}

impl Framing {
    /// The next bytes.
    pub(super) fn follow(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() && self.refused.is_none() {
            if let At::Data(left) = self.at {
                let n = bytes.len().min(usize::try_from(left).unwrap_or(usize::MAX));
                self.at = self.data(left - n as u64);
                bytes = &bytes[n..];
                continue;
            }
            let end = memchr(b'\n', bytes);
            self.part_of_line(&bytes[..end.unwrap_or(bytes.len())]);
            let Some(end) = end else { return };
            bytes = &bytes[end + 1..];
            self.at = self.line_ended();
            self.text.clear();
            self.begun = false;
        }
    }

    /// The first request with two lengths, with a length and chunks, or in a coding that is not understood.
    pub(super) fn refused(&self) -> Option<Refused> {
        self.refused
    }

    /// Whether the last bytes were a part of a head, and not its end.
    pub(super) fn in_head(&self) -> bool {
        match self.at {
            At::RequestLine => self.begun,
            At::Name | At::Value | At::Length(_) | At::Coding => true,
            At::ChunkSize(_) | At::Extension(_) | At::Trailer | At::Data(_) => false,
        }
    }

    /// With `left` bytes of data to come.
    fn data(&self, left: u64) -> At {
        match left {
            0 if self.chunked => At::ChunkSize(0),
            0 => At::RequestLine,
            left => At::Data(left),
        }
    }

    /// Lines may come in parts of any length, and lengths behind any number of blanks or zeros.
    fn part_of_line(&mut self, part: &[u8]) {
        self.begun = self.begun || part.iter().any(|&byte| byte != b'\r');
        match self.at {
            At::Name if self.text.is_empty() && is_of_another(part) => self.at = At::Value,
            At::Name => match memchr(b':', part) {
                Some(colon) => {
                    self.keep(&part[..colon]);
                    self.at = self.value();
                    self.text.clear();
                    self.part_of_line(&part[colon + 1..]);
                }
                None => self.keep(part),
            },
            At::Coding => self.keep(part),
            At::Length(length) => self.at = At::Length(number(length, part, 10)),
            At::ChunkSize(size) => {
                let end = part.iter().position(|byte| !byte.is_ascii_hexdigit());
                let size = number(size, &part[..end.unwrap_or(part.len())], 16);
                self.at = match end {
                    Some(_) => At::Extension(size),
                    None => At::ChunkSize(size),
                };
            }
            At::RequestLine | At::Value | At::Extension(_) | At::Trailer | At::Data(_) => {}
        }
    }

    fn keep(&mut self, part: &[u8]) {
        let room = KEPT.saturating_sub(self.text.len());
        let part = part.iter().filter(|byte| !byte.is_ascii_whitespace());
        self.text.extend(part.take(room));
    }

    /// What the value of the header whose name was read means.
    fn value(&self) -> At {
        if self.text.eq_ignore_ascii_case(b"content-length") {
            At::Length(0)
        } else if self.text.eq_ignore_ascii_case(b"transfer-encoding") {
            At::Coding
        } else {
            At::Value
        }
    }

    fn line_ended(&mut self) -> At {
        match self.at {
            At::RequestLine | At::Trailer if !self.begun => At::RequestLine,
            At::RequestLine => {
                self.length = None;
                self.framed_twice = false;
                self.chunked = false;
                self.unknown_coding = false;
                At::Name
            }
            At::Name if !self.begun => self.head_ended(),
            At::Name | At::Value => At::Name,
            At::Length(length) => {
                self.framed_twice |= self.length.replace(length).is_some();
                At::Name
            }
            At::Coding => {
                let known = self.text.eq_ignore_ascii_case(b"chunked");
                self.unknown_coding |= !known || self.chunked;
                self.chunked = true;
                At::Name
            }
            At::ChunkSize(0) | At::Extension(0) => At::Trailer,
            At::ChunkSize(size) | At::Extension(size) => At::Data(size.saturating_add(2)),
            At::Trailer | At::Data(_) => self.at,
        }
    }

    fn head_ended(&mut self) -> At {
        self.heads += 1;
        let status = match self.length {
            Some(_) if self.chunked || self.framed_twice => StatusCode::BAD_REQUEST,
            _ if self.unknown_coding => StatusCode::NOT_IMPLEMENTED,
            length => return self.data(length.unwrap_or(0)),
        };
        self.refused = Some(Refused {
            request: self.heads,
            status,
        });
        At::RequestLine
    }
}

/// Whether a line begins with a name that does not matter here, told by its first letter.
fn is_of_another(line: &[u8]) -> bool {
    let first = line.first().map(u8::to_ascii_lowercase);
    first.is_some_and(|first| first.is_ascii_lowercase() && first != b'c' && first != b't')
}

/// The number that `read` becomes with `digits` behind it; blanks do not count. What is no number never
/// ends: hyper refuses it, too.
fn number(read: u64, digits: &[u8], radix: u32) -> u64 {
    digits
        .iter()
        .filter(|byte| !byte.is_ascii_whitespace())
        .fold(read, |read, &byte| match char::from(byte).to_digit(radix) {
            Some(digit) => read
                .saturating_mul(u64::from(radix))
                .saturating_add(u64::from(digit)),
            None => u64::MAX,
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZED: &str = "POST / HTTP/1.1\r\nContent-Length: 8\r\n\r\na: b\r\n\r\n";
    const CHUNKED: &str = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n\
        12;content-length: 1\r\ncontent-length: 18\r\n0\r\ncontent-length: 1\r\n\r\n";
    const BOTH: &str = "POST / HTTP/1.1\nTransfer-Encoding: chunked\nCONTENT-LENGTH:8\n\n";

    fn refused(pieces: &[&[u8]]) -> Option<(u64, u16)> {
        let mut framing = Framing::default();
        pieces.iter().for_each(|piece| framing.follow(piece));
        let refused = framing.refused()?;
        Some((refused.request, refused.status.as_u16()))
    }

    #[test]
    fn a_length_or_chunks_alone_are_fine() {
        for requests in [SIZED, CHUNKED, "GET / HTTP/1.1\r\n\r\n"] {
            assert_eq!(refused(&[requests.repeat(3).as_bytes()]), None);
        }
    }

    #[test]
    fn the_request_with_both_is_found_behind_others_however_the_bytes_are_cut() {
        let all = ["\r\n", SIZED, CHUNKED, "GET / HTTP/1.1\r\n\r\n", BOTH].concat();
        let all = all.as_bytes();
        for cut in 0..all.len() {
            assert_eq!(
                refused(&[&all[..cut], &all[cut..]]),
                Some((4, 400)),
                "at {cut}"
            );
        }
        let bytes: Vec<&[u8]> = all.chunks(1).collect();
        assert_eq!(refused(&bytes), Some((4, 400)));
    }

    /// What is skipped over must be what hyper skips over, however many blanks and zeros it takes.
    #[test]
    fn no_number_of_blanks_or_zeros_hides_the_request_behind() {
        for n in [1, 50, 64, 70_000] {
            let (blanks, zeros) = (" ".repeat(n), "0".repeat(n));
            let sized =
                format!("POST / HTTP/1.1\r\nContent-Length:{blanks}{zeros}8\r\n\r\na: b\r\n\r\n");
            let chunked = format!(
                "POST / HTTP/1.1\r\nTransfer-Encoding:{blanks}chunked\r\n\r\n\
                 {zeros}5{blanks};{zeros}\r\nGET /\r\n{zeros}\r\n\r\n"
            );
            for before in [&sized, &chunked] {
                let all = [before, BOTH].concat();
                assert_eq!(refused(&[all.as_bytes()]), Some((2, 400)), "{n}");
            }
        }
    }

    #[test]
    fn two_lengths_are_refused_even_if_they_are_the_same() {
        let request = "POST / HTTP/1.1\r\nContent-Length: 5\r\ncontent-length: 5\r\n\r\n";
        assert_eq!(refused(&[request.as_bytes()]), Some((1, 400)));
    }

    #[test]
    fn a_coding_other_than_chunked_is_refused() {
        for coding in ["gzip", "gzip, chunked", "chunked, chunked", "", "xchunked"] {
            let request = format!("POST / HTTP/1.1\r\nTransfer-Encoding: {coding}\r\n\r\n");
            assert_eq!(refused(&[request.as_bytes()]), Some((1, 501)), "{coding:?}");
        }
        let twice =
            "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n";
        assert_eq!(refused(&[twice.as_bytes()]), Some((1, 501)));
    }

    #[test]
    fn what_is_no_length_is_left_to_the_parser() {
        for length in ["x", "-1", "99999999999999999999"] {
            let request = format!("POST / HTTP/1.1\r\nContent-Length: {length}\r\n\r\n{BOTH}");
            assert_eq!(refused(&[request.as_bytes()]), None, "{length:?}");
        }
    }
}
