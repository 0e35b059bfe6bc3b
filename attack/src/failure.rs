//! Why there was no answer, in plain words.

use std::error::Error as _;
use std::fmt;
use std::io::{self, ErrorKind};

/// Why a request got no complete answer. Displays as the words of a report's error set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Failure {
    /// Nobody listens there.
    Refused,
    /// No way to the host or its network.
    Unreachable,
    /// This process may not open another connection.
    TooManyOpenFiles,
    /// All local ports are taken, by connections that ended a short while ago as well.
    NoLocalPort,
    /// The connection could not be made, for a reason that is none of the others.
    NoConnection,
    /// The other side reset the connection.
    Reset,
    /// The connection was closed in place of an answer.
    ClosedBeforeAnswer,
    /// The connection was closed in the middle of the body.
    CutShort,
    /// What came was no HTTP/1.
    NotHttp,
    /// The answer was not complete in time.
    TimedOut,
    /// The attack was stopped, and the answer had not come a second later.
    Stopped,
}

impl Failure {
    /// Why a connection was not made.
    pub(crate) fn of_connecting(error: &io::Error) -> Self {
        /// `EMFILE` of Linux, macOS and the BSDs; the standard library has no name for it.
        const TOO_MANY_OPEN_FILES: i32 = 24;
        match error.kind() {
            ErrorKind::ConnectionRefused => Self::Refused,
            ErrorKind::ConnectionReset => Self::Reset,
            ErrorKind::TimedOut => Self::TimedOut,
            ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable => Self::Unreachable,
            ErrorKind::AddrNotAvailable => Self::NoLocalPort,
            _ if error.raw_os_error() == Some(TOO_MANY_OPEN_FILES) => Self::TooManyOpenFiles,
            _ => Self::NoConnection,
        }
    }

    /// Why there was no answer on a connection.
    pub(crate) fn of_answer(error: &hyper::Error) -> Self {
        if is_reset(error) {
            Self::Reset
        } else if error.is_parse() {
            Self::NotHttp
        } else {
            Self::ClosedBeforeAnswer
        }
    }

    /// Why the body of an answer did not come to its end.
    pub(crate) fn of_body(error: &hyper::Error) -> Self {
        if is_reset(error) {
            Self::Reset
        } else {
            Self::CutShort
        }
    }
}

fn is_reset(error: &hyper::Error) -> bool {
    error
        .source()
        .and_then(|cause| cause.downcast_ref::<io::Error>())
        .is_some_and(|cause| {
            matches!(
                cause.kind(),
                ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted | ErrorKind::BrokenPipe
            )
        })
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Refused => "connection refused",
            Self::Unreachable => "host unreachable",
            Self::TooManyOpenFiles => {
                "too many open files (fewer --connections, or a higher ulimit -n)"
            }
            Self::NoLocalPort => "no local port left",
            Self::NoConnection => "cannot connect",
            Self::Reset => "connection reset",
            Self::ClosedBeforeAnswer => "connection closed before an answer",
            Self::CutShort => "connection closed within an answer",
            Self::NotHttp => "not an HTTP/1 answer",
            Self::TimedOut => "timed out",
            Self::Stopped => "no answer yet when the attack was stopped",
        })
    }
}

impl std::error::Error for Failure {}
