//! Why there is no answer of a host, and what the client gets for it.

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
    /// The client stopped in the middle of its request, which is no host's fault.
    ClientStalled,
    /// The client has not sent all of its request in time, which is no host's fault either.
    ClientLate,
    /// The client's body is malformed, or broke off.
    BadBody,
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
            Self::Protocol => StatusCode::BAD_GATEWAY,
            Self::Timeout | Self::PerTryTimeout => StatusCode::GATEWAY_TIMEOUT,
            _ => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// Whether a host failed. Else there was none to ask, or the client or the clock ended it.
    pub(super) fn is_of_host(self) -> bool {
        !matches!(
            self,
            Self::NoHealthyUpstream
                | Self::Overflow
                | Self::ClientStalled
                | Self::ClientLate
                | Self::BadBody
                | Self::Timeout
        )
    }

    /// Whether the connection was never made.
    pub(super) fn is_connect_failure(self) -> bool {
        matches!(self, Self::Unreachable | Self::ConnectTimeout)
    }
}

impl Failure {
    /// Envoy's body for it (FACTS 11.4), which tells whether it is the last of several.
    pub(super) fn body(self, retried: bool) -> String {
        let reason = match self {
            Self::NoHealthyUpstream => return "no healthy upstream".to_owned(),
            Self::Timeout | Self::PerTryTimeout => return "upstream request timeout".to_owned(),
            Self::ClientStalled => return "stream timeout".to_owned(),
            Self::ClientLate => return "request timeout".to_owned(),
            Self::BadBody => return "Bad Request".to_owned(),
            Self::Overflow => "overflow",
            Self::Unreachable => "remote connection failure",
            Self::ConnectTimeout => "connection timeout",
            Self::Termination => "connection termination",
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
    }
}
