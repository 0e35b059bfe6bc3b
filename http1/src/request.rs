//! The head of a request.

use crate::fields::{Fields, Room, malformed};
use crate::{Malformed, Version};

/// The head of a request: RFC 9112 section 3 and 5.
#[derive(Clone, Copy, Debug)]
pub struct RequestHead<'a> {
    /// A token, in the case in which it was sent.
    pub method: &'a str,
    /// The target as it was sent, see [`Target`](crate::Target).
    pub target: &'a str,
    /// The version that the client speaks.
    pub version: Version,
    /// The lines behind the first one.
    pub fields: Fields<'a>,
}

impl<'a> RequestHead<'a> {
    /// The head at the beginning of `bytes`, and how many of them it takes; `None` where its end has not come yet.
    /// Empty lines in front of it are a part of it (RFC 9112 2.2).
    ///
    /// # Errors
    /// [`Malformed::Head`], [`Malformed::Version`] and [`Malformed::TooManyFields`] as soon as it can be told.
    pub fn parse(
        bytes: &'a [u8],
        room: &'a mut Room<'a>,
    ) -> Result<Option<(Self, usize)>, Malformed> {
        let mut head = httparse::Request::new(&mut []);
        let status = head
            .parse_with_uninit_headers(bytes, room.lines())
            .map_err(|error| match malformed(error) {
                Malformed::Version if !names_version(bytes) => Malformed::Head,
                malformed => malformed,
            })?;
        let httparse::Status::Complete(length) = status else {
            return Ok(None);
        };
        let (Some(method), Some(target)) = (head.method, head.path) else {
            return Err(Malformed::Head);
        };
        let head = Self {
            method,
            target,
            version: Version::of(head.version),
            fields: Fields::new(head.headers),
        };
        Ok(Some((head, length)))
    }
}

/// Whether the first line ends in a version of HTTP, of whatever form its messages are.
fn names_version(bytes: &[u8]) -> bool {
    let line = bytes.trim_ascii_start().split(|&byte| byte == b'\n').next();
    let version = line.map(<[u8]>::trim_ascii_end).unwrap_or_default();
    let version = version.rsplit(|&byte| byte == b' ').next();
    matches!(
        version,
        Some([b'H', b'T', b'T', b'P', b'/', b'0'..=b'9', b'.', b'0'..=b'9'])
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const BYTES: &[u8] = b"\r\nPOST /get?x HTTP/1.1\r\nHost: a\r\nX-A:  b c \r\n\r\nbody";

    #[test]
    fn a_head_is_taken_apart_and_its_body_left() {
        let mut room = Room::new(2);
        let (head, length) = RequestHead::parse(BYTES, &mut room).unwrap().unwrap();
        assert_eq!(&BYTES[length..], b"body");
        assert_eq!((head.method, head.target), ("POST", "/get?x"));
        assert_eq!(head.version, Version::Http11);
        let lines: Vec<_> = head.fields.iter().collect();
        assert_eq!(lines, [("Host", &b"a"[..]), ("X-A", b"b c")]);
    }

    #[test]
    fn a_part_of_a_head_is_none_yet_wherever_it_is_cut() {
        for cut in 0..BYTES.len() - 4 {
            let mut room = Room::new(2);
            let parsed = RequestHead::parse(&BYTES[..cut], &mut room);
            assert!(parsed.unwrap().is_none(), "at {cut}");
        }
    }

    #[test]
    fn more_fields_than_there_is_room_for_are_refused_few_or_many() {
        for most in [1, 100, 101, 500] {
            for (lines, fits) in [(most, true), (most + 1, false)] {
                let head = format!("GET / HTTP/1.1\r\n{}\r\n", "a:b\r\n".repeat(lines));
                let mut room = Room::new(most);
                let parsed = RequestHead::parse(head.as_bytes(), &mut room);
                let refused = parsed.err();
                assert_eq!(
                    refused,
                    (!fits).then_some(Malformed::TooManyFields),
                    "{lines} of {most}"
                );
            }
        }
    }

    #[test]
    fn a_version_of_another_form_is_told_from_garbage() {
        for version in ["0.9", "1.2", "2.0"] {
            let bytes = format!("GET / HTTP/{version}\r\n\r\n");
            let mut room = Room::new(9);
            let parsed = RequestHead::parse(bytes.as_bytes(), &mut room);
            assert_eq!(parsed.err(), Some(Malformed::Version), "{version}");
        }
    }

    #[test]
    fn what_is_no_head_is_refused() {
        for bytes in [
            "GET  / HTTP/1.1\r\n\r\n",
            "GET / HTTP/1.1\r\nHost : a\r\n\r\n",
            "GET / HTTP/1.1\r\nx-a: one\r\n two\r\n\r\n",
            "GET / HTTP/1.1\r\nx-a: one\rtwo\r\n\r\n",
            "GET / HTTP/1.1\r\n: a\r\n\r\n",
            "GET / HTTP/1.1\r\nx-a: \0\r\n\r\n",
            "GET\t/ HTTP/1.1\r\n\r\n",
            "GET / http/1.1\r\n\r\n",
            "GET / ICAP/1.0\r\n\r\n",
        ] {
            let mut room = Room::new(9);
            let parsed = RequestHead::parse(bytes.as_bytes(), &mut room);
            assert_eq!(parsed.err(), Some(Malformed::Head), "{bytes:?}");
        }
    }
}
