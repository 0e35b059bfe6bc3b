//! W3C trace context: who asked, in two headers that every service hands on.
//!
//! Rules: <https://www.w3.org/TR/trace-context/>. What is not a valid `traceparent` is not handed on, and
//! then neither is the `tracestate` that came with it.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue};

const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");
const TRACESTATE: HeaderName = HeaderName::from_static("tracestate");

/// The trace that a request belongs to, if its caller named one.
#[derive(Clone, Debug, Default)]
pub struct TraceContext(HeaderMap);

impl TraceContext {
    /// The one that these headers of a request name.
    pub fn of(headers: &HeaderMap) -> Self {
        let mut parents = headers.get_all(TRACEPARENT).iter();
        let (Some(parent), None) = (parents.next(), parents.next()) else {
            return Self::default();
        };
        if trace_id(parent).is_none() {
            return Self::default();
        }
        let mut own = HeaderMap::with_capacity(2);
        own.insert(TRACEPARENT, parent.clone());
        for state in headers.get_all(TRACESTATE) {
            own.append(TRACESTATE, state.clone());
        }
        Self(own)
    }

    /// The headers for whoever is asked on behalf of the request; none without a trace.
    pub fn headers(&self) -> &HeaderMap {
        &self.0
    }

    /// The trace's id, 32 hexadecimal digits.
    pub fn trace_id(&self) -> Option<&str> {
        self.0.get(TRACEPARENT).and_then(trace_id)
    }
}

impl<S: Sync> FromRequestParts<S> for TraceContext {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        Ok(Self::of(&parts.headers))
    }
}

/// The id in a valid `traceparent`: version, trace, parent and flags in hexadecimal, with hyphens between
/// them. Later versions than 00 may say more after another hyphen.
fn trace_id(value: &HeaderValue) -> Option<&str> {
    let text = value.to_str().ok()?;
    let (known, more) = text.split_at_checked(55)?;
    let mut parts = known.split('-');
    let (version, trace, parent, flags) =
        (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let is_hex = |part: &str, digits: usize| {
        part.len() == digits && part.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
    };
    let is_id = |part: &str, digits| is_hex(part, digits) && part.bytes().any(|b| b != b'0');
    let ends = more.is_empty() || (version != "00" && more.starts_with('-'));
    let valid = is_hex(version, 2)
        && version != "ff"
        && is_id(trace, 32)
        && is_id(parent, 16)
        && is_hex(flags, 2)
        && ends;
    valid.then_some(trace)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";

    fn context(headers: &[(&'static str, &str)]) -> TraceContext {
        let headers = headers.iter().map(|(name, value)| {
            let value = HeaderValue::from_str(value).unwrap();
            (HeaderName::from_static(name), value)
        });
        let mut all = HeaderMap::new();
        for (name, value) in headers {
            all.append(name, value);
        }
        TraceContext::of(&all)
    }

    #[test]
    fn both_headers_are_handed_on_and_no_other() {
        let parent = format!("00-{TRACE}-00f067aa0ba902b7-01");
        let context = context(&[
            ("traceparent", &parent),
            ("tracestate", "a=1"),
            ("cookie", "secret"),
            ("tracestate", "b=2"),
        ]);
        assert_eq!(context.trace_id(), Some(TRACE));
        assert_eq!(context.headers()["traceparent"], parent);
        let states: Vec<_> = context.headers().get_all("tracestate").iter().collect();
        assert_eq!(states, ["a=1", "b=2"]);
        assert_eq!(context.headers().len(), 3);
    }

    #[test]
    fn a_later_version_may_say_more() {
        let later = format!("cc-{TRACE}-00f067aa0ba902b7-01-more");
        assert_eq!(context(&[("traceparent", &later)]).trace_id(), Some(TRACE));
    }

    #[test]
    fn what_is_not_valid_is_not_handed_on() {
        let valid = format!("00-{TRACE}-00f067aa0ba902b7-01");
        for wrong in [
            String::new(),
            format!("ff-{TRACE}-00f067aa0ba902b7-01"),
            format!("00-{TRACE}-00f067aa0ba902b7-01-more"),
            format!("cc-{TRACE}-00f067aa0ba902b7-01more"),
            format!("00-{}-00f067aa0ba902b7-01", "0".repeat(32)),
            format!("00-{TRACE}-0000000000000000-01"),
            valid.replace('4', "G"),
            valid.replace("4b", "4B"),
            valid.replace('-', "_"),
            valid[..54].to_owned(),
            "é".repeat(40),
        ] {
            let context = context(&[("traceparent", &wrong), ("tracestate", "a=1")]);
            assert_eq!(context.trace_id(), None, "{wrong}");
            assert!(context.headers().is_empty(), "{wrong}");
        }
        let twice = context(&[("traceparent", &valid), ("traceparent", &valid)]);
        assert!(twice.headers().is_empty());
        assert!(context(&[("tracestate", "a=1")]).headers().is_empty());
    }
}
