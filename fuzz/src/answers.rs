//! A host's connection, from its bytes to those that a client gets for its request.

use http1::{Length, Malformed, ResponseHead, Room};
use ingress::proxy::{Answered, Heads};

use crate::passed_on::PassedOn;
use crate::strict::{self, Framing, Message};

/// How many fields an answer may have, and how much may stand around its chunks.
const MOST_FIELDS: usize = 100;
const OVERHEAD: usize = 80 << 10;

/// What of the head for a client is not the host's.
const OURS: [&str; 6] = [
    "connection",
    "content-length",
    "date",
    "server",
    "transfer-encoding",
    "x-envoy-upstream-service-time",
];

/// What came of the bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Came {
    /// There is no whole head.
    Nothing,
    /// The client gets it, and so much is left for the next answer.
    Passed(Message, usize),
    /// So much of its body is here.
    Begun(Answered, Vec<u8>),
    /// This is wrong with its body.
    Broken(Malformed, Vec<u8>),
    /// This is wrong with its head.
    Malformed(Malformed),
    /// It is none that could be passed on.
    Refused,
}

/// What is known before the answer comes.
#[derive(Clone, Copy)]
struct Asked {
    to_head: bool,
    closes: bool,
}

/// Panics where a client would get anything but the host's one answer, or where it matters how the bytes were cut. The
/// first byte says how large the pieces are, whether the method was HEAD, and whether the connection ends.
pub fn hold(bytes: &[u8]) {
    let Some((&first, bytes)) = bytes.split_first() else {
        return;
    };
    let size = usize::from(first >> 2).max(1);
    let asked = Asked {
        to_head: first & 1 != 0,
        closes: first & 2 != 0,
    };
    let whole = answer(asked, [bytes].into_iter());
    let cut = answer(asked, bytes.chunks(size));
    assert_eq!(whole, cut, "in pieces of {size}");
}

fn answer<'b>(asked: Asked, pieces: impl Iterator<Item = &'b [u8]>) -> Came {
    let mut unread: Vec<u8> = Vec::new();
    let mut passing: Option<Passing> = None;
    for piece in pieces {
        unread.extend_from_slice(piece);
        while passing.is_none() && !unread.is_empty() {
            let mut room = Room::new(MOST_FIELDS);
            let (head, size) = match ResponseHead::parse(&unread, &mut room) {
                Ok(Some(parsed)) => parsed,
                Ok(None) => break,
                Err(malformed) => return Came::Malformed(malformed),
            };
            let mut out = Vec::new();
            match Heads::to_client(&head, asked.to_head, asked.closes, &mut out) {
                Answered::Interim => assert!(out.is_empty()),
                Answered::Refused => return Came::Refused,
                Answered::Passed(length) => passing = Some(Passing::new(asked, &head, length, out)),
            }
            unread.drain(..size);
        }
        let Some(passing) = &mut passing else {
            continue;
        };
        if let Err(malformed) = passing.body.read(&mut unread) {
            return Came::Broken(malformed, passing.body.data.clone());
        }
    }
    let Some(mut passing) = passing else {
        return Came::Nothing;
    };
    if !passing.body.end() {
        return Came::Begun(Answered::Passed(passing.length), passing.body.data);
    }
    Came::Passed(passing.whole(), unread.len())
}

/// An answer on its way to a client.
struct Passing {
    asked: Asked,
    status: u16,
    fields: Vec<(String, Vec<u8>)>,
    length: Length,
    body: PassedOn,
}

impl Passing {
    fn new(asked: Asked, head: &ResponseHead<'_>, length: Length, out: Vec<u8>) -> Self {
        let fields = head.fields.iter();
        Self {
            asked,
            status: head.status.as_u16(),
            fields: fields
                .map(|(name, value)| (name.to_ascii_lowercase(), unfolded(value)))
                .collect(),
            length,
            body: PassedOn::new(length, OVERHEAD, out),
        }
    }

    /// The answer as its client reads it.
    fn whole(mut self) -> Message {
        self.body.finish();
        let PassedOn { out, data, .. } = self.body;
        let has_none = self.asked.to_head || matches!(self.status, 204 | 304);
        let framing = if has_none {
            Framing::Nothing
        } else {
            Framing::Answer
        };
        let text = out.escape_ascii();
        let mut client = strict::read(&out, framing)
            .unwrap_or_else(|what| panic!("a client would get {text}: {what}"));
        assert_eq!(client.body, data, "{text}");
        assert_eq!(client.first[..2], ["HTTP/1.1", &self.status.to_string()]);
        let is_passed = |(name, _): &&(String, Vec<u8>)| {
            let is_hop = ["keep-alive", "proxy-connection", "upgrade"].contains(&&**name);
            !OURS.contains(&&**name) && !is_hop
        };
        let sent: Vec<_> = self.fields.iter().filter(is_passed).collect();
        let got: Vec<_> = client.fields.iter().filter(is_passed).collect();
        assert_eq!(sent, got, "in their order");
        let of = |wanted: &str| {
            client
                .fields
                .iter()
                .filter(|(name, _)| name == wanted)
                .count()
        };
        assert_eq!(of("server"), 1);
        assert_eq!(of("connection"), usize::from(self.asked.closes));
        // The time goes on.
        client.fields.retain(|(name, _)| name != "date");
        client
    }
}

/// A value on one line: line ends and the blanks around them become one blank.
fn unfolded(value: &[u8]) -> Vec<u8> {
    if !value.contains(&b'\n') && !value.contains(&b'\r') {
        return value.to_vec();
    }
    let lines = value.split(|&byte| byte == b'\n').map(<[u8]>::trim_ascii);
    lines.collect::<Vec<_>>().join(&b' ')
}
