//! What decides how long a body is, and what does not.

use http1::{Length, Malformed, RequestHead, ResponseHead, Room, write};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use crate::check::check;
use crate::message;

type Line = (String, String);

/// What a message says of its length.
fn saying() -> impl Strategy<Value = Vec<Line>> {
    let length = select(
        &[
            "0",
            "5",
            "05",
            "6",
            "+5",
            "5, 5",
            "",
            "18446744073709551615",
        ][..],
    );
    let coding = select(&["chunked", "gzip", "gzip, chunked", "chunked, chunked", ""][..]);
    let line = prop_oneof![
        length.prop_map(|value| ("content-length".to_owned(), value.to_owned())),
        coding.prop_map(|value| ("transfer-encoding".to_owned(), value.to_owned())),
    ];
    vec(line, 0..3)
}

/// What it says beside it, some of it under names that are alike.
fn beside() -> impl Strategy<Value = Vec<Line>> {
    let alike = select(
        &[
            "content-lengt",
            "x-content-length",
            "transfer-encodings",
            "te",
        ][..],
    );
    let name = prop_oneof![alike.prop_map(str::to_owned), "x-[a-z]{1,5}"];
    let value = prop_oneof![
        Just("chunked".to_owned()),
        Just("7".to_owned()),
        "[ -~]{0,9}"
    ];
    vec((name, value), 0..5)
}

/// The lines in any order and case, with any blanks.
fn disguised(lines: Vec<Line>) -> impl Strategy<Value = Vec<u8>> {
    let size = lines.len();
    let lines = Just(lines).prop_shuffle();
    let case = vec(any::<[bool; 24]>(), size);
    let blanks = vec((message::blanks(), message::blanks()), size);
    (lines, case, blanks).prop_map(|(lines, case, blanks)| {
        let mut bytes = Vec::new();
        for (((name, value), case), (before, behind)) in lines.iter().zip(case).zip(blanks) {
            let in_case = |text: &str| -> String {
                let case = case.iter().cycle();
                let letters = text.chars().zip(case);
                letters
                    .map(|(letter, upper)| {
                        if *upper {
                            letter.to_ascii_uppercase()
                        } else {
                            letter
                        }
                    })
                    .collect()
            };
            let (name, value) = (in_case(name), in_case(value));
            bytes.extend_from_slice(format!("{name}:{before}{value}{behind}\r\n").as_bytes());
        }
        bytes
    })
}

/// Lines that say a length, and the same lines among others.
fn twice() -> impl Strategy<Value = (Vec<u8>, Vec<u8>)> {
    (saying(), beside()).prop_flat_map(|(saying, beside)| {
        let mut plain = Vec::new();
        for (name, value) in &saying {
            write::field(&mut plain, name, value.as_bytes());
        }
        (Just(plain), disguised([saying, beside].concat()))
    })
}

fn of_request(version: &str, lines: &[u8]) -> Result<Length, Malformed> {
    let bytes = [format!("POST / {version}\r\n").as_bytes(), lines, b"\r\n"].concat();
    let mut room = Room::new(9);
    let (head, _) = RequestHead::parse(&bytes, &mut room).unwrap().unwrap();
    Length::of_request(&head)
}

fn of_response(first: &str, lines: &[u8], to_head: bool) -> Result<Length, Malformed> {
    let bytes = [format!("{first}\r\n").as_bytes(), lines, b"\r\n"].concat();
    let mut room = Room::new(9);
    let (head, _) = ResponseHead::parse(&bytes, &mut room).unwrap().unwrap();
    Length::of_response(&head, to_head)
}

#[test]
fn case_order_blanks_and_other_fields_do_not_change_the_length_of_a_request() {
    let version = select(&["HTTP/1.0", "HTTP/1.1"][..]);
    check(&(version, twice()), |(version, (plain, disguised))| {
        prop_assert_eq!(
            of_request(version, &plain),
            of_request(version, &disguised),
            "{}",
            disguised.escape_ascii()
        );
        Ok(())
    });
}

#[test]
fn case_order_blanks_and_other_fields_do_not_change_the_length_of_a_response() {
    let version = select(&["HTTP/1.0", "HTTP/1.1"][..]);
    let status = select(&[103, 200, 204, 304, 404][..]);
    let responses = (version, status, any::<bool>(), twice());
    check(
        &responses,
        |(version, status, to_head, (plain, disguised))| {
            let first = format!("{version} {status}");
            prop_assert_eq!(
                of_response(&first, &plain, to_head),
                of_response(&first, &disguised, to_head),
                "{}",
                disguised.escape_ascii()
            );
            Ok(())
        },
    );
}

/// Whoever reads only one of them must come to the same end.
#[test]
fn a_request_that_is_taken_says_its_length_in_one_line() {
    let version = select(&["HTTP/1.0", "HTTP/1.1"][..]);
    check(&(version, saying()), |(version, saying)| {
        let mut lines = Vec::new();
        for (name, value) in &saying {
            write::field(&mut lines, name, value.as_bytes());
        }
        match of_request(version, &lines) {
            Ok(Length::ToTheEnd) => prop_assert!(false, "no request goes to the end"),
            Ok(Length::Chunked) => {
                prop_assert_eq!(version, "HTTP/1.1");
                prop_assert_eq!(saying, [("transfer-encoding".into(), "chunked".into())]);
            }
            Ok(Length::Bytes(length)) => match &saying[..] {
                [] => prop_assert_eq!(length, 0),
                [(name, value)] => {
                    prop_assert_eq!(name, "content-length");
                    prop_assert_eq!(value.parse(), Ok(length));
                }
                _ => prop_assert!(false, "{saying:?}"),
            },
            Err(malformed) => {
                prop_assert!(matches!(malformed, Malformed::Length | Malformed::Coding));
                prop_assert!(!saying.is_empty());
            }
        }
        Ok(())
    });
}
