//! The page: `/`, and its style sheets and modules under `/page/`. All of it is in the program, so it works without a
//! network, and nothing has to be built.
//!
//! Modules that compute (what is known, what to say of it, where a dot goes) know nothing of the document; those that
//! draw import them, and `main.js` puts all together.

mod assets;

use axum::extract::Path;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, IF_NONE_MATCH, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};

use assets::{ASSETS, Asset, INDEX};

/// Only what comes from here, nothing written into the page itself, and no page of others around it.
const POLICY: &str = "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'";

/// `/`.
pub(crate) async fn page(headers: HeaderMap) -> Response {
    answer(&INDEX, &headers)
}

/// `/page/<name>`.
pub(crate) async fn asset(Path(name): Path<String>, headers: HeaderMap) -> Response {
    match ASSETS.iter().find(|asset| asset.name == name) {
        Some(asset) => answer(asset, &headers),
        None => (StatusCode::NOT_FOUND, "there is no such part of the page\n").into_response(),
    }
}

/// The asset, or that the browser has it already. It is asked for each time, so that nobody sees parts of two versions.
fn answer(asset: &Asset, headers: &HeaderMap) -> Response {
    let tag = asset.tag();
    let about = [
        (ETAG, tag.as_str()),
        (CACHE_CONTROL, "no-cache"),
        (CONTENT_SECURITY_POLICY, POLICY),
    ];
    if has(headers, &tag) {
        return (StatusCode::NOT_MODIFIED, about).into_response();
    }
    let kind = [
        (CONTENT_TYPE, asset.content_type()),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (REFERRER_POLICY, "no-referrer"),
    ];
    (about, kind, asset.text).into_response()
}

/// Whether the browser says that it has what this tag stands for (RFC 9110, 13.1.2; the comparison is weak).
fn has(headers: &HeaderMap, tag: &str) -> bool {
    let values = headers.get_all(IF_NONE_MATCH).into_iter();
    let mut tags = values
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim);
    tags.any(|known| known == "*" || known.strip_prefix("W/").unwrap_or(known) == tag)
}
