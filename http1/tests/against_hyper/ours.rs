//! Readers made of this codec.

use http1::{Fields, Length, RequestHead, ResponseHead, Room, Target, Version, write};

use crate::reader::{Outcome, Reader};
use crate::seen::End;
use crate::whole::of_target;

/// As many fields as hyper takes.
const MOST: usize = 100;

/// Reads requests as a server does.
pub(crate) fn requests(bytes: &[u8]) -> Outcome {
    let mut reader = Reader::new(bytes);
    loop {
        let mut room = Room::new(MOST);
        let (head, consumed) = match RequestHead::parse(reader.rest, &mut room) {
            Ok(Some(parsed)) => parsed,
            Ok(None) => return reader.ended_before_a_head(),
            Err(malformed) => return reader.refused(Some(malformed)),
        };
        reader.refusal.target = head.target.to_owned();
        reader.refusal.lines = owned(head.fields);
        let Some(target) = Target::parse(head.target) else {
            return reader.refused(None);
        };
        let length = match Length::of_request(&head) {
            Ok(length) => length,
            Err(malformed) => return reader.refused(Some(malformed)),
        };
        let first = format!("{} {}", head.method, of_target(target));
        reader.message(first, consumed);
        let stays = stays(&head);
        if let Some(end) = reader.body(length) {
            return end;
        }
        if !stays {
            return reader.ended(End::Behind);
        }
    }
}

/// Reads the response to one request as a client does.
pub(crate) fn response(bytes: &[u8], to_head: bool) -> Outcome {
    let mut reader = Reader::new(bytes);
    loop {
        let mut room = Room::new(MOST);
        let (head, consumed) = match ResponseHead::parse(reader.rest, &mut room) {
            Ok(Some(parsed)) => parsed,
            Ok(None) => return reader.ended(End::Within),
            Err(malformed) => return reader.refused(Some(malformed)),
        };
        if head.is_interim() {
            reader.rest = &reader.rest[consumed..];
            continue;
        }
        reader.refusal.lines = owned(head.fields);
        let length = match Length::of_response(&head, to_head) {
            Ok(length) => length,
            Err(malformed) => return reader.refused(Some(malformed)),
        };
        reader.message(head.status.as_str().to_owned(), consumed);
        let end = reader.body(length);
        return end.unwrap_or_else(|| reader.ended(End::Behind));
    }
}

/// The fields as they would be written again, so without folds.
fn owned(fields: Fields<'_>) -> Vec<(String, Vec<u8>)> {
    let lines = fields.iter().map(|(name, value)| {
        let mut line = Vec::new();
        write::field(&mut line, name, value);
        let value = line[name.len() + 2..].strip_suffix(b"\r\n");
        (name.to_ascii_lowercase(), value.unwrap().to_vec())
    });
    lines.collect()
}

/// Whether another request may follow. Like hyper, it does not look at a line that has more than ASCII in it.
fn stays(head: &RequestHead<'_>) -> bool {
    let says = |option: &[u8]| {
        let lines = head.fields.all("connection");
        let mut options = lines
            .filter(|line| line.is_ascii())
            .flat_map(|line| line.split(|&byte| byte == b','));
        options.any(|of| of.trim_ascii().eq_ignore_ascii_case(option))
    };
    !says(b"close") && (head.version == Version::Http11 || says(b"keep-alive"))
}
