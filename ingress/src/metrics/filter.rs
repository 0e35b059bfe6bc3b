//! Which statistics a page shows.

use std::fmt;

use regex::bytes::{Regex, RegexBuilder};

use super::Stat;

/// The most bytes of an expression, and of what it is compiled to. Whoever may see a page may send one, and it is
/// compiled and tried on the thread that decides on ejections.
const LONGEST: usize = 256;
const BIGGEST: usize = 16 * 1_024;

/// A choice of statistics or clusters by name. The default takes all.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    name: Option<Regex>,
    used_only: bool,
}

/// A filter that cannot be used. Displays as one sentence that names the parameter.
#[derive(Clone, Debug)]
pub enum FilterError {
    /// Its expression has more bytes than this.
    TooLong(usize),
    /// What it is compiled to has more bytes than this.
    TooBig(usize),
    /// It is no regular expression.
    Malformed(regex::Error),
}

impl Filter {
    /// Takes the names in which `expression` matches somewhere, as Envoy does, and with `used_only` only
    /// those that ever counted something. As in Envoy, `\w`, `\d`, `\s` and `\b` know ASCII only.
    ///
    /// # Errors
    /// When `expression` is no regular expression, has more than 256 bytes, or is compiled to more than 16 KiB.
    pub fn new(expression: Option<&str>, used_only: bool) -> Result<Self, FilterError> {
        let name = expression.map(compile).transpose()?;
        Ok(Self { name, used_only })
    }

    /// Whether `name` is wanted.
    pub fn takes_name(&self, name: &str) -> bool {
        self.name
            .as_ref()
            .is_none_or(|wanted| wanted.is_match(name.as_bytes()))
    }

    /// Whether `stat` is wanted.
    pub fn takes(&self, stat: &Stat<'_>) -> bool {
        (!self.used_only || stat.used()) && self.takes_name(&stat.name())
    }
}

fn compile(expression: &str) -> Result<Regex, FilterError> {
    if expression.len() > LONGEST {
        return Err(FilterError::TooLong(LONGEST));
    }
    let compiled = RegexBuilder::new(expression)
        .unicode(false)
        .size_limit(BIGGEST)
        .build();
    compiled.map_err(|error| match error {
        regex::Error::CompiledTooBig(limit) => FilterError::TooBig(limit),
        other => FilterError::Malformed(other),
    })
}

impl fmt::Display for FilterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong(most) => write!(f, "filter must have at most {most} bytes"),
            Self::TooBig(most) => write!(
                f,
                "filter is too much: it may have at most {most} bytes once compiled"
            ),
            // The last line of what the parser says; the others draw an arrow below the expression.
            Self::Malformed(error) => {
                let message = error.to_string();
                let reason = message.lines().last().unwrap_or_default();
                let reason = reason.strip_prefix("error: ").unwrap_or(reason);
                write!(f, "filter is not a regular expression: {reason}")
            }
        }
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
        for broken in ["(", "*", "\\", "a{2,1}"] {
            let error = Filter::new(Some(broken), false).unwrap_err().to_string();
            assert!(error.starts_with("filter is not"), "{error}");
            assert_eq!(error.lines().count(), 1, "{error}");
        }
    }

    #[test]
    fn an_expression_that_would_take_long_is_refused_with_the_bound() {
        let refused = |expression: &str| Filter::new(Some(expression), false).unwrap_err();
        let too_big = "filter is too much: it may have at most 16384 bytes once compiled";
        for expression in ["a{99999}{99999}", "(?u)\\w{100}", "(.{40}){40}"] {
            assert_eq!(refused(expression).to_string(), too_big, "{expression}");
        }
        assert_eq!(
            refused(&"a".repeat(257)).to_string(),
            "filter must have at most 256 bytes"
        );
    }

    #[test]
    fn the_expressions_of_everyday_are_far_below_the_bounds() {
        for expression in [
            &"a".repeat(256),
            r"cluster\..*\.(outlier_detection|membership_(healthy|total)|upstream_rq_[0-9]xx)",
            r"^\w+\.\w+\.[^.]*\b(rq|cx)_.{1,40}$",
            "(?i)COLORAPP",
        ] {
            assert!(Filter::new(Some(expression), false).is_ok(), "{expression}");
        }
        let filter = Filter::new(Some(r"^[^.]+\.\w+$"), false).unwrap();
        assert!(filter.takes_name("server.live") && !filter.takes_name("a.b.c"));
    }
}
