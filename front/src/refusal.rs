//! Why faults are left as they are: one sentence, and whose mistake it was in the status.

use std::fmt;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use crate::replicas::Reply;

/// Why `/fault` or `/recover` did nothing.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// A parameter that `/recover` does not know.
    UnknownParameter(String),
    /// A parameter that is there twice.
    Repeated(&'static str),
    /// `host` and `count` at once.
    HostAndCount,
    /// `count` is no number between 1 and the number of replicas.
    CountOutOfRange { replicas: usize },
    /// A parameter that needs to know where the replicas are.
    NeedsControl(&'static str),
    /// No replica that answers is called so.
    UnknownHost {
        asked: String,
        known: Vec<String>,
        silent: Vec<String>,
    },
    /// Several replicas' names begin so.
    AmbiguousHost { asked: String, several: Vec<String> },
    /// Fewer replicas than asked for are without a fault.
    TooFewHealthy { healthy: usize, replicas: usize },
    /// None is without a fault.
    AllFaulty,
    /// No control port answered.
    NoReplica,
    /// The replica stopped answering after it was found.
    Silent(String),
    /// The replica itself refused.
    Replica(Reply),
}

impl Refusal {
    fn status(&self) -> StatusCode {
        match self {
            Self::UnknownParameter(_)
            | Self::Repeated(_)
            | Self::HostAndCount
            | Self::CountOutOfRange { .. }
            | Self::NeedsControl(_)
            | Self::AmbiguousHost { .. } => StatusCode::BAD_REQUEST,
            Self::UnknownHost { .. } => StatusCode::NOT_FOUND,
            Self::TooFewHealthy { .. } | Self::AllFaulty => StatusCode::CONFLICT,
            Self::Replica(reply) if reply.status.is_client_error() => reply.status,
            Self::NoReplica | Self::Silent(_) | Self::Replica(_) => StatusCode::BAD_GATEWAY,
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownParameter(name) => {
                write!(f, "unknown parameter {name:?}; /recover knows only host")
            }
            Self::Repeated(name) => write!(f, "{name} may be given only once"),
            Self::HostAndCount => f.write_str("host and count cannot be given together"),
            Self::CountOutOfRange { replicas } => {
                write!(
                    f,
                    "count must be between 1 and {replicas}, the number of replicas"
                )
            }
            Self::NeedsControl(name) => {
                write!(f, "{name} needs COLOR_CONTROL_ENDPOINT, which is not set")
            }
            Self::UnknownHost {
                asked,
                known,
                silent,
            } => {
                write!(f, "unknown host {asked:?}; known are {}", known.join(", "))?;
                if silent.is_empty() {
                    return Ok(());
                }
                write!(f, "; no answer from {}", silent.join(", "))
            }
            Self::AmbiguousHost { asked, several } => {
                write!(f, "host {asked:?} could be any of {}", several.join(", "))
            }
            Self::TooFewHealthy { healthy, replicas } => write!(
                f,
                "only {healthy} of {replicas} replicas are healthy; nothing was changed"
            ),
            Self::AllFaulty => f.write_str("every replica is faulty already"),
            Self::NoReplica => f.write_str("no replica answers on its control port"),
            Self::Silent(uid) => write!(f, "host: `{uid}` does not answer on its control port"),
            Self::Replica(reply) => f.write_str(&reply.text),
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        (self.status(), format!("{self}\n")).into_response()
    }
}
