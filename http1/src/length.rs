//! How long a body is, by its head.

use http::StatusCode;

use crate::{Fields, Malformed, RequestHead, ResponseHead, Version};

const CONTENT_LENGTH: &str = "content-length";
const TRANSFER_ENCODING: &str = "transfer-encoding";

/// How long a body is: RFC 9112 section 6.3.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Length {
    /// So many bytes; none at all where there is no body.
    Bytes(u64),
    /// As the chunks tell.
    Chunked,
    /// To the end of the connection.
    ToTheEnd,
}

impl Length {
    /// Of a request's body. One that says nothing has none.
    ///
    /// # Errors
    /// [`Malformed::Length`] where it says more than one length, even twice the same, a length and
    /// chunks, or what is no length, and for chunks in HTTP/1.0 (RFC 9112 6.1); [`Malformed::Coding`] for a coding
    /// other than `chunked`. Who would take such a request could disagree with others on where the next one begins.
    pub fn of_request(head: &RequestHead<'_>) -> Result<Self, Malformed> {
        let said = Said::in_fields(head.fields)?;
        if said.length.is_some() && said.coding.is_some() {
            return Err(Malformed::Length);
        }
        match (said.coding.transpose()?, head.version) {
            (None, _) => Ok(Self::Bytes(said.length.unwrap_or(0))),
            (Some(()), Version::Http11) => Ok(Self::Chunked),
            (Some(()), Version::Http10) => Err(Malformed::Length),
        }
    }

    /// Of the body of an answer to a request whose method is HEAD (`to_head`) or is not. 1xx, 204 and 304 have
    /// none, and of an answer that says nothing the end of the connection is the end.
    ///
    /// # Errors
    /// As for requests; [`Malformed::Length`] also for a 204 that says a body.
    pub fn of_response(head: &ResponseHead<'_>, to_head: bool) -> Result<Self, Malformed> {
        let said = Said::in_fields(head.fields)?;
        let is_chunked = said.coding.transpose()?.is_some();
        let is_new = head.version == Version::Http11;
        let says_body = is_chunked || said.length.is_some_and(|length| length > 0);
        if (is_chunked && (said.length.is_some() || !is_new))
            || (head.status == StatusCode::NO_CONTENT && says_body)
        {
            return Err(Malformed::Length);
        }
        let has_none = head.status.is_informational()
            || matches!(
                head.status,
                StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED
            );
        Ok(if to_head || has_none {
            Self::Bytes(0)
        } else if is_chunked {
            Self::Chunked
        } else {
            said.length.map_or(Self::ToTheEnd, Self::Bytes)
        })
    }

    /// Whether there is no body, or none that has a byte.
    pub fn is_empty(self) -> bool {
        self == Self::Bytes(0)
    }
}

/// What a head says.
#[derive(Clone, Copy, Debug, Default)]
struct Said {
    length: Option<u64>,
    coding: Option<Result<(), Malformed>>,
}

impl Said {
    fn in_fields(fields: Fields<'_>) -> Result<Self, Malformed> {
        let mut said = Self::default();
        for (name, value) in fields.iter() {
            if name.eq_ignore_ascii_case(CONTENT_LENGTH) {
                let length = number(value).ok_or(Malformed::Length)?;
                if said.length.replace(length).is_some() {
                    return Err(Malformed::Length);
                }
            } else if name.eq_ignore_ascii_case(TRANSFER_ENCODING) {
                let is_known = said.coding.is_none() && value.eq_ignore_ascii_case(b"chunked");
                said.coding = Some(if is_known {
                    Ok(())
                } else {
                    Err(Malformed::Coding)
                });
            }
        }
        Ok(said)
    }
}

/// Digits and nothing else: no sign, no list, nothing that does not fit.
fn number(value: &[u8]) -> Option<u64> {
    if value.is_empty() {
        return None;
    }
    value.iter().try_fold(0_u64, |number, byte| {
        let digit = char::from(*byte).to_digit(10)?;
        number.checked_mul(10)?.checked_add(digit.into())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Room;

    fn of_request(lines: &str) -> Result<Length, Malformed> {
        of_request_in("1.1", lines)
    }

    fn of_request_in(version: &str, lines: &str) -> Result<Length, Malformed> {
        let bytes = format!("POST / HTTP/{version}\r\n{lines}\r\n");
        let mut room = Room::new(9);
        let (head, _) = RequestHead::parse(bytes.as_bytes(), &mut room)
            .unwrap()
            .unwrap();
        Length::of_request(&head)
    }

    fn of_response(line: &str, lines: &str, to_head: bool) -> Result<Length, Malformed> {
        let bytes = format!("HTTP/{line}\r\n{lines}\r\n");
        let mut room = Room::new(9);
        let (head, _) = ResponseHead::parse(bytes.as_bytes(), &mut room)
            .unwrap()
            .unwrap();
        Length::of_response(&head, to_head)
    }

    #[test]
    fn a_request_says_one_length_or_chunks_or_has_no_body() {
        assert_eq!(of_request(""), Ok(Length::Bytes(0)));
        assert_eq!(
            of_request("Content-Length:   0000000000000000000000008 \r\n"),
            Ok(Length::Bytes(8))
        );
        assert_eq!(
            of_request("Transfer-Encoding: CHUNKED\r\n"),
            Ok(Length::Chunked)
        );
    }

    #[test]
    fn a_request_whose_end_could_be_understood_differently_is_refused() {
        for lines in [
            "content-length: 5\r\ncontent-length: 6\r\n",
            "content-length: 5\r\ncontent-length: 5\r\n",
            "content-length: 5, 5\r\n",
            "content-length: 5\r\ntransfer-encoding: chunked\r\n",
            "transfer-encoding: gzip\r\ncontent-length: 5\r\n",
            "content-length: +5\r\n",
            "content-length: -1\r\n",
            "content-length: 0x5\r\n",
            "content-length: 5 5\r\n",
            "content-length:\r\n",
            "content-length: 18446744073709551616\r\n",
        ] {
            assert_eq!(of_request(lines), Err(Malformed::Length), "{lines:?}");
        }
        for coding in [
            "gzip",
            "gzip, chunked",
            "chunked, chunked",
            "",
            "xchunked",
            "chunked;a=b",
        ] {
            let lines = format!("transfer-encoding: {coding}\r\n");
            assert_eq!(of_request(&lines), Err(Malformed::Coding), "{coding:?}");
        }
        let twice = "transfer-encoding: chunked\r\n".repeat(2);
        assert_eq!(of_request(&twice), Err(Malformed::Coding));
    }

    #[test]
    fn a_request_of_the_old_version_has_a_length_and_no_chunks() {
        let length = of_request_in("1.0", "content-length: 5\r\n");
        assert_eq!(length, Ok(Length::Bytes(5)));
        let chunks = of_request_in("1.0", "transfer-encoding: chunked\r\n");
        assert_eq!(chunks, Err(Malformed::Length));
    }

    #[test]
    fn an_answer_ends_by_its_length_its_chunks_or_its_connection() {
        let length = "content-length: 5\r\n";
        let chunked = "transfer-encoding: chunked\r\n";
        for (line, lines, to_head, expected) in [
            ("1.1 200", length, false, Length::Bytes(5)),
            ("1.0 200", length, false, Length::Bytes(5)),
            ("1.1 200", chunked, false, Length::Chunked),
            ("1.1 200", "", false, Length::ToTheEnd),
            ("1.1 200", length, true, Length::Bytes(0)),
            ("1.1 200", chunked, true, Length::Bytes(0)),
            ("1.1 200", "", true, Length::Bytes(0)),
            ("1.1 304", length, false, Length::Bytes(0)),
            ("1.1 304", "", false, Length::Bytes(0)),
            ("1.1 204", "content-length: 0\r\n", false, Length::Bytes(0)),
            ("1.1 103", "", false, Length::Bytes(0)),
        ] {
            assert_eq!(
                of_response(line, lines, to_head),
                Ok(expected),
                "{line} {lines:?} {to_head}"
            );
        }
    }

    #[test]
    fn an_answer_whose_end_could_be_understood_differently_is_refused() {
        let both = "transfer-encoding: chunked\r\ncontent-length: 5\r\n";
        let chunked = "transfer-encoding: chunked\r\n";
        for (line, lines, error) in [
            ("1.1 200", both, Malformed::Length),
            (
                "1.1 200",
                "content-length: 5\r\ncontent-length: 5\r\n",
                Malformed::Length,
            ),
            ("1.1 200", "content-length: 5, 5\r\n", Malformed::Length),
            (
                "1.1 200",
                "transfer-encoding: gzip, chunked\r\n",
                Malformed::Coding,
            ),
            ("1.0 200", chunked, Malformed::Length),
            ("1.1 204", chunked, Malformed::Length),
            ("1.1 204", "content-length: 5\r\n", Malformed::Length),
        ] {
            assert_eq!(
                of_response(line, lines, false),
                Err(error),
                "{line} {lines:?}"
            );
        }
        assert_eq!(of_response("1.1 200", both, true), Err(Malformed::Length));
    }
}
