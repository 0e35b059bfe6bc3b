//! What is taken from and added to the headers on their way (FACTS 11.1 to 11.3).

mod kind;

use std::collections::HashSet;
use std::ops::Range;
use std::time::Duration;

use http::StatusCode;
use http1::{Fields, Length, RequestHead, ResponseHead, write};
use uuid::Uuid;

use super::{date, reason};
use crate::SERVER_NAME;
use kind::Kind;

const SERVICE_TIME: &str = "x-envoy-upstream-service-time";
const EXPECTED_TIMEOUT: &str = "x-envoy-expected-rq-timeout-ms";

/// What of a request, beside its head, decides on the one that the host sees.
#[derive(Clone, Copy, Debug)]
pub(super) struct ToHost<'a> {
    /// The target, in parts.
    pub(super) target: &'a [&'a str],
    /// The value of `host`.
    pub(super) host: &'a [u8],
    pub(super) length: Length,
    /// How long this attempt's answer is waited for.
    pub(super) timeout: Option<Duration>,
}

/// Writes the head that the host sees, and tells where in it the digits of its timeout stand.
///
/// `host` comes first and what frames the body last, as from Envoy; the others keep their order. `connection` stays
/// behind, and so do the headers that it names and those that mean one hop even when it does not name them.
pub(super) fn to_host(
    out: &mut Vec<u8>,
    head: &RequestHead<'_>,
    to: ToHost<'_>,
) -> Option<Range<usize>> {
    write::request_line(out, head.method, to.target);
    write::field(out, "host", to.host);
    let named = Named::by(head.fields);
    let (mut has_protocol, mut has_id, mut has_te, mut has_length) = Default::default();
    for (name, value) in head.fields.iter() {
        match Kind::of(name) {
            Kind::Host | Kind::Hop | Kind::Wish | Kind::Coding => continue,
            Kind::Te => {
                if !std::mem::replace(&mut has_te, true) && takes_trailers(head.fields) {
                    write::field(out, "te", b"trailers");
                }
                continue;
            }
            Kind::Expect if value.eq_ignore_ascii_case(b"100-continue") => continue,
            // What frames a body is not the client's to take away.
            Kind::Length if !to.length.is_empty() => has_length = true,
            _ if named.contains(name) => continue,
            Kind::Protocol => has_protocol = true,
            Kind::RequestId => {
                has_id = true;
                if value.is_empty() {
                    request_id(out);
                    continue;
                }
            }
            Kind::Length => has_length = true,
            Kind::Expect | Kind::Date | Kind::Server | Kind::ServiceTime | Kind::Other => {}
        }
        write::field(out, name, value);
    }
    if !has_protocol {
        write::field(out, "x-forwarded-proto", b"http");
    }
    if !has_id {
        request_id(out);
    }
    let timeout = to.timeout.map(|timeout| {
        write::number(out, EXPECTED_TIMEOUT, expected_millis(timeout));
        let digits = out[..out.len() - 2].iter().rev();
        let digits = digits.take_while(|byte| byte.is_ascii_digit()).count();
        out.len() - 2 - digits..out.len() - 2
    });
    if to.length == Length::Chunked {
        write::field(out, "transfer-encoding", b"chunked");
    } else if !has_length && !says_no_length(head.method) {
        write::field(out, "content-length", b"0");
    }
    write::end_of_head(out);
    timeout
}

fn request_id(out: &mut Vec<u8>) {
    let mut text = Uuid::encode_buffer();
    let id = Uuid::new_v4().hyphenated().encode_lower(&mut text);
    write::field(out, "x-request-id", id.as_bytes());
}

/// Tells the host how long its answer is waited for now, in place of the `digits` in `head`.
pub(super) fn expect_within(head: &mut Vec<u8>, digits: &mut Range<usize>, timeout: Duration) {
    let text = expected_millis(timeout).to_string();
    head.splice(digits.clone(), text.bytes());
    digits.end = digits.start + text.len();
}

/// What of an answer, beside its head, decides on the one that the client sees.
#[derive(Clone, Copy, Debug)]
pub(super) struct ToClient {
    pub(super) length: Length,
    /// The request's method is HEAD.
    pub(super) to_head: bool,
    /// None for an answer that came before the end of its request.
    pub(super) service_time: Option<Duration>,
    /// The client's connection ends with it.
    pub(super) closes: bool,
}

/// Writes the head that the client sees. Unlike those of a request, headers that `connection` names stay,
/// as in Envoy.
pub(super) fn to_client(out: &mut Vec<u8>, head: &ResponseHead<'_>, to: ToClient) {
    write::status_line(out, head.status, reason::of(head.status));
    let (mut has_date, mut has_server, mut has_length) = Default::default();
    let mut service_time = to.service_time.map(millis);
    for (name, value) in head.fields.iter() {
        match Kind::of(name) {
            Kind::Hop | Kind::Coding => continue,
            Kind::Server => {
                if !std::mem::replace(&mut has_server, true) {
                    write::field(out, "server", SERVER_NAME.as_bytes());
                }
                continue;
            }
            Kind::ServiceTime if to.service_time.is_some() => {
                if let Some(time) = service_time.take() {
                    write::number(out, SERVICE_TIME, time);
                }
                continue;
            }
            Kind::Length if head.status == StatusCode::NO_CONTENT => continue,
            Kind::Date => has_date = true,
            Kind::Length => has_length = true,
            _ => {}
        }
        write::field(out, name, value);
    }
    if let Some(time) = service_time {
        write::number(out, SERVICE_TIME, time);
    }
    if !has_date {
        write::field(out, "date", &date::now());
    }
    if !has_server {
        write::field(out, "server", SERVER_NAME.as_bytes());
    }
    if to.closes {
        write::field(out, "connection", b"close");
    }
    let is_framed = has_length || has_no_body(head.status) || !(to.to_head || is_long(to.length));
    if !is_framed {
        write::field(out, "transfer-encoding", b"chunked");
    }
    write::end_of_head(out);
}

/// Whether the client asks to leave HTTP, which no route here allows. An offer of HTTP/2 may be ignored.
pub(super) fn is_upgrade(fields: Fields<'_>) -> bool {
    fields.contains("upgrade")
        && has_option(fields, b"upgrade")
        && !fields
            .list("upgrade")
            .all(|protocol| protocol.eq_ignore_ascii_case(b"h2c"))
}

/// Whether the client waits for a word before it sends its body.
pub(super) fn asks_to_continue(fields: Fields<'_>) -> bool {
    let expected = fields.first("expect");
    expected.is_some_and(|value| value.eq_ignore_ascii_case(b"100-continue"))
}

/// Whether `connection` has the option `wanted`.
pub(super) fn has_option(fields: Fields<'_>, wanted: &[u8]) -> bool {
    fields
        .list("connection")
        .any(|option| option.eq_ignore_ascii_case(wanted))
}

/// The headers that `connection` names. Of `te` the part that may pass passes in any case, as in Envoy.
struct Named(HashSet<Vec<u8>>);

impl Named {
    fn by(fields: Fields<'_>) -> Self {
        let usual = [&b"close"[..], b"keep-alive", b"te"];
        let is_usual = |option: &&[u8]| usual.iter().any(|one| option.eq_ignore_ascii_case(one));
        let more = fields.list("connection").filter(|option| !is_usual(option));
        Self(more.map(<[u8]>::to_ascii_lowercase).collect())
    }

    fn contains(&self, name: &str) -> bool {
        !self.0.is_empty() && self.0.contains(&name.as_bytes().to_ascii_lowercase())
    }
}

/// Of what the client takes in answers only `trailers` goes on to the host.
fn takes_trailers(fields: Fields<'_>) -> bool {
    fields
        .list("te")
        .any(|coding| coding.eq_ignore_ascii_case(b"trailers"))
}

/// Methods whose requests mean no body by saying nothing; all others get a length of 0, as from Envoy.
fn says_no_length(method: &str) -> bool {
    matches!(method, "GET" | "HEAD" | "DELETE" | "TRACE" | "CONNECT")
}

/// Whether chunks frame the body.
fn is_long(length: Length) -> bool {
    matches!(length, Length::Chunked | Length::ToTheEnd)
}

fn has_no_body(status: StatusCode) -> bool {
    matches!(status, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED)
}

/// What the host is told: never 0, which would mean without end (FACTS 15.12).
fn expected_millis(time: Duration) -> u64 {
    millis(time).max(1)
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests;
