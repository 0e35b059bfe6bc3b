//! The name of a replica.

use std::error::Error;
use std::fmt;
use std::str::FromStr;

use axum::http::HeaderValue;
use uuid::Uuid;

/// The most characters a name may have: room for a UUID and for the usual name of a pod.
const MAX_LENGTH: usize = 64;

/// What a replica calls itself in the header `HostUID`: 1 to 64 characters of `[A-Za-z0-9._-]`.
///
/// It stands in headers, metric labels, log fields and queries, so it needs no escaping in any of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostUid {
    text: String,
    /// The same once more, so that an answer does not build it anew.
    header: HeaderValue,
}

impl HostUid {
    /// A name that no other replica has: a random v4 UUID.
    pub fn random() -> Self {
        Uuid::new_v4()
            .to_string()
            .parse()
            .expect("a UUID is 36 characters of 0-9, a-f and -")
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The name as the value of the header `HostUID`.
    pub fn header(&self) -> &HeaderValue {
        &self.header
    }
}

impl fmt::Display for HostUid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl FromStr for HostUid {
    type Err = InvalidHostUid;

    fn from_str(text: &str) -> Result<Self, InvalidHostUid> {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
        if text.is_empty() || text.len() > MAX_LENGTH || !text.bytes().all(allowed) {
            return Err(InvalidHostUid);
        }
        Ok(Self {
            text: text.to_owned(),
            header: HeaderValue::from_str(text).map_err(|_| InvalidHostUid)?,
        })
    }
}

/// A text that is no [`HostUid`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidHostUid;

impl fmt::Display for InvalidHostUid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "must be 1 to {MAX_LENGTH} characters of A-Z, a-z, 0-9, '.', '_' and '-'"
        )
    }
}

impl Error for InvalidHostUid {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_random_name_is_a_v4_uuid_and_never_the_same() {
        let (one, other) = (HostUid::random(), HostUid::random());
        assert_eq!(
            Uuid::parse_str(one.as_str()).unwrap().get_version_num(),
            4,
            "got: {one}"
        );
        assert_ne!(one, other);
    }

    #[test]
    fn letters_digits_dots_underscores_and_hyphens_make_a_name() {
        for text in ["a", "colorapp-7.b_X9", &"x".repeat(64)] {
            assert_eq!(text.parse::<HostUid>().unwrap().as_str(), text);
        }
    }

    #[test]
    fn anything_else_is_no_name() {
        for text in ["", "a b", "a\nb", "a/b", "a\"b", "é", &"x".repeat(65)] {
            assert_eq!(text.parse::<HostUid>(), Err(InvalidHostUid), "{text:?}");
        }
    }
}
