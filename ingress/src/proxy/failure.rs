//! Why there is no answer of a host, and what the client gets for it.

use std::borrow::Cow;

use http::StatusCode;

/// A request, or one attempt at it, that brought no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Failure {
    /// Nobody may serve: no hosts, or all ejected and panic switched off.
    NoHealthyUpstream,
    /// The cluster has as many connections as it may.
    Overflow,
    /// The host refused the connection, or it is not to be reached.
    Unreachable,
    /// The host did not accept the connection in time.
    ConnectTimeout,
    /// The connection ended before the answer.
    Termination,
    /// What came is not HTTP.
    Protocol,
    /// For too long nothing came of the client's body, or was taken of it by the host: as in Envoy no host is blamed, since
    /// it cannot be told.
    ClientStalled,
    /// The client has not sent all of its request in time, which is no host's fault either.
    ClientLate,
    /// The client's body is malformed, or broke off.
    BadBody,
    /// What stands around the chunks of its body is longer than it may be.
    LargeTrailers,
    /// The client has left; nobody takes an answer.
    ClientGone,
    /// The route's time is over.
    Timeout,
    /// The attempt's time is over.
    PerTryTimeout,
}

impl Failure {
    /// The status for the client, which counts for the host, too (FACTS 3.3).
    pub(super) fn status(self) -> StatusCode {
        match self {
            Self::ClientStalled | Self::ClientLate => StatusCode::REQUEST_TIMEOUT,
            Self::BadBody => StatusCode::BAD_REQUEST,
            Self::LargeTrailers => StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            Self::Protocol => StatusCode::BAD_GATEWAY,
            Self::Timeout | Self::PerTryTimeout => StatusCode::GATEWAY_TIMEOUT,
            _ => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// Whether a host failed. Else there was none to ask, or the client or the clock ended it.
    pub(super) fn is_of_host(self) -> bool {
        let is_of_nobody = matches!(
            self,
            Self::NoHealthyUpstream | Self::Overflow | Self::Timeout
        );
        !is_of_nobody && !self.is_of_client()
    }

    /// Whether the client ended it.
    pub(super) fn is_of_client(self) -> bool {
        matches!(
            self,
            Self::ClientStalled
                | Self::ClientLate
                | Self::BadBody
                | Self::LargeTrailers
                | Self::ClientGone
        )
    }

    /// Whether the connection was never made.
    pub(super) fn is_connect_failure(self) -> bool {
        matches!(self, Self::Unreachable | Self::ConnectTimeout)
    }

    /// Whether nothing more can be understood of what the client sends.
    pub(super) fn ends_connection(self) -> bool {
        matches!(self, Self::BadBody | Self::LargeTrailers)
    }

    /// Envoy's body for it (FACTS 11.4), which tells whether it is the last of several.
    pub(super) fn body(self, retried: bool) -> Cow<'static, str> {
        let reason = match self {
            Self::NoHealthyUpstream => return "no healthy upstream".into(),
            Self::Timeout | Self::PerTryTimeout => return "upstream request timeout".into(),
            Self::ClientStalled => return "stream timeout".into(),
            Self::ClientLate => return "request timeout".into(),
            Self::BadBody => return "Bad Request".into(),
            Self::LargeTrailers => return "Request Header Fields Too Large".into(),
            Self::Overflow => "overflow",
            Self::Unreachable => "remote connection failure",
            Self::ConnectTimeout => "connection timeout",
            Self::Termination | Self::ClientGone => "connection termination",
            Self::Protocol => "protocol error",
        };
        let latest = if retried {
            "retried and the latest "
        } else {
            ""
        };
        format!(
            "upstream connect error or disconnect/reset before headers. {latest}reset reason: {reason}"
        )
        .into()
    }
}
