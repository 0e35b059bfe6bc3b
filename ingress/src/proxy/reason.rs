//! The words behind a status, which Envoy writes by itself whatever the host wrote.

use http::StatusCode;

/// Envoy's words for `status`.
pub(super) fn of(status: StatusCode) -> &'static str {
    match (status.as_u16(), status.canonical_reason()) {
        (203, _) => "Non-Authoritative Information",
        (599, _) => "Last Unassigned Server Error Code",
        (418 | 451, _) | (_, None) => "Unknown",
        (_, Some(reason)) => reason,
    }
}
