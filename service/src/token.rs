//! The token by which the demo's controls are locked: front asks for it, those who call front send it.

use std::fmt;
use std::str::FromStr;

use axum::http::HeaderValue;
use subtle::ConstantTimeEq;

use crate::{ConfigError, Environment};

/// The variable of a [`Token`].
const NAME: &str = "CONTROL_TOKEN";

/// Beyond guessing over a network, if it is made by chance.
const SHORTEST: usize = 16;

/// Far more than chance needs, and little enough for every proxy's limit on headers.
const LONGEST: usize = 512;

/// A bearer token (RFC 6750): 16 to 512 letters, digits and `-._~+/=`. It shows itself to nobody but the
/// two ends: neither errors nor logs have it.
#[derive(Clone)]
pub struct Token(String);

impl Token {
    /// The token in `CONTROL_TOKEN`; `None` when it is not set or is empty.
    ///
    /// # Errors
    /// When it is too short, too long or has other characters; the sentence does not show it.
    pub fn from_env(env: &impl Environment) -> Result<Option<Self>, ConfigError> {
        let Some(text) = env.get(NAME) else {
            return Ok(None);
        };
        let wrong = |bound| ConfigError::new(format!("{NAME} must {bound}"));
        text.parse().map(Some).map_err(wrong)
    }

    /// Name and value of the variable, for a process that is started with it.
    pub fn variable(&self) -> (&'static str, &str) {
        (NAME, &self.0)
    }

    /// The header `Authorization` that shows it.
    pub fn authorization(&self) -> HeaderValue {
        let mut header = HeaderValue::from_str(&format!("Bearer {}", self.0))
            .expect("a token has only characters that a header may have");
        header.set_sensitive(true);
        header
    }

    /// Whether this header `Authorization` shows it. How long the answer takes tells nobody how much of a wrong
    /// token is right; it may tell the length, which is no secret.
    pub fn is_shown_by(&self, authorization: &HeaderValue) -> bool {
        let Some((scheme, token)) = authorization.as_bytes().split_at_checked("Bearer ".len())
        else {
            return false;
        };
        scheme.eq_ignore_ascii_case(b"Bearer ") && token.ct_eq(self.0.as_bytes()).into()
    }
}

impl FromStr for Token {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~+/=".contains(&byte);
        if !text.bytes().all(allowed) {
            return Err("have only letters, digits and -._~+/=".to_owned());
        }
        if !(SHORTEST..=LONGEST).contains(&text.len()) {
            return Err(format!("have {SHORTEST} to {LONGEST} characters"));
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token")
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    const SECRET: &str = "aZ09-._~+/=secret";

    fn read(value: &str) -> Result<Option<Token>, ConfigError> {
        Token::from_env(&BTreeMap::from([(NAME, value)]))
    }

    fn shown(header: &str) -> bool {
        let token = read(SECRET).unwrap().unwrap();
        token.is_shown_by(&HeaderValue::from_str(header).unwrap())
    }

    #[test]
    fn an_empty_value_is_not_set() {
        assert!(read("").unwrap().is_none());
        assert!(Token::from_env(&BTreeMap::new()).unwrap().is_none());
    }

    #[test]
    fn bounds_are_told_and_the_value_is_not() {
        for (value, sentence) in [
            (
                "fifteen-chars-0",
                "CONTROL_TOKEN must have 16 to 512 characters",
            ),
            (
                &"a".repeat(513),
                "CONTROL_TOKEN must have 16 to 512 characters",
            ),
            (
                "a token with blanks in it",
                "CONTROL_TOKEN must have only letters, digits and -._~+/=",
            ),
            (
                "from-a-file-with-its-newline\n",
                "CONTROL_TOKEN must have only letters, digits and -._~+/=",
            ),
        ] {
            assert_eq!(read(value).unwrap_err().to_string(), sentence);
        }
        assert!(read(&"a".repeat(16)).is_ok() && read(&"a".repeat(512)).is_ok());
    }

    #[test]
    fn only_the_whole_token_opens() {
        for header in ["Bearer ", "bearer ", "BEARER "] {
            assert!(shown(&format!("{header}{SECRET}")), "{header}");
        }
        for header in [
            "",
            "Bearer",
            "Bearer ",
            "Bearer aZ09-._~+/=secre",
            "Bearer aZ09-._~+/=secret0",
            "Bearer AZ09-._~+/=secret",
            "Bearer  aZ09-._~+/=secret",
            "Basic aZ09-._~+/=secret",
            SECRET,
        ] {
            assert!(!shown(header), "{header}");
        }
    }

    #[test]
    fn what_is_sent_is_what_opens_and_no_log_shows_it() {
        let token = read(SECRET).unwrap().unwrap();
        let sent = token.authorization();
        assert!(token.is_shown_by(&sent));
        assert!(!format!("{token:?} {sent:?}").contains("secret"));
    }
}
