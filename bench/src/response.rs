//! Just enough of HTTP/1.1 to know where an answer ends: the client must cost as little as it can, for it
//! runs on the same CPU as what is measured.

use std::fmt;

/// A whole answer at the beginning of some bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Its status code.
    pub status: u16,
    /// How many bytes it has, headers and body.
    pub length: usize,
}

/// What is not an answer that this client can read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Malformed {
    /// It begins otherwise than `HTTP/1.1 NNN`.
    StatusLine,
    /// It does not say its length as `content-length`, as all that is measured here does.
    Length,
}

/// The answer that `bytes` begin with, or `None` as long as it is not whole.
///
/// # Errors
/// When it is none that this client can read.
pub fn parse(bytes: &[u8]) -> Result<Option<Answer>, Malformed> {
    let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else {
        return Ok(None);
    };
    let head = std::str::from_utf8(&bytes[..end]).map_err(|_| Malformed::StatusLine)?;
    let mut lines = head.split("\r\n");
    let status = lines
        .next()
        .and_then(|line| line.strip_prefix("HTTP/1.1 "))
        .and_then(|rest| rest.get(..3)?.parse().ok())
        .ok_or(Malformed::StatusLine)?;
    let body: usize = lines
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
        .and_then(|(_, value)| value.trim().parse().ok())
        .ok_or(Malformed::Length)?;
    let length = end + 4 + body;
    Ok((bytes.len() >= length).then_some(Answer { status, length }))
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::StatusLine => "an answer does not begin with HTTP/1.1 and a status",
            Self::Length => "an answer has no content-length",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE: &[u8] =
        b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 3\r\nx: y\r\n\r\nnowHTTP/1.1 200";

    #[test]
    fn an_answer_ends_where_its_length_says() {
        let length = WHOLE.len() - "HTTP/1.1 200".len();
        let expected = Answer {
            status: 503,
            length,
        };
        assert_eq!(parse(WHOLE), Ok(Some(expected)));
        for part in 0..length {
            assert_eq!(parse(&WHOLE[..part]), Ok(None), "{part} bytes");
        }
    }

    #[test]
    fn what_cannot_be_read_is_refused() {
        assert_eq!(
            parse(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"),
            Err(Malformed::Length)
        );
        assert_eq!(parse(b"SSH-2.0-x\r\n\r\n"), Err(Malformed::StatusLine));
    }
}
