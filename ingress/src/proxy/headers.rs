//! What is taken from and added to the headers on their way (FACTS 11.1 to 11.3).

use std::time::Duration;

use http::header::{CONNECTION, EXPECT, HOST, SERVER, TE, TRAILER, TRANSFER_ENCODING, UPGRADE};
use http::uri::Authority;
use http::{HeaderMap, HeaderName, HeaderValue};
use uuid::Uuid;

use crate::SERVER_NAME;

const KEEP_ALIVE: HeaderName = HeaderName::from_static("keep-alive");
const PROXY_CONNECTION: HeaderName = HeaderName::from_static("proxy-connection");
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const EXPECTED_TIMEOUT: HeaderName = HeaderName::from_static("x-envoy-expected-rq-timeout-ms");
const CLIENT_TIMEOUT: HeaderName = HeaderName::from_static("x-envoy-upstream-rq-timeout-ms");
const SERVICE_TIME: HeaderName = HeaderName::from_static("x-envoy-upstream-service-time");

/// Makes a client's headers those that the host sees. `authority` is the target's own, if it was in
/// absolute form; it wins over `host` (FACTS 11.6).
pub(super) fn to_upstream(
    headers: &mut HeaderMap,
    authority: Option<&Authority>,
    timeout: Option<Duration>,
) {
    strip_hop_by_hop(headers);
    if headers.contains_key(EXPECT) {
        without(headers, |name| name == EXPECT);
    }
    if headers.contains_key(CLIENT_TIMEOUT) {
        without(headers, |name| name == CLIENT_TIMEOUT);
    }
    if let Some(authority) = authority {
        let host =
            HeaderValue::from_str(authority.as_str()).expect("an authority is visible ASCII");
        headers.insert(HOST, host);
    }
    if !headers.contains_key(FORWARDED_PROTO) {
        headers.insert(FORWARDED_PROTO, HeaderValue::from_static("http"));
    }
    if !headers.contains_key(REQUEST_ID) {
        headers.insert(REQUEST_ID, request_id());
    }
    if let Some(timeout) = timeout {
        let ms = u64::try_from(timeout.as_millis()).unwrap_or(u64::MAX);
        headers.insert(EXPECTED_TIMEOUT, HeaderValue::from(ms));
    }
    if headers.contains_key(TRANSFER_ENCODING) {
        move_to_end(headers, &TRANSFER_ENCODING);
    }
}

/// Makes a host's headers those that the client sees.
pub(super) fn to_client(headers: &mut HeaderMap, service_time: Duration) {
    strip_hop_by_hop(headers);
    let ms = u64::try_from(service_time.as_millis()).unwrap_or(u64::MAX);
    headers.insert(SERVICE_TIME, HeaderValue::from(ms));
    headers.insert(SERVER, HeaderValue::from_static(SERVER_NAME));
}

/// Whether the client asks to leave HTTP, which no route here allows.
pub(super) fn is_upgrade(headers: &HeaderMap) -> bool {
    headers.contains_key(UPGRADE)
        && connection_options(headers).any(|option| option.eq_ignore_ascii_case("upgrade"))
}

/// Removes `connection`, what it names, and the headers that mean one hop even when it does not name
/// them. `te: trailers` passes, as in Envoy.
fn strip_hop_by_hop(headers: &mut HeaderMap) {
    let hop = |name: &HeaderName| {
        [
            &CONNECTION,
            &KEEP_ALIVE,
            &PROXY_CONNECTION,
            &UPGRADE,
            &TRAILER,
        ]
        .contains(&name)
    };
    if !headers.keys().any(hop) {
        return;
    }
    let named: Vec<String> = connection_options(headers)
        .map(str::to_ascii_lowercase)
        .filter(|name| name != TE.as_str())
        .collect();
    without(headers, |name| {
        hop(name) || named.iter().any(|hop| name == hop.as_str())
    });
}

fn connection_options(headers: &HeaderMap) -> impl Iterator<Item = &str> {
    headers
        .get_all(CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
}

/// Rebuilds the map without the headers that `drop` names. `HeaderMap::remove` would do, but it moves the
/// last header into the gap, and the order of the others is kept here as Envoy keeps it.
fn without(headers: &mut HeaderMap, drop: impl Fn(&HeaderName) -> bool) {
    let mut kept = HeaderMap::with_capacity(headers.len());
    for (name, value) in headers.iter().filter(|(name, _)| !drop(name)) {
        kept.append(name, value.clone());
    }
    *headers = kept;
}

/// Envoy's codec writes this header by itself, after all others.
fn move_to_end(headers: &mut HeaderMap, last: &HeaderName) {
    let values: Vec<HeaderValue> = headers.get_all(last).iter().cloned().collect();
    without(headers, |name| name == last);
    for value in values {
        headers.append(last, value);
    }
}

fn request_id() -> HeaderValue {
    let mut text = Uuid::encode_buffer();
    let id = Uuid::new_v4().hyphenated().encode_lower(&mut text);
    HeaderValue::from_str(id).expect("a UUID is visible ASCII")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(lines: &[(&'static str, &str)]) -> HeaderMap {
        let value = |value| HeaderValue::from_str(value).unwrap();
        lines
            .iter()
            .map(|&(name, v)| (HeaderName::from_static(name), value(v)))
            .collect()
    }

    fn names(headers: &HeaderMap) -> Vec<&str> {
        headers.keys().map(HeaderName::as_str).collect()
    }

    /// FACTS 11.3.
    #[test]
    fn hop_by_hop_headers_and_those_that_connection_names_stay_behind() {
        let mut headers = map(&[
            ("host", "colorapp:8080"),
            ("connection", "keep-alive, X-Foo"),
            ("keep-alive", "timeout=5"),
            ("x-foo", "bar"),
            ("proxy-connection", "keep-alive"),
            ("te", "trailers"),
            ("x-keep", "yes"),
        ]);
        to_upstream(&mut headers, None, Some(Duration::from_secs(15)));
        let expected = [
            "host",
            "te",
            "x-keep",
            "x-forwarded-proto",
            "x-request-id",
            "x-envoy-expected-rq-timeout-ms",
        ];
        assert_eq!(names(&headers), expected);
        assert_eq!(headers["x-envoy-expected-rq-timeout-ms"], "15000");
        assert_eq!(headers["x-request-id"].len(), 36);
    }

    /// FACTS 11.3.
    #[test]
    fn a_clients_id_and_protocol_are_kept_and_its_timeouts_are_not() {
        let mut headers = map(&[
            ("host", "a"),
            ("x-forwarded-proto", "https"),
            ("x-request-id", "my-own-id"),
            ("x-envoy-upstream-rq-timeout-ms", "2000"),
            ("x-envoy-expected-rq-timeout-ms", "7"),
            ("expect", "100-continue"),
        ]);
        to_upstream(&mut headers, None, Some(Duration::from_millis(200)));
        assert_eq!(headers["x-forwarded-proto"], "https");
        assert_eq!(headers["x-request-id"], "my-own-id");
        assert_eq!(headers["x-envoy-expected-rq-timeout-ms"], "200");
        assert!(!headers.contains_key(EXPECT) && !headers.contains_key(CLIENT_TIMEOUT));
    }

    /// FACTS 11.6.
    #[test]
    fn the_host_of_an_absolute_target_wins() {
        let mut headers = map(&[("host", "ignored")]);
        to_upstream(
            &mut headers,
            Some(&Authority::from_static("colorapp:8080")),
            None,
        );
        assert_eq!(headers[HOST], "colorapp:8080");
    }

    /// FACTS 11.1, 11.2.
    #[test]
    fn a_hosts_headers_keep_their_order_and_server_is_replaced() {
        let mut headers = map(&[
            ("hostuid", "c0"),
            ("server", "theirs"),
            ("connection", "close"),
            ("keep-alive", "timeout=5"),
            ("x-custom", "a"),
            ("x-custom", "b"),
        ]);
        to_client(&mut headers, Duration::from_micros(1_900));
        let lines: Vec<_> = headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.to_str().unwrap()))
            .collect();
        let expected = [
            ("hostuid", "c0"),
            ("server", SERVER_NAME),
            ("x-custom", "a"),
            ("x-custom", "b"),
            ("x-envoy-upstream-service-time", "1"),
        ];
        assert_eq!(lines, expected);
    }

    #[test]
    fn an_upgrade_is_one_only_if_connection_says_so() {
        assert!(is_upgrade(&map(&[
            ("connection", "keep-alive, Upgrade"),
            ("upgrade", "websocket")
        ])));
        assert!(!is_upgrade(&map(&[("upgrade", "websocket")])));
    }
}
