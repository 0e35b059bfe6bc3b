//! Random messages, made of what is sound and of what is in the tables.

use http1::write;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use crate::tables::{ANSWERS, CHUNKS, FIRST_LINES, LENGTHS, POSTS, STATUS_LINES, TO_HEAD};

/// First lines: plain ones, ones with any target, and those of the table.
fn first() -> impl Strategy<Value = String> {
    let targets = prop_oneof![
        "[!-~ä]{1,6}",
        "/[!-~]{0,6}",
        "http://[!-~]{1,6}",
        "[:/a?*@.]{1,8}"
    ];
    prop_oneof![
        6 => Just("POST /plain HTTP/1.1\r\n".to_owned()),
        1 => Just("POST /old HTTP/1.0\r\nConnection: keep-alive\r\n".to_owned()),
        2 => targets.prop_map(|target| format!("POST {target} HTTP/1.1\r\n")),
        1 => select(FIRST_LINES).prop_map(|(first, _)| first.to_owned()),
    ]
}

/// What says a body's length, and the body: as they should be, or as they are in the table.
fn said() -> impl Strategy<Value = (String, String)> {
    let owned = |(fields, body): (&str, &str)| (fields.to_owned(), body.to_owned());
    let plain = "[a-z\r\n]{0,9}";
    let posts = select(POSTS).prop_map(|(fields, body, _)| (fields, body));
    let chunks = select(CHUNKS).prop_map(|(chunks, _)| ("Transfer-Encoding: chunked\r\n", chunks));
    prop_oneof![
        1 => Just((String::new(), String::new())),
        2 => plain.prop_map(|body| (format!("Content-Length: {}\r\n", body.len()), body)),
        2 => vec(plain, 0..3).prop_map(|parts| {
            let mut body = Vec::new();
            parts.iter().for_each(|part| write::chunk(&mut body, part.as_bytes()));
            body.extend_from_slice(write::LAST_CHUNK);
            ("Transfer-Encoding: chunked\r\n".to_owned(), String::from_utf8(body).unwrap())
        }),
        2 => chunks.prop_map(owned),
        1 => posts.prop_map(owned),
    ]
}

/// Fields beside those.
fn beside() -> impl Strategy<Value = String> {
    prop_oneof![
        5 => "(x: [ -~\t]{0,5}\r\n){0,2}",
        1 => select(POSTS).prop_map(|(fields, _, _)| fields.to_owned()),
    ]
}

pub(crate) fn request() -> impl Strategy<Value = String> {
    (first(), beside(), said(), beside()).prop_map(|(first, before, (fields, body), behind)| {
        format!("{first}{before}{fields}{behind}\r\n{body}")
    })
}

pub(crate) fn response() -> impl Strategy<Value = String> {
    let statuses = prop_oneof![Just(200), select(&[100, 101, 103, 204, 205, 304, 404][..])];
    let made = (statuses, beside(), said()).prop_map(|(status, before, (fields, body))| {
        format!("HTTP/1.1 {status} any\r\n{before}{fields}\r\n{body}")
    });
    let of_table = prop_oneof![
        select(STATUS_LINES),
        select(LENGTHS),
        select(ANSWERS),
        select(TO_HEAD)
    ];
    let of_table = (of_table, beside());
    let of_table = of_table.prop_map(|((head, body, _), more)| format!("{head}{more}\r\n{body}"));
    vec(prop_oneof![made, of_table], 1..3).prop_map(|responses| responses.concat())
}
