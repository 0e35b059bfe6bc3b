//! Where each request of a client ends: by its length, or by its last chunk. Never by both.
//!
//! A request that says both is refused, as Envoy refuses it (FACTS 11.6): two parties that read it could
//! disagree on where the next one begins. hyper goes by the chunks and hides the length from services, so
//! the bytes are followed here, beside it. What hyper refuses by itself need not be understood: no request
//! comes after it.

/// How much of a line is looked at; enough for every length and chunk size, whatever comes behind them.
const LOOKED_AT: usize = 64;

/// Follows what a client sends.
#[derive(Debug, Default)]
pub(super) struct Framing {
    at: At,
    /// The beginning of the line that is being read.
    line: Vec<u8>,
    heads: u64,
    /// What the current head says.
    length: Option<u64>,
    chunked: bool,
    ambiguous: Option<u64>,
}

#[derive(Clone, Copy, Debug, Default)]
enum At {
    #[default]
    RequestLine,
    Header,
    ChunkSize,
    Trailer,
    /// So many bytes of a body, or of a chunk and the end of its line.
    Data(u64),
}

impl Framing {
    /// The next bytes.
    pub(super) fn follow(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() && self.ambiguous.is_none() {
            if let At::Data(left) = self.at {
                let n = bytes.len().min(usize::try_from(left).unwrap_or(usize::MAX));
                self.at = self.data(left - n as u64);
                bytes = &bytes[n..];
                continue;
            }
            let end = bytes.iter().position(|&byte| byte == b'\n');
            let part = &bytes[..end.unwrap_or(bytes.len())];
            let room = LOOKED_AT - self.line.len();
            self.line.extend_from_slice(&part[..part.len().min(room)]);
            let Some(end) = end else { return };
            bytes = &bytes[end + 1..];
            self.at = self.line_ended();
            self.line.clear();
        }
    }

    /// The number, counted from 1, of the request that gives both a length and chunks.
    pub(super) fn ambiguous(&self) -> Option<u64> {
        self.ambiguous
    }

    /// With `left` bytes of data to come.
    fn data(&self, left: u64) -> At {
        match left {
            0 if self.chunked => At::ChunkSize,
            0 => At::RequestLine,
            left => At::Data(left),
        }
    }

    fn line_ended(&mut self) -> At {
        let line = self.line.trim_ascii_end();
        match self.at {
            At::RequestLine | At::Trailer if line.is_empty() => At::RequestLine,
            At::RequestLine => {
                self.length = None;
                self.chunked = false;
                At::Header
            }
            At::Header if line.is_empty() => self.head_ended(),
            At::Header => {
                self.header();
                At::Header
            }
            At::ChunkSize => match chunk_size(line) {
                0 => At::Trailer,
                size => At::Data(size.saturating_add(2)),
            },
            At::Trailer | At::Data(_) => self.at,
        }
    }

    fn header(&mut self) {
        let mut parts = self.line.splitn(2, |&byte| byte == b':');
        let (Some(name), Some(value)) = (parts.next(), parts.next()) else {
            return;
        };
        if name.eq_ignore_ascii_case(b"transfer-encoding") {
            self.chunked = true;
        } else if name.eq_ignore_ascii_case(b"content-length") {
            self.length = Some(number(value, 10));
        }
    }

    fn head_ended(&mut self) -> At {
        self.heads += 1;
        match self.length {
            Some(_) if self.chunked => {
                self.ambiguous = Some(self.heads);
                At::RequestLine
            }
            length => self.data(length.unwrap_or(0)),
        }
    }
}

fn chunk_size(line: &[u8]) -> u64 {
    let size = line.split(|&byte| byte == b';').next();
    number(size.unwrap_or_default(), 16)
}

/// What is no number never ends: hyper refuses it, too.
fn number(text: &[u8], radix: u32) -> u64 {
    std::str::from_utf8(text.trim_ascii())
        .ok()
        .and_then(|text| u64::from_str_radix(text, radix).ok())
        .unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZED: &str = "POST / HTTP/1.1\r\nContent-Length: 8\r\n\r\na: b\r\n\r\n";
    const CHUNKED: &str = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n\
        12;content-length: 1\r\ncontent-length: 18\r\n0\r\ncontent-length: 1\r\n\r\n";
    const BOTH: &str = "POST / HTTP/1.1\nTransfer-Encoding: chunked\nCONTENT-LENGTH:8\n\n";

    fn ambiguous(pieces: &[&[u8]]) -> Option<u64> {
        let mut framing = Framing::default();
        pieces.iter().for_each(|piece| framing.follow(piece));
        framing.ambiguous()
    }

    #[test]
    fn a_length_or_chunks_alone_are_fine() {
        for requests in [SIZED, CHUNKED, "GET / HTTP/1.1\r\n\r\n"] {
            assert_eq!(ambiguous(&[requests.repeat(3).as_bytes()]), None);
        }
    }

    #[test]
    fn the_request_with_both_is_found_behind_others_however_the_bytes_are_cut() {
        let all = ["\r\n", SIZED, CHUNKED, "GET / HTTP/1.1\r\n\r\n", BOTH].concat();
        let all = all.as_bytes();
        for cut in 0..all.len() {
            assert_eq!(ambiguous(&[&all[..cut], &all[cut..]]), Some(4), "at {cut}");
        }
        let bytes: Vec<&[u8]> = all.chunks(1).collect();
        assert_eq!(ambiguous(&bytes), Some(4));
    }

    #[test]
    fn what_is_no_length_is_left_to_the_parser() {
        for length in ["x", "-1", "99999999999999999999", &" ".repeat(200)] {
            let request = format!("POST / HTTP/1.1\r\nContent-Length: {length}\r\n\r\n{BOTH}");
            assert_eq!(ambiguous(&[request.as_bytes()]), None, "{length:?}");
        }
    }
}
