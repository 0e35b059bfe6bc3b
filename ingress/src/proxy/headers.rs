//! What is taken from and added to the headers on their way (FACTS 11.1 to 11.3).

use std::time::Duration;

use http::header::{
    CONNECTION, CONTENT_LENGTH, DATE, EXPECT, HOST, SERVER, TE, TRANSFER_ENCODING, UPGRADE,
};
use http::uri::Authority;
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use uuid::Uuid;

use super::{date, number};
use crate::SERVER_NAME;

const KEEP_ALIVE: HeaderName = HeaderName::from_static("keep-alive");
const PROXY_CONNECTION: HeaderName = HeaderName::from_static("proxy-connection");
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const EXPECTED_TIMEOUT: HeaderName = HeaderName::from_static("x-envoy-expected-rq-timeout-ms");
const SERVICE_TIME: HeaderName = HeaderName::from_static("x-envoy-upstream-service-time");

/// What of a request, beside its headers, decides on those that the host sees.
#[derive(Clone, Copy, Debug)]
pub(super) struct About<'a> {
    pub(super) method: &'a Method,
    /// The target's own host, if it was in absolute form; it wins over `host` (FACTS 11.6).
    pub(super) authority: Option<&'a Authority>,
    pub(super) has_body: bool,
    pub(super) timeout: Option<Duration>,
}

/// Makes a client's headers those that the host sees.
pub(super) fn to_upstream(headers: &mut HeaderMap, about: About<'_>) {
    strip_hop_by_hop(headers);
    if asks_to_continue(headers) {
        without(headers, |name| name == EXPECT);
    }
    if headers.keys().any(is_a_wish) {
        without(headers, is_a_wish);
    }
    if headers.contains_key(TE) {
        keep_trailers_only(headers);
    }
    if let Some(authority) = about.authority {
        let host =
            HeaderValue::from_str(authority.as_str()).expect("an authority is visible ASCII");
        headers.insert(HOST, host);
    }
    let protocol = headers.entry(FORWARDED_PROTO);
    protocol.or_insert(HeaderValue::from_static("http"));
    if headers.get(REQUEST_ID).is_none_or(HeaderValue::is_empty) {
        headers.insert(REQUEST_ID, request_id());
    }
    if let Some(timeout) = about.timeout {
        expect_within(headers, timeout);
    }
    if headers.contains_key(TRANSFER_ENCODING) {
        // Envoy's codec writes this header by itself, after all others. There is one coding only.
        without(headers, |name| name == TRANSFER_ENCODING);
        headers.insert(TRANSFER_ENCODING, HeaderValue::from_static("chunked"));
    } else if !about.has_body && !says_no_length(about.method) {
        headers.insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
    }
}

/// Tells the host how long its answer is waited for.
pub(super) fn expect_within(headers: &mut HeaderMap, timeout: Duration) {
    let ms = u64::try_from(timeout.as_millis()).unwrap_or(u64::MAX);
    headers.insert(EXPECTED_TIMEOUT, number::value(ms));
}

/// Makes a host's headers those that the client sees. Unlike those of a request, headers that
/// `connection` names stay, as in Envoy. hyper writes `transfer-encoding` by itself, after all others.
/// An answer that came before the end of its request has no `service_time`.
pub(super) fn to_client(headers: &mut HeaderMap, service_time: Option<Duration>) {
    let hop = |name: &HeaderName| is_hop(name) || name == TRANSFER_ENCODING;
    if headers.keys().any(hop) {
        without(headers, hop);
    }
    if let Some(time) = service_time {
        let ms = u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        headers.insert(SERVICE_TIME, number::value(ms));
    }
    headers.entry(DATE).or_insert_with(date::now);
    headers.insert(SERVER, HeaderValue::from_static(SERVER_NAME));
}

/// Methods whose requests mean no body by saying nothing; all others get a length of 0, as from Envoy.
fn says_no_length(method: &Method) -> bool {
    matches!(
        *method,
        Method::GET | Method::HEAD | Method::DELETE | Method::TRACE | Method::CONNECT
    )
}

/// Whether the client asks to leave HTTP, which no route here allows. An offer of HTTP/2 may be ignored.
pub(super) fn is_upgrade(headers: &HeaderMap) -> bool {
    headers.contains_key(UPGRADE)
        && connection_options(headers).any(|option| option.eq_ignore_ascii_case("upgrade"))
        && !list(headers, &UPGRADE).all(|protocol| protocol.eq_ignore_ascii_case("h2c"))
}

/// Whether `connection` names one of `kept`, which no client may take away on the way.
pub(super) fn drops(headers: &HeaderMap, kept: &[&str]) -> bool {
    connection_options(headers)
        .any(|option| kept.iter().any(|kept| option.eq_ignore_ascii_case(kept)))
}

/// Removes `connection`, what it names, and the headers that mean one hop even when it does not name
/// them. `te: trailers` passes, as in Envoy.
fn strip_hop_by_hop(headers: &mut HeaderMap) {
    if !headers.keys().any(is_hop) {
        return;
    }
    let named: Vec<String> = connection_options(headers)
        .map(str::to_ascii_lowercase)
        .filter(|name| name != TE.as_str())
        .collect();
    without(headers, |name| {
        is_hop(name) || named.iter().any(|hop| name == hop.as_str())
    });
}

fn is_hop(name: &HeaderName) -> bool {
    [&CONNECTION, &KEEP_ALIVE, &PROXY_CONNECTION, &UPGRADE].contains(&name)
}

/// What only Envoys say to each other; of others it is not taken. Without the prefix that they share.
const WISHES: [&str; 14] = [
    "expected-rq-timeout-ms",
    "force-trace",
    "hedge-on-per-try-timeout",
    "internal",
    "ip-tags",
    "max-retries",
    "retriable-header-names",
    "retriable-status-codes",
    "retry-grpc-on",
    "retry-on",
    "upstream-alt-stat-name",
    "upstream-rq-per-try-timeout-ms",
    "upstream-rq-timeout-ms",
    "upstream-stream-duration-ms",
];

fn is_a_wish(name: &HeaderName) -> bool {
    let wish = name.as_str().strip_prefix("x-envoy-");
    wish.is_some_and(|wish| WISHES.contains(&wish))
}

fn asks_to_continue(headers: &HeaderMap) -> bool {
    let expected = headers.get(EXPECT);
    expected.is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"100-continue"))
}

/// Of what the client takes in answers only `trailers` goes on to the host.
fn keep_trailers_only(headers: &mut HeaderMap) {
    let takes_trailers = list(headers, &TE).any(|coding| coding.eq_ignore_ascii_case("trailers"));
    if takes_trailers {
        headers.insert(TE, HeaderValue::from_static("trailers"));
    } else {
        without(headers, |name| name == TE);
    }
}

fn connection_options(headers: &HeaderMap) -> impl Iterator<Item = &str> {
    list(headers, &CONNECTION)
}

fn list<'a>(headers: &'a HeaderMap, name: &HeaderName) -> impl Iterator<Item = &'a str> {
    headers
        .get_all(name)
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

    fn get(timeout: Option<Duration>) -> About<'static> {
        About {
            method: &Method::GET,
            authority: None,
            has_body: false,
            timeout,
        }
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
        to_upstream(&mut headers, get(Some(Duration::from_secs(15))));
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
        to_upstream(&mut headers, get(Some(Duration::from_millis(200))));
        assert_eq!(headers["x-forwarded-proto"], "https");
        assert_eq!(headers["x-request-id"], "my-own-id");
        assert_eq!(headers["x-envoy-expected-rq-timeout-ms"], "200");
        assert!(
            !headers.contains_key(EXPECT)
                && !headers.contains_key("x-envoy-upstream-rq-timeout-ms")
        );
    }

    /// FACTS 11.6.
    #[test]
    fn the_host_of_an_absolute_target_wins() {
        let mut headers = map(&[("host", "ignored")]);
        let authority = Authority::from_static("colorapp:8080");
        let about = About {
            authority: Some(&authority),
            ..get(None)
        };
        to_upstream(&mut headers, about);
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
            ("date", "today"),
        ]);
        to_client(&mut headers, Some(Duration::from_micros(1_900)));
        let lines: Vec<_> = headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.to_str().unwrap()))
            .collect();
        let expected = [
            ("hostuid", "c0"),
            ("server", SERVER_NAME),
            ("x-custom", "a"),
            ("x-custom", "b"),
            ("date", "today"),
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
