//! A client's connection, from its bytes to those that hosts get.

use std::path::PathBuf;
use std::sync::Arc;

use http1::{Decoder, Length, Malformed, RequestHead, Room};
use ingress::cluster::Cluster;
use ingress::manifest::{self, Source};
use ingress::mesh::Mesh;
use ingress::proxy::{Heads, Judged, Limits, Router};

use crate::passed_on::PassedOn;
use crate::strict::{self, Framing, Message};

/// A mesh with rewrites, header rules and several hosts.
const MESH: &str = include_str!("../../ingress/tests/bootstrap/rich/mesh.yaml");

/// What of the head for a host is not the client's.
const OURS: [&str; 7] = [
    "host",
    "content-length",
    "transfer-encoding",
    "te",
    "x-forwarded-proto",
    "x-request-id",
    "x-envoy-expected-rq-timeout-ms",
];

/// What no host may get.
const NEVER: [&str; 4] = ["connection", "keep-alive", "proxy-connection", "upgrade"];

thread_local! {
    static LISTENERS: [Heads; 2] = listeners();
}

fn listeners() -> [Heads; 2] {
    let start = PathBuf::from("mesh.yaml");
    let files = [(start.clone(), MESH.to_owned())].into();
    let manifests = manifest::load(&Source::Embedded { files, start }).expect("it is sound");
    let mesh = Mesh::from_manifests(&manifests, None).expect("it is sound");
    let clusters: Vec<Arc<Cluster>> = mesh
        .clusters
        .iter()
        .map(|spec| Cluster::new(spec.clone(), &[]).0)
        .collect();
    [Router::gateway(&mesh), Router::egress(&mesh)].map(|router| Heads::new(router, &clusters))
}

/// One request.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Came {
    /// It is answered here.
    Answered(Judged),
    /// A host gets it, and all of it is here.
    Forwarded(Message),
    /// So much of its body is here.
    Begun(Judged, Vec<u8>),
    /// This is wrong with its body.
    Broken(Malformed),
    /// This is wrong with its head.
    Malformed(Malformed),
}

/// Panics where a host would get anything but the client's requests, each exactly one, or where it matters how the
/// bytes were cut. The first byte says how large the pieces are, and which listener it is.
pub fn hold(bytes: &[u8]) {
    let Some((&first, bytes)) = bytes.split_first() else {
        return;
    };
    let size = usize::from(first >> 1).max(1);
    LISTENERS.with(|listeners| {
        let listener = &listeners[usize::from(first & 1)];
        let whole = converse(listener, [bytes].into_iter());
        let cut = converse(listener, bytes.chunks(size));
        assert_eq!(whole, cut, "in pieces of {size}");
    });
}

/// All requests on one connection, until it ends.
fn converse<'b>(listener: &Heads, pieces: impl Iterator<Item = &'b [u8]>) -> Vec<Came> {
    // A route may draw where a request goes.
    fastrand::seed(0);
    let mut all = Vec::new();
    let mut unread: Vec<u8> = Vec::new();
    let mut passing: Option<Passing> = None;
    for piece in pieces {
        unread.extend_from_slice(piece);
        loop {
            if let Some(mut under_way) = passing.take() {
                if let Err(malformed) = under_way.body.read(&mut unread) {
                    all.push(Came::Broken(malformed));
                    return all;
                }
                if !under_way.body.has_ended() {
                    passing = Some(under_way);
                    break;
                }
                let closes = under_way.closes;
                all.push(Came::Forwarded(under_way.whole()));
                if closes {
                    return all;
                }
                continue;
            }
            if unread.is_empty() {
                break;
            }
            match next(listener, &mut unread) {
                Next::Wait => break,
                Next::Malformed(malformed) => {
                    all.push(Came::Malformed(malformed));
                    return all;
                }
                Next::Answered(judged) => {
                    all.push(Came::Answered(judged));
                    if matches!(judged, Judged::Answered { closes: true, .. }) {
                        return all;
                    }
                }
                Next::Forwarded(begun) => passing = Some(begun),
            }
        }
    }
    if let Some(passing) = passing {
        all.push(Came::Begun(passing.judged, passing.body.data));
    }
    all
}

enum Next {
    Wait,
    Malformed(Malformed),
    Answered(Judged),
    Forwarded(Passing),
}

fn next(listener: &Heads, unread: &mut Vec<u8>) -> Next {
    let limits = Limits::default();
    let mut room = Room::new(limits.headers);
    let (head, size) = match RequestHead::parse(unread, &mut room) {
        Ok(Some(parsed)) => parsed,
        Ok(None) => return Next::Wait,
        Err(malformed) => return Next::Malformed(malformed),
    };
    let mut out = Vec::new();
    let judged = listener.to_host(&head, &mut out);
    let next = match judged {
        Judged::Answered { closes, .. } => {
            // What follows is taken for the next request.
            let is_alone = Length::of_request(&head) == Ok(Length::Bytes(0));
            assert!(closes || is_alone, "its body would be the next request");
            Next::Answered(judged)
        }
        Judged::Forwarded { length, closes } => {
            assert_eq!(Length::of_request(&head), Ok(length));
            Next::Forwarded(Passing {
                judged,
                closes,
                client: Client::of(&head),
                body: PassedOn::new(length, limits.head_bytes, out),
            })
        }
    };
    unread.drain(..size);
    next
}

/// A request on its way to a host.
struct Passing {
    judged: Judged,
    closes: bool,
    client: Client,
    body: PassedOn,
}

impl Passing {
    /// The request as its host reads it.
    fn whole(mut self) -> Message {
        self.body.finish();
        let PassedOn { out, data, .. } = self.body;
        let text = out.escape_ascii();
        let mut host = strict::read(&out, Framing::Request)
            .unwrap_or_else(|what| panic!("a host would get {text}: {what}"));
        assert_eq!(host.body, data, "{text}");
        self.client.compare(&host);
        read_again(&out, &data);
        for (name, value) in &mut host.fields {
            // One of ours is another each time.
            if name == "x-request-id" && value.len() == 36 {
                value.clear();
            }
        }
        host
    }
}

/// By the same codec it is the same, and nothing is left.
fn read_again(out: &[u8], body: &[u8]) {
    let mut room = Room::new(200);
    let parsed = RequestHead::parse(out, &mut room).expect("a head was written");
    let (head, size) = parsed.expect("all of it");
    let length = Length::of_request(&head).expect("it says its length");
    let mut decoder = Decoder::new(length, 0);
    let (mut rest, mut data) = (&out[size..], Vec::new());
    while !decoder.has_ended() {
        let decoded = decoder.decode(rest).expect("a body was written");
        assert!(decoded.consumed > 0, "all of it");
        data.extend_from_slice(decoded.data);
        rest = &rest[decoded.consumed..];
    }
    assert_eq!((&data[..], rest), (body, &b""[..]));
}

/// What the client asked, as far as it must arrive.
struct Client {
    method: String,
    fields: Vec<(String, Vec<u8>)>,
    named: Vec<String>,
}

impl Client {
    fn of(head: &RequestHead<'_>) -> Self {
        let fields = head.fields.iter();
        let named = head.fields.list("connection");
        Self {
            method: head.method.to_owned(),
            fields: fields
                .map(|(name, value)| (name.to_ascii_lowercase(), value.to_vec()))
                .collect(),
            named: named
                .map(|option| String::from_utf8_lossy(option).to_ascii_lowercase())
                .collect(),
        }
    }

    fn compare(&self, host: &Message) {
        let [method, target, version] = &host.first[..] else {
            panic!("the first line is {:?}", host.first);
        };
        assert_eq!((method, &**version), (&self.method, "HTTP/1.1"));
        let is_sound = |byte: u8| byte.is_ascii_graphic() && byte != b'#';
        assert!(
            target.starts_with('/') && target.bytes().all(is_sound),
            "{target:?}"
        );
        let hosts = host.fields.iter().filter(|(name, _)| name == "host");
        assert_eq!(hosts.count(), 1, "{host:?}");
        assert_eq!(host.fields[0].0, "host");
        let is_never = |name: &String| NEVER.contains(&&**name);
        assert!(
            !host.fields.iter().any(|(name, _)| is_never(name)),
            "{host:?}"
        );
        let te = host.fields.iter().filter(|(name, _)| name == "te");
        assert!(te.into_iter().all(|(_, value)| value == b"trailers"));

        let is_passed = |(name, value): &&(String, Vec<u8>)| {
            let is_expected = name == "expect" && value.eq_ignore_ascii_case(b"100-continue");
            let is_wish = name.starts_with("x-envoy-");
            !OURS.contains(&&**name)
                && !is_never(name)
                && !is_expected
                && !is_wish
                && !self.named.contains(name)
        };
        let sent: Vec<_> = self.fields.iter().filter(is_passed).collect();
        let got: Vec<_> = host.fields.iter().filter(is_passed).collect();
        assert_eq!(sent, got, "in their order");
    }
}
