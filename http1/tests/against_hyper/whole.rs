//! Targets as one string, the same for both.

use http1::{Path, Target};
use hyper::Uri;

/// A target as hyper would write it: a known scheme in lower case, and a path behind an authority.
pub(crate) fn of_target(target: Target<'_>) -> String {
    let of_path = |Path { path, query }: Path<'_>| {
        let query = query.map_or_else(String::new, |query| format!("?{query}"));
        format!("{}{query}", if path.is_empty() { "/" } else { path })
    };
    match target {
        Target::Origin(path) => of_path(path),
        Target::Absolute {
            scheme,
            authority,
            path,
        } => {
            let lower = scheme.to_ascii_lowercase();
            let is_known = ["http", "https"].contains(&&lower[..]);
            let scheme = if is_known { &lower } else { scheme };
            format!("{scheme}://{authority}{}", of_path(path))
        }
        Target::Authority(authority) => authority.to_owned(),
        Target::Asterisk => "*".to_owned(),
    }
}

pub(crate) fn of_uri(uri: &Uri) -> String {
    let query = uri
        .query()
        .map_or_else(String::new, |query| format!("?{query}"));
    let path = uri.path();
    match (uri.scheme_str(), uri.authority()) {
        (Some(scheme), Some(authority)) => format!("{scheme}://{authority}{path}{query}"),
        (_, Some(authority)) => authority.to_string(),
        (_, None) => format!("{path}{query}"),
    }
}
