//! A regular expression as Envoy's `safe_regex` uses it.

use regex::Regex;

/// A regular expression that must match the whole of a value, not only a part of it.
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
        // On its own first: `a)|(b` would become valid between the anchors.
        Regex::new(source)?;
        Ok(Self {
            source: source.to_owned(),
            whole: Regex::new(&format!(r"\A(?:{source})\z"))?,
        })
    }

    /// The expression as written.
    pub fn as_str(&self) -> &str {
        &self.source
    }

    /// Whether all of `value` matches.
    pub fn matches(&self, value: &str) -> bool {
        self.whole.is_match(value)
    }
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

    #[test]
    fn what_is_valid_only_between_the_anchors_is_refused() {
        assert!(Pattern::new("a)|(b").is_err());
    }
}
