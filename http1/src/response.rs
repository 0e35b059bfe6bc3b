//! The head of a response.

use http::StatusCode;

use crate::fields::{Fields, Room, malformed};
use crate::{Malformed, Version};

/// The head of a response: RFC 9112 section 4 and 5. What its reason says is nobody's business.
#[derive(Clone, Copy, Debug)]
pub struct ResponseHead<'a> {
    /// Three digits, 100 at least.
    pub status: StatusCode,
    /// The version that the server speaks.
    pub version: Version,
    /// The lines behind the first one.
    pub fields: Fields<'a>,
}

impl<'a> ResponseHead<'a> {
    /// The head at the beginning of `bytes`, and how many of them it takes; `None` where its end has not come yet.
    /// A field that is folded over several lines is taken, as RFC 9112 5.2 wants it of a user agent; its value
    /// still has the line ends in it, which [`write::field`](crate::write::field) makes blanks of. An empty line in
    /// front is none of a response.
    ///
    /// # Errors
    /// [`Malformed::Head`], [`Malformed::Version`] and [`Malformed::TooManyFields`] as soon as it can be told.
    pub fn parse(
        bytes: &'a [u8],
        room: &'a mut Room<'a>,
    ) -> Result<Option<(Self, usize)>, Malformed> {
        if matches!(bytes.first(), Some(b'\r' | b'\n')) {
            return Err(Malformed::Head);
        }
        let mut head = httparse::Response::new(&mut []);
        let parsed = httparse::ParserConfig::default()
            .allow_obsolete_multiline_headers_in_responses(true)
            .parse_response_with_uninit_headers(&mut head, bytes, room.lines())
            .map_err(malformed)?;
        let httparse::Status::Complete(length) = parsed else {
            return Ok(None);
        };
        let status = head.code.and_then(|code| StatusCode::from_u16(code).ok());
        let head = Self {
            status: status.ok_or(Malformed::Head)?,
            version: Version::of(head.version),
            fields: Fields::new(head.headers),
        };
        Ok(Some((head, length)))
    }

    /// Whether another head follows for the same request (RFC 9110 15.2). A 101 is the last one: what
    /// follows is no HTTP any more.
    pub fn is_interim(&self) -> bool {
        self.status.is_informational() && self.status != StatusCode::SWITCHING_PROTOCOLS
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(bytes: &[u8]) -> Result<Option<(u16, Version)>, Malformed> {
        let mut room = Room::new(9);
        let parsed = ResponseHead::parse(bytes, &mut room)?;
        Ok(parsed.map(|(head, _)| (head.status.as_u16(), head.version)))
    }

    #[test]
    fn a_reason_may_be_missing_and_a_version_may_be_old() {
        let new = status(b"HTTP/1.1 200\r\n\r\n");
        assert_eq!(new, Ok(Some((200, Version::Http11))));
        let old = status(b"HTTP/1.0 599 w h y\r\na: b\r\n\r\n");
        assert_eq!(old, Ok(Some((599, Version::Http10))));
        assert_eq!(status(b"HTTP/1.1 200 OK\r\na: b\r\n"), Ok(None));
    }

    #[test]
    fn what_is_no_status_or_no_version_is_refused() {
        for line in ["HTTP/1.1 20 OK", "HTTP/1.1 2000 OK", "HTTP/1.1 099 OK"] {
            let head = format!("{line}\r\n\r\n");
            assert_eq!(status(head.as_bytes()), Err(Malformed::Head), "{line}");
        }
        for line in ["HTTP/2.0 200 OK", "purple"] {
            let head = format!("{line}\r\n\r\n");
            assert_eq!(status(head.as_bytes()), Err(Malformed::Version), "{line}");
        }
    }

    #[test]
    fn a_folded_field_is_one_field() {
        let bytes = b"HTTP/1.1 200 OK\r\na: one\r\n two\r\nb: 3\r\n\r\n";
        let mut room = Room::new(9);
        let (head, _) = ResponseHead::parse(bytes, &mut room).unwrap().unwrap();
        assert_eq!(head.fields.first("a"), Some(&b"one\r\n two"[..]));
        assert_eq!(head.fields.first("b"), Some(&b"3"[..]));
    }

    #[test]
    fn only_the_last_head_is_not_interim() {
        for (status, is_interim) in [(100, true), (103, true), (101, false), (200, false)] {
            let bytes = format!("HTTP/1.1 {status}\r\n\r\n");
            let mut room = Room::new(9);
            let (head, _) = ResponseHead::parse(bytes.as_bytes(), &mut room)
                .unwrap()
                .unwrap();
            assert_eq!(head.is_interim(), is_interim, "{status}");
        }
    }
}
