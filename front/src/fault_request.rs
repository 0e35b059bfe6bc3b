//! The query of `/fault` and `/recover`. `host` and `count` are front's own; the rest of a `/fault` is
//! colorapp's and goes on as it came.

use std::borrow::Cow;

use crate::refusal::Refusal;

/// Which replicas are meant.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Target {
    /// Nobody said.
    Any,
    /// This many, as it was written.
    Count(String),
    /// The one whose uid this is, or whose uid begins so.
    Host(String),
}

/// A query taken apart.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct FaultRequest {
    pub(crate) target: Target,
    /// Everything else, exactly as it came.
    pub(crate) options: String,
}

impl FaultRequest {
    /// Takes `query` (no question mark) apart.
    pub(crate) fn parse(query: &str) -> Result<Self, Refusal> {
        let (mut host, mut count) = (None, None);
        let mut options = Vec::new();
        for part in query.split('&').filter(|part| !part.is_empty()) {
            let (name, value) = decoded(part);
            let (known, name) = match &*name {
                "host" => (&mut host, "host"),
                "count" => (&mut count, "count"),
                _ => {
                    options.push(part);
                    continue;
                }
            };
            if known.replace(value.into_owned()).is_some() {
                return Err(Refusal::Repeated(name));
            }
        }
        let target = match (host, count) {
            (None, None) => Target::Any,
            (Some(host), None) => Target::Host(host),
            (None, Some(count)) => Target::Count(count),
            (Some(_), Some(_)) => return Err(Refusal::HostAndCount),
        };
        Ok(Self {
            target,
            options: options.join("&"),
        })
    }

    /// Takes the query of a `/recover` apart, which has no count and no options.
    pub(crate) fn parse_recover(query: &str) -> Result<Option<String>, Refusal> {
        let request = Self::parse(query)?;
        if let Some(part) = request.options.split('&').find(|part| !part.is_empty()) {
            return Err(Refusal::UnknownParameter(decoded(part).0.into_owned()));
        }
        match request.target {
            Target::Any => Ok(None),
            Target::Host(host) => Ok(Some(host)),
            Target::Count(_) => Err(Refusal::UnknownParameter("count".to_owned())),
        }
    }
}

/// Name and value of one part of a query.
fn decoded(part: &str) -> (Cow<'_, str>, Cow<'_, str>) {
    form_urlencoded::parse(part.as_bytes())
        .next()
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(query: &str) -> FaultRequest {
        FaultRequest::parse(query).unwrap()
    }

    #[test]
    fn options_go_on_exactly_as_they_came() {
        let request = parsed("status=503&host=a%2Db&delay=%31s&x&status=504");
        assert_eq!(request.target, Target::Host("a-b".to_owned()));
        assert_eq!(request.options, "status=503&delay=%31s&x&status=504");
    }

    #[test]
    fn an_empty_query_means_any_replica() {
        for query in ["", "&", "&&"] {
            assert_eq!(parsed(query).target, Target::Any);
            assert_eq!(parsed(query).options, "");
        }
    }

    #[test]
    fn an_encoded_name_is_the_same_name() {
        assert_eq!(parsed("%63ount=2").target, Target::Count("2".to_owned()));
    }

    #[test]
    fn what_contradicts_itself_is_refused() {
        for query in ["host=a&count=1", "host=a&host=a", "count=1&count=2"] {
            assert!(FaultRequest::parse(query).is_err(), "{query}");
        }
    }

    #[test]
    fn recover_knows_only_host() {
        assert_eq!(FaultRequest::parse_recover("").unwrap(), None);
        assert_eq!(
            FaultRequest::parse_recover("host=a").unwrap(),
            Some("a".to_owned())
        );
        for query in ["count=1", "status=500", "=x"] {
            assert!(FaultRequest::parse_recover(query).is_err(), "{query}");
        }
    }
}
