//! Bytes that nobody meant.

use http1::{Length, Malformed, RequestHead, ResponseHead, Room, Target};
use proptest::prelude::*;
use proptest::sample::Index;

use crate::bytes::bytes;
use crate::check::check;
use crate::cut::{cuts, pieces};
use crate::found::find;

fn length() -> impl Strategy<Value = Length> {
    prop_oneof![
        5 => Just(Length::Chunked),
        1 => (0..50_u64).prop_map(Length::Bytes),
        1 => Just(Length::Bytes(u64::MAX)),
        1 => Just(Length::ToTheEnd),
    ]
}

#[test]
fn what_a_decoder_makes_of_anything_does_not_depend_on_how_it_is_cut() {
    let streams = (length(), 0..40_usize, bytes(), cuts());
    check(&streams, |(length, overhead, bytes, cuts)| {
        let whole = find(length, overhead, &[&bytes]);
        prop_assert_eq!(&whole, &find(length, overhead, &pieces(&bytes, &cuts)));
        let single: Vec<_> = bytes.chunks(1).collect();
        prop_assert_eq!(&whole, &find(length, overhead, &single));
        Ok(())
    });
}

/// All that can be told of a request in one value.
fn request(bytes: &[u8], most: usize) -> Result<Option<String>, Malformed> {
    let mut room = Room::new(most);
    let parsed = RequestHead::parse(bytes, &mut room)?;
    Ok(parsed.map(|(head, consumed)| {
        let target = Target::parse(head.target);
        let length = Length::of_request(&head);
        format!("{consumed} {head:?} {target:?} {length:?}")
    }))
}

fn response(bytes: &[u8], most: usize) -> Result<Option<String>, Malformed> {
    let mut room = Room::new(most);
    let parsed = ResponseHead::parse(bytes, &mut room)?;
    Ok(parsed.map(|(head, consumed)| {
        let length = Length::of_response(&head, false);
        format!("{consumed} {head:?} {length:?}")
    }))
}

#[test]
fn what_is_told_of_a_head_stays_true_when_more_bytes_come() {
    let heads = (bytes(), 0..5_usize, any::<Index>());
    check(&heads, |(bytes, most, cut)| {
        let part = &bytes[..cut.index(bytes.len() + 1)];
        for parse in [request, response] {
            let before = parse(part, most);
            if before != Ok(None) {
                prop_assert_eq!(before, parse(&bytes, most));
            }
        }
        Ok(())
    });
}
