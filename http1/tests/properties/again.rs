//! What was taken means the same when it is written again, whatever it was.

use http1::{Length, RequestHead, ResponseHead, Room, write};
use proptest::prelude::*;

use crate::bytes::bytes;
use crate::check::check;

#[test]
fn whatever_was_taken_for_a_request_is_the_same_request_when_it_is_written_again() {
    let heads = bytes().prop_map(|bytes| [b"GET / HTTP/1.1\r\n", &bytes[..], b"\r\n\r\n"].concat());
    check(&prop_oneof![bytes(), heads], |bytes| {
        let mut room = Room::new(100);
        let Ok(Some((head, _))) = RequestHead::parse(&bytes, &mut room) else {
            return Ok(());
        };
        let mut again = Vec::new();
        write::request_line(&mut again, head.method, &[head.target]);
        for (name, value) in head.fields.iter() {
            write::field(&mut again, name, value);
        }
        write::end_of_head(&mut again);
        let mut room = Room::new(100);
        let (second, consumed) = RequestHead::parse(&again, &mut room).unwrap().unwrap();
        prop_assert_eq!(consumed, again.len());
        prop_assert_eq!((head.method, head.target), (second.method, second.target));
        let lower = |(name, value): (&str, &[u8])| (name.to_ascii_lowercase(), value.to_vec());
        let lines: Vec<_> = head.fields.iter().map(lower).collect();
        prop_assert_eq!(lines, second.fields.iter().map(lower).collect::<Vec<_>>());
        Ok(())
    });
}

#[test]
fn a_response_that_is_written_again_has_the_length_that_it_had() {
    let heads =
        bytes().prop_map(|bytes| [b"HTTP/1.1 200 OK\r\n", &bytes[..], b"\r\n\r\n"].concat());
    check(&prop_oneof![bytes(), heads], |bytes| {
        let mut room = Room::new(100);
        let Ok(Some((head, _))) = ResponseHead::parse(&bytes, &mut room) else {
            return Ok(());
        };
        let mut again = Vec::new();
        write::status_line(&mut again, head.status, "");
        for (name, value) in head.fields.iter() {
            write::field(&mut again, name, value);
        }
        write::end_of_head(&mut again);
        let mut room = Room::new(100);
        let (second, consumed) = ResponseHead::parse(&again, &mut room).unwrap().unwrap();
        prop_assert_eq!(consumed, again.len());
        let length = Length::of_response(&head, false);
        // The first may be of HTTP/1.0, where chunks are refused; what is written is HTTP/1.1.
        if length.is_ok() {
            prop_assert_eq!(length, Length::of_response(&second, false));
        }
        Ok(())
    });
}
