//! `/`: one page without anything from elsewhere.

use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::IntoResponse;

/// Nothing but what is in the page itself, and calls to where it came from.
const POLICY: &str = "default-src 'none'; connect-src 'self'; img-src data:; \
                      script-src 'unsafe-inline'; style-src 'unsafe-inline'";

/// The page.
pub(crate) async fn page() -> impl IntoResponse {
    let headers = [
        (CONTENT_TYPE, "text/html; charset=utf-8"),
        (CONTENT_SECURITY_POLICY, POLICY),
    ];
    (headers, include_str!("page.html"))
}
