//! Which statistics a page shows.

use std::fmt;

use regex::Regex;

use super::Stat;

/// A choice of statistics or clusters by name. The default takes all.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    name: Option<Regex>,
    used_only: bool,
}

/// A filter that is no regular expression. Displays as one sentence that names the parameter.
#[derive(Clone, Debug)]
pub struct FilterError(regex::Error);

impl Filter {
    /// Takes the names in which `expression` matches somewhere, as Envoy does, and with `used_only` only
    /// those that ever counted something.
    ///
    /// # Errors
    /// When `expression` is no regular expression.
    pub fn new(expression: Option<&str>, used_only: bool) -> Result<Self, FilterError> {
        let name = expression
            .map(Regex::new)
            .transpose()
            .map_err(FilterError)?;
        Ok(Self { name, used_only })
    }

    /// Whether `name` is wanted.
    pub fn takes_name(&self, name: &str) -> bool {
        self.name
            .as_ref()
            .is_none_or(|wanted| wanted.is_match(name))
    }

    /// Whether `stat` is wanted.
    pub fn takes(&self, stat: &Stat<'_>) -> bool {
        (!self.used_only || stat.used()) && self.takes_name(&stat.name())
    }
}

impl fmt::Display for FilterError {
    /// The last line of what the parser says; the others draw an arrow below the expression.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let message = self.0.to_string();
        let reason = message.lines().last().unwrap_or_default();
        let reason = reason.strip_prefix("error: ").unwrap_or(reason);
        write!(f, "filter is not a regular expression: {reason}")
    }
}

impl std::error::Error for FilterError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_may_match_anywhere_in_the_name() {
        let filter = Filter::new(Some("rq_[0-9]xx$"), false).unwrap();
        assert!(filter.takes_name("cluster.colorapp.upstream_rq_5xx"));
        assert!(!filter.takes_name("cluster.colorapp.upstream_rq_503"));
        assert!(Filter::default().takes_name(""));
    }

    #[test]
    fn a_broken_expression_is_one_sentence_that_names_the_parameter() {
        for broken in ["(", "a{99999}{99999}", "*", "\\"] {
            let error = Filter::new(Some(broken), false).unwrap_err().to_string();
            assert!(error.starts_with("filter is not"), "{error}");
            assert_eq!(error.lines().count(), 1, "{error}");
        }
    }
}
