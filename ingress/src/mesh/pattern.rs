//! A regular expression as Envoy's `safe_regex` uses it.

use regex::bytes::{Regex, RegexBuilder};

/// A regular expression that must match the whole of a value, not only a part of it. Each byte of the value is
/// a character, as Envoy has it (FACTS 16.1).
#[derive(Clone, Debug)]
pub struct Pattern {
    source: String,
    whole: Regex,
}

impl Pattern {
    /// Compiles `source`.
    ///
    /// # Errors
    /// When it is no regular expression. Envoy's RE2 and this one agree on what App Mesh's 255 characters
    /// usually hold: both have no back-references and no look-around.
    pub fn new(source: &str) -> Result<Self, regex::Error> {
        let bytewise = bytewise(source);
        // On its own first: `a)|(b` would become valid between the anchors.
        compile(&bytewise)?;
        Ok(Self {
            source: source.to_owned(),
            whole: compile(&format!(r"\A(?:{bytewise})\z"))?,
        })
    }

    /// The expression as written.
    pub fn as_str(&self) -> &str {
        &self.source
    }

    /// Whether all of `value` matches.
    pub fn matches(&self, value: impl AsRef<[u8]>) -> bool {
        self.whole.is_match(value.as_ref())
    }
}

fn compile(source: &str) -> Result<Regex, regex::Error> {
    RegexBuilder::new(source).unicode(false).build()
}

/// The expression with each byte of what is not ASCII as a character of its own.
fn bytewise(source: &str) -> String {
    let mut bytewise = String::with_capacity(source.len());
    for byte in source.bytes() {
        if byte.is_ascii() {
            bytewise.push(byte.into());
        } else {
            bytewise += &format!(r"\x{byte:02X}");
        }
    }
    bytewise
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.source == other.source
    }
}

impl Eq for Pattern {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_value_must_match() {
        let pattern = Pattern::new("/color|/colour").unwrap();
        assert!(pattern.matches("/colour"));
        assert!(!pattern.matches("/color/get"));
        assert!(!pattern.matches("/my/color"));
    }

    /// FACTS 16.1.
    #[test]
    fn a_character_is_a_byte() {
        assert!(Pattern::new("Zo..").unwrap().matches("Zo\u{eb}"));
        assert!(!Pattern::new("Zo.").unwrap().matches("Zo\u{eb}"));
        assert!(Pattern::new("Zo.").unwrap().matches(b"Zo\xeb"));
        assert!(Pattern::new("Zo\u{eb}").unwrap().matches("Zo\u{eb}"));
        assert!(Pattern::new("Zo[\u{eb}]{2}").unwrap().matches("Zo\u{eb}"));
        assert!(Pattern::new(".*").unwrap().matches(b"\xff"));
    }

    #[test]
    fn what_is_valid_only_between_the_anchors_is_refused() {
        assert!(Pattern::new("a)|(b").is_err());
    }
}
