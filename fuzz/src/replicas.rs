//! In place of `front`'s module of this name, of which a refusal needs one type.

use axum::http::StatusCode;

/// What a replica said.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) text: String,
}
