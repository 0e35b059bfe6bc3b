//! What a request must be like to take a route, and which route is tried first.

use std::cmp::Reverse;

use http::HeaderName;

use super::place::At;
use crate::manifest::{HeaderMatch as WrittenHeader, HttpMatch, Kind, ManifestError, Scheme};
use crate::mesh::{HeaderMatch, HeaderRule, HostMatch, PathMatch, Pattern, RequestMatch};

/// Reads the match that is written `at` a place; `port` is the listener's.
pub(super) fn request_match<S: Kind>(
    at: &At<'_, S>,
    written: &HttpMatch,
) -> Result<RequestMatch, ManifestError> {
    if written.scheme == Some(Scheme::Https) {
        return Err(at
            .field("scheme")
            .error("https is not supported here: only http is"));
    }
    let headers = written
        .headers
        .as_ref()
        .map_or(&[][..], |headers| headers.as_slice());
    let headers = headers
        .iter()
        .enumerate()
        .map(|(i, header)| header_match(&at.field("headers").item(i), header));
    Ok(RequestMatch {
        host: host_match(&at.field("hostname"), written)?,
        path: path_match(at, written)?,
        method: written.method.map(http::Method::from),
        headers: headers.collect::<Result<_, _>>()?,
    })
}

/// Sorts routes into the order in which they are tried. Each comes with its priority.
pub(super) fn in_order<R>(
    mut routes: Vec<(Option<u32>, R)>,
    when: impl Fn(&R) -> &RequestMatch,
) -> Vec<R> {
    routes.sort_by_key(|(priority, route)| {
        let when = when(route);
        let host = match &when.host {
            Some(HostMatch::Exact(_)) => (0, Reverse(0)),
            Some(HostMatch::Suffix(suffix)) => (1, Reverse(suffix.len())),
            None => (2, Reverse(0)),
        };
        let path = match &when.path {
            Some(PathMatch::Exact(_)) => (0, Reverse(0)),
            Some(PathMatch::Regex(_)) => (1, Reverse(0)),
            Some(PathMatch::Prefix(prefix)) => (2, Reverse(prefix.len())),
            None => (3, Reverse(0)),
        };
        (
            priority.unwrap_or(LAST),
            host,
            path,
            when.method.is_none(),
            Reverse(when.headers.len()),
        )
    });
    routes.into_iter().map(|(_, route)| route).collect()
}

/// The least urgent priority, and that of a route without one.
const LAST: u32 = 1000;

fn host_match<S: Kind>(
    at: &At<'_, S>,
    written: &HttpMatch,
) -> Result<Option<HostMatch>, ManifestError> {
    let Some(hostname) = &written.hostname else {
        return Ok(None);
    };
    match (&hostname.exact, &hostname.suffix) {
        (Some(exact), None) => Ok(Some(HostMatch::Exact(exact.as_str().to_ascii_lowercase()))),
        (None, Some(suffix)) => Ok(Some(HostMatch::Suffix(
            suffix.as_str().to_ascii_lowercase(),
        ))),
        _ => Err(at.error("must have exactly one of exact and suffix")),
    }
}

fn path_match<S: Kind>(
    at: &At<'_, S>,
    written: &HttpMatch,
) -> Result<Option<PathMatch>, ManifestError> {
    let path = match (&written.prefix, &written.path) {
        (Some(_), Some(_)) => return Err(at.error("must have only one of prefix and path")),
        (None, None) => return Ok(None),
        (Some(prefix), None) => {
            absolute(&at.field("prefix"), prefix)?;
            return Ok(Some(PathMatch::Prefix(prefix.clone())));
        }
        (None, Some(path)) => path,
    };
    let at = at.field("path");
    match (&path.exact, &path.regex) {
        (Some(exact), None) => {
            absolute(&at.field("exact"), exact.as_str())?;
            Ok(Some(PathMatch::Exact(exact.as_str().to_owned())))
        }
        (None, Some(regex)) => Ok(Some(PathMatch::Regex(pattern(
            &at.field("regex"),
            regex.as_str(),
        )?))),
        _ => Err(at.error("must have exactly one of exact and regex")),
    }
}

/// Refuses what cannot be the beginning of a path.
pub(super) fn absolute<S: Kind>(at: &At<'_, S>, path: &str) -> Result<(), ManifestError> {
    if path.starts_with('/') {
        Ok(())
    } else {
        Err(at.error("must begin with /"))
    }
}

fn pattern<S: Kind>(at: &At<'_, S>, source: &str) -> Result<Pattern, ManifestError> {
    Pattern::new(source).map_err(|error| {
        // The whole message is a drawing of several lines; its last one says what is wrong.
        let error = error.to_string();
        let what = error
            .lines()
            .last()
            .unwrap_or_default()
            .trim_start_matches("error: ");
        at.error(format_args!("is no regular expression: {what}"))
    })
}

fn header_match<S: Kind>(
    at: &At<'_, S>,
    written: &WrittenHeader,
) -> Result<HeaderMatch, ManifestError> {
    let name = HeaderName::from_bytes(written.name.as_str().as_bytes())
        .map_err(|_| at.field("name").error("is no name of a header"))?;
    let invert = written.invert.unwrap_or(false);
    let Some(rule) = &written.rule else {
        return Ok(HeaderMatch {
            name,
            invert,
            rule: HeaderRule::Present,
        });
    };
    let at = at.field("match");
    let rule = match (
        &rule.exact,
        &rule.prefix,
        rule.range,
        &rule.regex,
        &rule.suffix,
    ) {
        (Some(exact), None, None, None, None) => HeaderRule::Exact(exact.as_str().to_owned()),
        (None, Some(prefix), None, None, None) => HeaderRule::Prefix(prefix.as_str().to_owned()),
        (None, None, Some(range), None, None) if range.start < range.end => HeaderRule::Range {
            start: range.start,
            end: range.end,
        },
        (None, None, Some(_), None, None) => {
            return Err(at.field("range").error("start must be less than end"));
        }
        (None, None, None, Some(regex), None) => {
            HeaderRule::Regex(pattern(&at.field("regex"), regex.as_str())?)
        }
        (None, None, None, None, Some(suffix)) => HeaderRule::Suffix(suffix.as_str().to_owned()),
        _ => {
            return Err(at.error("must have exactly one of exact, prefix, range, regex and suffix"));
        }
    };
    Ok(HeaderMatch { name, invert, rule })
}
