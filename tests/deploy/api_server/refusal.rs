//! How an API server says no: a Status, whose reason is what kubectl acts upon.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

#[derive(Debug)]
pub(crate) struct Refusal {
    code: StatusCode,
    reason: &'static str,
    message: String,
}

impl Refusal {
    pub(crate) fn not_found(resource: &str, name: &str) -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "NotFound",
            format!("{resource} \"{name}\" not found"),
        )
    }

    pub(crate) fn exists(resource: &str, name: &str) -> Self {
        Self::new(
            StatusCode::CONFLICT,
            "AlreadyExists",
            format!("{resource} \"{name}\" already exists"),
        )
    }

    pub(crate) fn forbidden(verb: &str, resource: &str) -> Self {
        let message = format!(
            "{resource} is forbidden: User \"presenter\" cannot {verb} resource \"{resource}\""
        );
        Self::new(StatusCode::FORBIDDEN, "Forbidden", message)
    }

    pub(crate) fn immutable(resource: &str, name: &str, field: &str) -> Self {
        let message =
            format!("{resource} \"{name}\" is invalid: {field}: Invalid value: field is immutable");
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "Invalid", message)
    }

    pub(crate) fn bad(message: String) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "BadRequest", message)
    }

    pub(crate) fn webhook() -> Self {
        let message = "Internal error occurred: failed calling webhook \"mmesh.appmesh.k8s.aws\": connection refused";
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "InternalError",
            message.to_owned(),
        )
    }

    /// Something kubectl asked for that this server does not have.
    pub(crate) fn unsupported(what: String) -> Self {
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "MethodNotAllowed", what)
    }

    fn new(code: StatusCode, reason: &'static str, message: String) -> Self {
        Self {
            code,
            reason,
            message,
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = json!({
            "kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": self.reason, "message": self.message,
            "code": self.code.as_u16(),
        });
        (
            self.code,
            [(header::CONTENT_TYPE, "application/json")],
            status.to_string(),
        )
            .into_response()
    }
}
