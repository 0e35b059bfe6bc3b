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
        let status = match head.parse_with_uninit_headers(bytes, room.lines()) {
            Ok(status) => status,
            Err(httparse::Error::Version) => return another_version(bytes).map_or(Ok(None), Err),
            Err(error) => return Err(malformed(error)),
        };
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

/// What a first line is whose last part is no version of these messages: one of HTTP's other versions, or nothing.
/// `None` while the line may still become either, so that it does not matter how it is cut.
fn another_version(bytes: &[u8]) -> Option<Malformed> {
    const FORM: &[u8] = b"HTTP/0.0";
    let bytes = bytes.trim_ascii_start();
    let mut lines = bytes.splitn(2, |&byte| byte == b'\n');
    let last = lines.next()?.splitn(3, |&byte| byte == b' ').nth(2);
    let (last, is_whole) = (last.unwrap_or_default(), lines.next().is_some());
    let version = last.trim_ascii_end();
    let fits = |(byte, form): (&u8, &u8)| byte == form || (form == &b'0' && byte.is_ascii_digit());
    let is_begun = version.len() <= FORM.len() && version.iter().zip(FORM).all(fits);
    let is_complete = is_begun && version.len() == FORM.len();
    match is_whole {
        true if is_complete => Some(Malformed::Version),
        false if is_complete || (is_begun && version == last) => None,
        _ => Some(Malformed::Head),
    }
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

    /// Found by the fuzzer: `HTTP/2` alone is no version yet, and was taken for garbage.
    #[test]
    fn a_version_of_another_form_is_told_wherever_it_is_cut() {
        let parse = |bytes: &[u8]| {
            let mut room = Room::new(9);
            RequestHead::parse(bytes, &mut room).map(|head| head.is_some())
        };
        for bytes in ["GET / HTTP/2.0\r\n\r\n", "\r\nPRI * HTTP/0.9 \n"] {
            let end = bytes.trim_end().len();
            for cut in 0..=end {
                assert_eq!(
                    parse(&bytes.as_bytes()[..cut]),
                    Ok(false),
                    "{bytes:?} at {cut}"
                );
            }
            assert_eq!(parse(bytes.as_bytes()), Err(Malformed::Version));
        }
        for garbage in [
            "GET / HTTP/2 ",
            "GET / HTTP/2x",
            "GET / HTTP/2.0 x",
            "GET / x",
        ] {
            assert_eq!(
                parse(garbage.as_bytes()),
                Err(Malformed::Head),
                "{garbage:?}"
            );
            let whole = format!("{garbage}\r\n");
            assert_eq!(parse(whole.as_bytes()), Err(Malformed::Head), "{whole:?}");
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
