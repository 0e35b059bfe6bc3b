//! What clients may take, in time and in space.

use std::time::Duration;

/// What the clients of a listener may take of a worker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Connections at once. Beyond it those that wait longest make room.
    pub connections: usize,
    /// Connections of one address at once; as many as there may be in all without it.
    pub connections_per_client: Option<usize>,
    /// Bytes of a request's head.
    pub head_bytes: usize,
    /// Header fields of a request.
    pub headers: usize,
    /// How long a client may take.
    pub patience: Patience,
}

/// How long a client may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// For a request's head, from its first byte; and for the first byte of the first request.
    pub head: Duration,
    /// Between two requests. One hour as in Envoy.
    pub idle: Duration,
    /// Between two parts of a request's body, be they of one byte. Five minutes as in Envoy
    /// (`stream_idle_timeout`).
    pub body: Duration,
    /// For a request's body in all, from the end of its head; `None` is without end, as in Envoy
    /// (`request_timeout`).
    pub request: Option<Duration>,
    /// To take any of the bytes that wait for it.
    pub stall: Duration,
}

impl Default for Limits {
    /// Heads as in Envoy (`max_request_headers_kb`, `max_headers_count`, FACTS 11.6), and 1,024 connections.
    fn default() -> Self {
        Self {
            connections: 1_024,
            connections_per_client: None,
            head_bytes: 60 * 1_024,
            headers: 100,
            patience: Patience::default(),
        }
    }
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            head: Duration::from_secs(10),
            idle: Duration::from_secs(3_600),
            body: Duration::from_secs(300),
            request: None,
            stall: Duration::from_secs(60),
        }
    }
}
