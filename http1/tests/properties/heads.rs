//! Heads that were written are understood, and can be written again.

use http::StatusCode;
use http1::{Fields, RequestHead, ResponseHead, Room, Version, write};
use proptest::prelude::*;
use proptest::sample::Index;

use crate::check::check;
use crate::message::{self, Line, folded_lines, lines, text};

const MOST: usize = 8;

/// A head with `lines` and bytes behind it, and how long it is without them.
fn head(first: &[u8], lines: &[Line]) -> (Vec<u8>, usize) {
    let mut bytes = first.to_vec();
    lines.iter().for_each(|line| line.write(&mut bytes));
    write::end_of_head(&mut bytes);
    let length = bytes.len();
    bytes.extend_from_slice(b"\r\nbody");
    (bytes, length)
}

fn version() -> impl Strategy<Value = Version> {
    prop_oneof![Just(Version::Http10), Just(Version::Http11)]
}

fn digits(version: Version) -> &'static str {
    match version {
        Version::Http10 => "HTTP/1.0",
        Version::Http11 => "HTTP/1.1",
    }
}

/// The fields as they go out again.
fn written(fields: Fields<'_>) -> Vec<u8> {
    let mut out = Vec::new();
    for (name, value) in fields.iter() {
        write::field(&mut out, name, value);
    }
    write::end_of_head(&mut out);
    out
}

fn meant(lines: &[Line]) -> Vec<(String, Vec<u8>)> {
    lines.iter().map(Line::meant).collect()
}

fn owned(fields: Fields<'_>) -> Vec<(String, Vec<u8>)> {
    let lines = fields.iter();
    lines
        .map(|(name, value)| (name.to_owned(), value.to_vec()))
        .collect()
}

#[test]
fn a_request_is_read_as_it_was_meant_and_again_as_it_was_written() {
    let requests = (
        "(\r\n){0,2}",
        message::method(),
        message::target(),
        version(),
        lines(),
    );
    check(&requests, |(empty, method, target, version, lines)| {
        let first = format!("{empty}{method} {target} {}\r\n", digits(version));
        let (bytes, length) = head(first.as_bytes(), &lines);
        let mut room = Room::new(MOST);
        let (head, consumed) = RequestHead::parse(&bytes, &mut room).unwrap().unwrap();
        prop_assert_eq!(consumed, length);
        prop_assert_eq!((head.method, head.target), (&*method, &*target));
        prop_assert_eq!(head.version, version);
        let names: Vec<_> = head.fields.iter().map(|(name, _)| name).collect();
        let sent: Vec<_> = lines.iter().map(|line| &*line.name).collect();
        prop_assert_eq!(names, sent);

        let mut again = Vec::new();
        write::request_line(&mut again, head.method, &[head.target]);
        again.extend(written(head.fields));
        let mut room = Room::new(MOST);
        let (head, consumed) = RequestHead::parse(&again, &mut room).unwrap().unwrap();
        prop_assert_eq!(consumed, again.len());
        prop_assert_eq!((head.method, head.target), (&*method, &*target));
        prop_assert_eq!(owned(head.fields), meant(&lines));
        Ok(())
    });
}

#[test]
fn a_response_is_read_as_it_was_meant_and_again_as_it_was_written() {
    let responses = (100..1_000_u16, text(), version(), folded_lines());
    check(&responses, |(status, reason, version, lines)| {
        let mut first = format!("{} {status} ", digits(version)).into_bytes();
        first.extend(reason);
        first.extend_from_slice(b"\r\n");
        let (bytes, length) = head(&first, &lines);
        let mut room = Room::new(MOST);
        let (head, consumed) = ResponseHead::parse(&bytes, &mut room).unwrap().unwrap();
        prop_assert_eq!(consumed, length);
        prop_assert_eq!(head.status, StatusCode::from_u16(status).unwrap());
        prop_assert_eq!(head.version, version);

        let mut again = Vec::new();
        write::status_line(&mut again, head.status, "any");
        again.extend(written(head.fields));
        let mut room = Room::new(MOST);
        let (head, consumed) = ResponseHead::parse(&again, &mut room).unwrap().unwrap();
        prop_assert_eq!(consumed, again.len());
        prop_assert_eq!(owned(head.fields), meant(&lines));
        Ok(())
    });
}

#[test]
fn a_part_of_a_head_is_none_yet() {
    let first = (message::method(), message::target());
    let heads = (first, lines(), folded_lines(), any::<Index>());
    check(&heads, |((method, target), lines, folded, cut)| {
        let first = format!("\r\n{method} {target} HTTP/1.1\r\n");
        let (bytes, length) = head(first.as_bytes(), &lines);
        let mut room = Room::new(MOST);
        let parsed = RequestHead::parse(&bytes[..cut.index(length)], &mut room);
        prop_assert!(parsed.unwrap().is_none());

        let (bytes, length) = head(b"HTTP/1.1 200 OK\r\n", &folded);
        let mut room = Room::new(MOST);
        let parsed = ResponseHead::parse(&bytes[..cut.index(length)], &mut room);
        prop_assert!(parsed.unwrap().is_none());
        Ok(())
    });
}
