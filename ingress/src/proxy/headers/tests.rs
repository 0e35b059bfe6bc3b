use http1::Room;

use super::*;

/// The head that a host sees of `lines`.
fn seen_by_host(method: &str, lines: &str, timeout: Option<Duration>) -> String {
    let (mut bytes, _) = written(method, lines, timeout);
    bytes.truncate(bytes.len() - 4);
    String::from_utf8(bytes).unwrap().replace("\r\n", "\n")
}

fn written(
    method: &str,
    lines: &str,
    timeout: Option<Duration>,
) -> (Vec<u8>, Option<Range<usize>>) {
    let bytes = format!("{method} / HTTP/1.1\n{lines}\n\n").replace('\n', "\r\n");
    let mut room = Room::new(20);
    let parsed = RequestHead::parse(bytes.as_bytes(), &mut room).unwrap();
    let (head, _) = parsed.unwrap();
    let to = ToHost {
        target: &["/"],
        host: b"colorapp:8080",
        length: Length::of_request(&head).unwrap(),
        timeout,
    };
    let mut out = Vec::new();
    let digits = to_host(&mut out, &head, to);
    (out, digits)
}

/// FACTS 11.3.
#[test]
fn hop_by_hop_headers_and_those_that_connection_names_stay_behind() {
    let head = seen_by_host(
        "GET",
        "X-Keep: yes\nHost: ignored\nconnection: keep-alive, X-Foo\nkeep-alive: timeout=5\nx-foo: bar\n\
         proxy-connection: keep-alive\nte: trailers, deflate\nx-request-id: 1",
        Some(Duration::from_secs(15)),
    );
    let expected = "GET / HTTP/1.1\nhost: colorapp:8080\nx-keep: yes\nte: trailers\nx-request-id: 1\n\
        x-forwarded-proto: http\nx-envoy-expected-rq-timeout-ms: 15000";
    assert_eq!(head, expected);
}

/// FACTS 11.3.
#[test]
fn a_clients_id_and_protocol_are_kept_and_its_timeouts_are_not() {
    let head = seen_by_host(
        "GET",
        "x-forwarded-proto: https\nx-request-id: my-own-id\nx-envoy-upstream-rq-timeout-ms: 2000\n\
         x-envoy-expected-rq-timeout-ms: 7\nexpect: 100-continue",
        Some(Duration::from_millis(200)),
    );
    let expected = "GET / HTTP/1.1\nhost: colorapp:8080\nx-forwarded-proto: https\n\
        x-request-id: my-own-id\nx-envoy-expected-rq-timeout-ms: 200";
    assert_eq!(head, expected);
}

#[test]
fn what_frames_the_body_is_said_by_who_says_it() {
    let ends = |method, lines: &str| {
        let head = seen_by_host(method, &format!("x-request-id: 1\n{lines}"), None);
        head.lines().skip(3).collect::<Vec<_>>().join(", ")
    };
    assert_eq!(ends("GET", "a: b"), "a: b, x-forwarded-proto: http");
    assert_eq!(
        ends("POST", "a: b"),
        "a: b, x-forwarded-proto: http, content-length: 0"
    );
    assert_eq!(
        ends("POST", "content-length: 5"),
        "content-length: 5, x-forwarded-proto: http"
    );
    assert_eq!(
        ends("GET", "Transfer-Encoding: Chunked\na: b"),
        "a: b, x-forwarded-proto: http, transfer-encoding: chunked"
    );
}

/// Else what follows would be the host's next request, on a connection that all clients share.
#[test]
fn no_client_takes_away_what_frames_its_body() {
    for method in ["GET", "POST"] {
        for lines in [
            "connection: content-length\ncontent-length: 5",
            "connection: close, Content-Length\ncontent-length: 5",
            "connection: transfer-encoding\ntransfer-encoding: chunked",
            "content-length: 005",
            "a: b",
        ] {
            let asked = format!("{method} / HTTP/1.1\n{lines}\n\n").replace('\n', "\r\n");
            let seen = format!("{}\n\n", seen_by_host(method, lines, None)).replace('\n', "\r\n");
            let length = |bytes: &str| {
                let mut room = Room::new(20);
                let parsed = RequestHead::parse(bytes.as_bytes(), &mut room).unwrap();
                Length::of_request(&parsed.unwrap().0).unwrap()
            };
            assert_eq!(length(&seen), length(&asked), "{seen}");
        }
    }
}

#[test]
fn an_id_is_made_where_there_is_none() {
    for lines in ["a: b", "x-request-id:"] {
        let head = seen_by_host("GET", lines, None);
        let (_, id) = head.split_once("x-request-id: ").unwrap();
        let id = id.lines().next().unwrap();
        assert!(Uuid::try_parse(id).is_ok(), "{head}");
    }
}

#[test]
fn a_timeout_is_replaced_whatever_its_length() {
    let (mut head, digits) = written("GET", "x-request-id: 1", Some(Duration::from_secs(15)));
    let mut digits = digits.unwrap();
    for ms in [9_999, 10, 123_456] {
        expect_within(&mut head, &mut digits, Duration::from_millis(ms));
        let text = str::from_utf8(&head).unwrap();
        assert!(
            text.ends_with(&format!("-timeout-ms: {ms}\r\n\r\n")),
            "{text}"
        );
    }
}

/// FACTS 15.12: 0 would mean without end.
#[test]
fn a_host_is_told_a_millisecond_at_least() {
    let least = Duration::from_micros(1);
    let (mut head, digits) = written("GET", "x-request-id: 1", Some(least));
    assert!(head.ends_with(b"-timeout-ms: 1\r\n\r\n"));
    expect_within(&mut head, &mut digits.unwrap(), Duration::ZERO);
    assert!(head.ends_with(b"-timeout-ms: 1\r\n\r\n"));
}

/// The lines that a client sees of an answer of `lines`.
fn seen_by_client(status: u16, lines: &str, to: ToClient) -> String {
    let bytes = format!("HTTP/1.1 {status} Whatever\n{lines}\n\n").replace('\n', "\r\n");
    let mut room = Room::new(20);
    let parsed = ResponseHead::parse(bytes.as_bytes(), &mut room).unwrap();
    let mut out = Vec::new();
    to_client(&mut out, &parsed.unwrap().0, to);
    out.truncate(out.len() - 4);
    String::from_utf8(out).unwrap().replace("\r\n", "\n")
}

const SHORT: ToClient = ToClient {
    length: Length::Bytes(6),
    to_head: false,
    service_time: Some(Duration::from_micros(1_900)),
    closes: false,
};

/// FACTS 11.1, 11.2.
#[test]
fn a_hosts_headers_keep_their_order_and_server_is_replaced() {
    let lines = "HostUID: c0\nserver: theirs\nconnection: close\nkeep-alive: timeout=5\nx-custom: a\n\
        content-length: 6\nx-custom: b\ndate: today";
    let expected = format!(
        "HTTP/1.1 200 OK\nhostuid: c0\nserver: {SERVER_NAME}\nx-custom: a\ncontent-length: 6\nx-custom: b\n\
         date: today\nx-envoy-upstream-service-time: 1"
    );
    assert_eq!(seen_by_client(200, lines, SHORT), expected);
}

#[test]
fn a_body_without_a_length_goes_on_in_chunks() {
    let framing = |status, length, to_head| {
        let to = ToClient {
            length,
            to_head,
            ..SHORT
        };
        let head = seen_by_client(status, "date: d\nserver: s\ntransfer-encoding: chunked", to);
        head.ends_with("\ntransfer-encoding: chunked")
    };
    assert!(framing(200, Length::Chunked, false));
    assert!(framing(200, Length::ToTheEnd, false));
    assert!(
        framing(200, Length::Bytes(0), true),
        "as it would be to GET"
    );
    assert!(!framing(200, Length::Bytes(6), false));
    assert!(!framing(304, Length::Bytes(0), true));
}

#[test]
fn an_upgrade_is_one_only_if_connection_says_so() {
    let is = |lines: &str| {
        let bytes = format!("GET / HTTP/1.1\n{lines}\n\n").replace('\n', "\r\n");
        let mut room = Room::new(9);
        let parsed = RequestHead::parse(bytes.as_bytes(), &mut room).unwrap();
        is_upgrade(parsed.unwrap().0.fields)
    };
    assert!(is("connection: keep-alive, Upgrade\nupgrade: websocket"));
    assert!(!is("upgrade: websocket"));
    assert!(!is("connection: upgrade\nupgrade: h2c"));
}
