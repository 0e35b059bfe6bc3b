//! Bodies that were written are found again.

use http1::{Length, Malformed, write};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::check::check;
use crate::cut::{cuts, pieces};
use crate::found::{Found, find};
use crate::message::{self, text};

/// As much as any body here has around its data.
const OVERHEAD: usize = 4_096;

fn data() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        4 => vec(any::<u8>(), 0..40),
        1 => vec(any::<u8>(), 200..5_000),
    ]
}

/// What may stand behind the digits of a size.
fn behind_a_size() -> impl Strategy<Value = Vec<u8>> {
    let extension = (message::blanks(), text()).prop_map(|(blanks, text)| {
        let mut extension = blanks.into_bytes();
        extension.push(b';');
        extension.extend(text);
        extension
    });
    prop_oneof![
        2 => Just(Vec::new()),
        1 => message::blanks().prop_map(String::into_bytes),
        2 => extension,
    ]
}

/// Body, connection from the body on, and how much of it comes behind the body.
fn in_chunks() -> impl Strategy<Value = (Vec<u8>, Vec<u8>, Vec<u8>)> {
    let chunks = vec((data(), behind_a_size(), "0{0,3}"), 0..5);
    let trailers = vec((message::name(), message::blanks(), text()), 0..4);
    (chunks, trailers, behind_a_size(), data()).prop_map(|(chunks, trailers, last, behind)| {
        let (mut body, mut bytes) = (Vec::new(), Vec::new());
        for (data, behind_the_size, zeros) in chunks {
            body.extend_from_slice(&data);
            let mut chunk = Vec::new();
            write::chunk(&mut chunk, &data);
            let size = chunk.iter().position(|&byte| byte == b'\r').unwrap_or(0);
            if size > 0 {
                bytes.extend_from_slice(zeros.as_bytes());
                bytes.extend_from_slice(&chunk[..size]);
                bytes.extend_from_slice(&behind_the_size);
                bytes.extend_from_slice(&chunk[size..]);
            }
        }
        if last.is_empty() && trailers.is_empty() {
            bytes.extend_from_slice(write::LAST_CHUNK);
        } else {
            bytes.extend_from_slice(b"0");
            bytes.extend_from_slice(&last);
            bytes.extend_from_slice(b"\r\n");
            for (name, blanks, value) in trailers {
                bytes.extend_from_slice(format!("{name}:{blanks}").as_bytes());
                bytes.extend_from_slice(&value);
                bytes.extend_from_slice(b"\r\n");
            }
            bytes.extend_from_slice(b"\r\n");
        }
        bytes.extend_from_slice(&behind);
        (body, bytes, behind)
    })
}

#[test]
fn a_body_in_chunks_is_the_same_however_it_was_written_and_cut() {
    check(&(in_chunks(), cuts()), |((body, bytes, behind), cuts)| {
        let found = find(Length::Chunked, OVERHEAD, &pieces(&bytes, &cuts));
        let expected = Found {
            data: body,
            ended: Ok(true),
            rest: behind,
        };
        prop_assert_eq!(found, expected);
        Ok(())
    });
}

#[test]
fn a_body_in_chunks_has_not_ended_before_its_last_byte() {
    let cut = any::<prop::sample::Index>();
    check(&(in_chunks(), cut), |((body, bytes, behind), cut)| {
        let whole = &bytes[..bytes.len() - behind.len()];
        let part = &whole[..cut.index(whole.len())];
        let found = find(Length::Chunked, OVERHEAD, &[part]);
        prop_assert_eq!(found.ended, Ok(false));
        prop_assert!(body.starts_with(&found.data));
        Ok(())
    });
}

#[test]
fn what_stands_around_the_data_is_refused_as_soon_as_it_is_too_much() {
    check(
        &(in_chunks(), 0..64_usize),
        |((body, bytes, _), overhead)| {
            let found = find(Length::Chunked, overhead, &[&bytes]);
            match found.ended {
                Ok(ended) => prop_assert!(ended && found.data == body),
                Err(malformed) => {
                    prop_assert_eq!(malformed, Malformed::ChunkTooLarge);
                    prop_assert!(body.starts_with(&found.data));
                }
            }
            Ok(())
        },
    );
}

#[test]
fn a_body_of_a_length_is_so_long_and_what_comes_behind_it_is_left() {
    check(&(data(), data(), cuts()), |(body, behind, cuts)| {
        let bytes = [&body[..], &behind].concat();
        let length = Length::Bytes(body.len() as u64);
        let found = find(length, 0, &pieces(&bytes, &cuts));
        let expected = Found {
            data: body,
            ended: Ok(true),
            rest: behind,
        };
        prop_assert_eq!(found, expected);
        Ok(())
    });
}
