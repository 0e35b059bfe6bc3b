//! Answers made here: Envoy's status, body and headers (FACTS 11.4 to 11.6), our `server`.

use std::borrow::Cow;

use http::StatusCode;
use http1::write;

use super::failure::Failure;
use super::{date, reason};
use crate::SERVER_NAME;

/// An answer that no host gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Answer {
    /// Its status.
    pub(super) status: StatusCode,
    /// Its body; `None` has other headers, and in another order, than an empty text.
    text: Option<Cow<'static, str>>,
    /// It was refused because too much is under way already.
    is_overload: bool,
    /// The client's connection ends with it.
    closes: bool,
}

impl Answer {
    /// Without a body, as for a request that leads nowhere.
    pub(super) fn empty(status: StatusCode) -> Self {
        Self {
            status,
            text: None,
            is_overload: false,
            closes: false,
        }
    }

    /// For a request that is not acceptable: the reason phrase as the body, then the end.
    pub(super) fn refusal(status: StatusCode) -> Self {
        Self {
            text: Some(reason::of(status).into()),
            closes: true,
            ..Self::empty(status)
        }
    }

    /// For a request that no host answered, in `retries` and one attempts.
    pub(super) fn failed(failure: Failure, retries: u32) -> Self {
        Self {
            text: Some(failure.body(retries > 0)),
            is_overload: failure == Failure::Overflow,
            closes: failure.ends_connection(),
            ..Self::empty(failure.status())
        }
    }

    /// The same, and the client's connection ends with it, if `closes`.
    pub(super) fn closing(self, closes: bool) -> Self {
        Self {
            closes: self.closes || closes,
            ..self
        }
    }

    /// Whether the client's connection ends with it.
    pub(super) fn closes(&self) -> bool {
        self.closes
    }

    /// Writes it, for a request whose method is HEAD (`to_head`) or is not.
    pub(super) fn write(&self, out: &mut Vec<u8>, to_head: bool) {
        write::status_line(out, self.status, reason::of(self.status));
        if self.is_overload {
            write::field(out, "x-envoy-overloaded", b"true");
        }
        if let Some(text) = &self.text {
            write::number(out, "content-length", text.len() as u64);
            write::field(out, "content-type", b"text/plain");
        }
        write::field(out, "date", &date::now());
        write::field(out, "server", SERVER_NAME.as_bytes());
        if self.closes {
            write::field(out, "connection", b"close");
        }
        if self.text.is_none() {
            if to_head {
                // So Envoy says that it would say nothing.
                write::field(out, "transfer-encoding", b"chunked");
            } else {
                write::field(out, "content-length", b"0");
            }
        }
        write::end_of_head(out);
        if let Some(text) = self.text.as_ref().filter(|_| !to_head) {
            out.extend_from_slice(text.as_bytes());
        }
    }
}
