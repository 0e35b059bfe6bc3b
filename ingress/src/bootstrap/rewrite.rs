//! What a gateway route changes in a request.

use regex::escape;
use serde_json::{Map, Value, json};

use super::values::field;
use crate::mesh::{GatewayRoute, PathMatch};

/// The fields of a route's action that change the request as `way_in` wants it.
pub(super) fn rewrite(way_in: &GatewayRoute) -> Map<String, Value> {
    let mut fields = Map::new();
    if let Some(host) = &way_in.rewrite.host {
        let host = String::from_utf8_lossy(host.as_bytes());
        fields.extend(field("host_rewrite_literal", host));
    }
    if let Some(new) = &way_in.rewrite.path {
        fields.extend(match &way_in.when.path {
            Some(PathMatch::Prefix(old)) => field("regex_rewrite", prefix(old, new)),
            // For any other match Envoy puts this in the place of the whole path.
            _ => field("prefix_rewrite", new.as_str()),
        });
    }
    fields
}

/// Not `prefix_rewrite`: that takes the prefix of Envoy's one level of routes, which may be longer than the
/// gateway route's, and leaves two slashes where the new end meets the rest.
fn prefix(old: &str, new: &str) -> Value {
    let joint = if new.ends_with('/') { "/?" } else { "" };
    json!({
        "pattern": { "regex": format!("^{}{joint}", escape(old)) },
        "substitution": new.replace('\\', r"\\"),
    })
}
