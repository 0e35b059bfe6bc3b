//! What came of one request.

use std::time::Duration;

use http::{HeaderValue, StatusCode};

use crate::Failure;

/// One request of an attack and what came of it. Times count from the start of the attack.
#[derive(Clone, Copy, Debug)]
pub struct Hit<'a> {
    /// Its number, from 0 in the order in which requests are due. Hits arrive in the order of their ends.
    pub sequence: u64,
    /// When it should have been sent.
    pub due: Duration,
    /// When it was sent, or began to connect. Later than `due` when all connections were busy.
    pub sent: Duration,
    /// When its answer was complete, or it failed.
    pub end: Duration,
    /// Its answer, or why there is none.
    pub outcome: Result<Answer<'a>, Failure>,
}

impl Hit<'_> {
    /// How long a user would have waited, who came when the request was due.
    pub fn latency(&self) -> Duration {
        self.end.saturating_sub(self.due)
    }

    /// How long it took once it was sent, connecting included.
    pub fn latency_from_sent(&self) -> Duration {
        self.end.saturating_sub(self.sent)
    }

    /// Whether it was answered with 2xx or 3xx.
    pub fn is_success(&self) -> bool {
        self.outcome.is_ok_and(|answer| is_success(answer.status))
    }
}

/// A complete answer.
#[derive(Clone, Copy, Debug)]
pub struct Answer<'a> {
    /// Its status.
    pub status: StatusCode,
    /// The header `HostUID`: which replica answered. An answer that the mesh made has none.
    pub host_uid: Option<&'a HeaderValue>,
    /// How long its body is, in bytes.
    pub length: u64,
    /// The beginning of its body, 256 bytes at the most.
    pub body: &'a [u8],
}

/// What counts as a success: 2xx and 3xx, as with vegeta.
pub(crate) fn is_success(status: StatusCode) -> bool {
    status.is_success() || status.is_redirection()
}
