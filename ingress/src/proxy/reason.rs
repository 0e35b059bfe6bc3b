//! The words behind a status, which Envoy writes by itself whatever the host wrote.

use http::{Extensions, StatusCode};
use hyper::ext::ReasonPhrase;

/// Tells hyper what to write for statuses that it calls something else than Envoy does.
pub(super) fn of(status: StatusCode) -> Extensions {
    let mut extensions = Extensions::new();
    let reason = match (status.as_u16(), status.canonical_reason()) {
        (203, _) => "Non-Authoritative Information",
        (599, _) => "Last Unassigned Server Error Code",
        (418 | 451, _) | (_, None) => "Unknown",
        _ => return extensions,
    };
    extensions.insert(ReasonPhrase::from_static(reason.as_bytes()));
    extensions
}
