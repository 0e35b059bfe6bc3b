//! What a request must be like, as a route's `match` has it.

use regex::escape;
use serde_json::{Map, Value, json};

use super::values::field;
use crate::mesh::{HeaderMatch, HeaderRule, HostMatch, PathMatch, Pattern, RequestMatch};

/// A match for requests that fulfil all of `parts`, one or two; `None`: no request can.
///
/// # Errors
/// With what it is that Envoy cannot be told.
pub(super) fn all_of(parts: &[&RequestMatch]) -> Result<Option<Value>, String> {
    let paths: Vec<&PathMatch> = parts.iter().filter_map(|part| part.path.as_ref()).collect();
    let path = match paths[..] {
        [] => Paths::All,
        [only] => Paths::One(only),
        [first, second, ..] => both(first, second)?,
    };
    let (mut fields, begins) = match path {
        Paths::None => return Ok(None),
        Paths::All => (field("prefix", "/"), None),
        Paths::One(path) => (specifier(path), None),
        Paths::RegexAndPrefix(pattern, prefix) => (regex(pattern), Some(prefix)),
    };
    // `:path` has the query in it as well, which makes no difference to how it begins.
    let mut headers: Vec<Value> = begins
        .map(|prefix| text(":path", "prefix", prefix).into())
        .into_iter()
        .collect();
    for part in parts {
        headers.extend(part.host.as_ref().map(host));
        headers.extend(
            part.method
                .as_ref()
                .map(|method| Value::from(text(":method", "exact", method.as_str()))),
        );
        for header in &part.headers {
            headers.push(one_header(header)?);
        }
    }
    if !headers.is_empty() {
        fields.extend(field("headers", headers));
    }
    Ok(Some(fields.into()))
}

/// The paths that a route is for.
enum Paths<'a> {
    None,
    All,
    One(&'a PathMatch),
    RegexAndPrefix(&'a Pattern, &'a str),
}

/// The paths that fulfil `a` and `b`.
fn both<'a>(a: &'a PathMatch, b: &'a PathMatch) -> Result<Paths<'a>, String> {
    use PathMatch::{Exact, Prefix, Regex};
    let one_if = |fits, path| if fits { Paths::One(path) } else { Paths::None };
    Ok(match (a, b) {
        (same, other) if same == other => Paths::One(same),
        (path, Prefix(all)) | (Prefix(all), path) if all == "/" => Paths::One(path),
        (Regex(one), Regex(other)) => {
            let (one, other) = (one.as_str(), other.as_str());
            return Err(format!(
                "that a path fits two regular expressions, {one} and {other}"
            ));
        }
        (Regex(pattern), Prefix(prefix)) | (Prefix(prefix), Regex(pattern)) => {
            Paths::RegexAndPrefix(pattern, prefix)
        }
        (path @ Exact(exact), Regex(pattern)) | (Regex(pattern), path @ Exact(exact)) => {
            one_if(pattern.matches(exact), path)
        }
        (path @ Exact(exact), Prefix(prefix)) | (Prefix(prefix), path @ Exact(exact)) => {
            one_if(exact.starts_with(prefix.as_str()), path)
        }
        (Exact(_), Exact(_)) => Paths::None,
        (Prefix(one), Prefix(other)) if one.starts_with(other.as_str()) => Paths::One(a),
        (Prefix(one), Prefix(other)) => one_if(other.starts_with(one.as_str()), b),
    })
}

fn specifier(path: &PathMatch) -> Map<String, Value> {
    match path {
        PathMatch::Prefix(prefix) => field("prefix", prefix.as_str()),
        PathMatch::Exact(path) => field("path", path.as_str()),
        PathMatch::Regex(pattern) => regex(pattern),
    }
}

fn regex(pattern: &Pattern) -> Map<String, Value> {
    field("safe_regex", json!({ "regex": pattern.as_str() }))
}

/// Envoy compares the host with its port; here it is without.
fn host(host: &HostMatch) -> Value {
    let name = match host {
        HostMatch::Exact(name) => escape(name),
        HostMatch::Suffix(end) => format!(".*{}", escape(end)),
    };
    let pattern = json!({ "regex": format!("(?i){name}(?::[0-9]*)?") });
    text(":authority", "safe_regex", pattern).into()
}

fn one_header(header: &HeaderMatch) -> Result<Value, String> {
    let name = header.name.as_str();
    let mut fields = match &header.rule {
        HeaderRule::Present => named(name, field("present_match", true)),
        HeaderRule::Exact(value) => text(name, "exact", value.as_str()),
        HeaderRule::Prefix(value) => text(name, "prefix", value.as_str()),
        HeaderRule::Suffix(value) => text(name, "suffix", value.as_str()),
        HeaderRule::Regex(pattern) => {
            text(name, "safe_regex", json!({ "regex": pattern.as_str() }))
        }
        // Protobuf's JSON writes 64-bit numbers as strings.
        HeaderRule::Range { start, end } => {
            let range = json!({ "start": start.to_string(), "end": end.to_string() });
            named(name, field("range_match", range))
        }
    };
    if header.invert {
        fields.extend(field("invert_match", true));
        // A header that is not there does not fulfil the rule, so it fulfils the inverted one. For Envoy it
        // would do neither.
        if !matches!(header.rule, HeaderRule::Present) {
            fields.extend(field("treat_missing_header_as_empty", true));
        }
        if let HeaderRule::Regex(pattern) = &header.rule
            && pattern.matches("")
        {
            return Err(format!(
                "that header {name} is absent or does not match {}, which the empty text matches",
                pattern.as_str()
            ));
        }
    }
    Ok(fields.into())
}

fn text(name: &str, kind: &str, value: impl Into<Value>) -> Map<String, Value> {
    named(name, field("string_match", field(kind, value)))
}

fn named(name: &str, rule: Map<String, Value>) -> Map<String, Value> {
    let mut fields = field("name", name);
    fields.extend(rule);
    fields
}
