use super::kept::{KEPT, KEPT_IN_ALL, PIECE};
use super::*;

/// A body of five bytes, and its first attempt.
fn body(keeps: bool) -> (RequestBody, Sent) {
    let body = RequestBody::new(Length::Bytes(5), 0, keeps, &Memory::default());
    let sent = body.attempt();
    (body, sent)
}

/// Sends `bytes` as they come from the client, one at a time, behind what is kept.
fn send(body: &mut RequestBody, sent: &mut Sent, bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    while body.send_kept(sent, &mut out) {}
    for byte in bytes.chunks(1) {
        assert_eq!(body.send(byte, sent, &mut out), Ok(1));
    }
    out
}

/// A client that sends each byte on its own makes the proxy hold bytes, not read buffers.
#[test]
fn ten_thousand_chunks_of_one_byte_take_about_ten_thousand_bytes() {
    let mut kept = Kept::new(&Memory::default());
    let expected: Vec<u8> = (0..10_000_u32).map(|n| n as u8).collect();
    assert!(expected.chunks(1).all(|byte| kept.add(byte)));
    assert_eq!(kept.bytes.len(), 10_000);
    assert!(kept.bytes.capacity() <= 20_000, "{}", kept.bytes.capacity());
    assert_eq!(kept.piece(0).unwrap(), expected);
    assert_eq!(kept.piece(9_999).unwrap(), &expected[9_999..]);
    assert_eq!(kept.piece(10_000), None);
}

#[test]
fn no_more_is_held_than_may_be_kept() {
    let mut kept = Kept::new(&Memory::default());
    while kept.add(&[0; 1 << 10]) {}
    assert_eq!((kept.bytes.len(), kept.bytes.capacity()), (KEPT, KEPT));
    assert_eq!(kept.piece(1).unwrap().len(), PIECE, "a part at a time");
}

#[test]
fn nothing_is_kept_where_nothing_is_tried_again() {
    let (mut body, mut sent) = body(false);
    assert_eq!(send(&mut body, &mut sent, b"hello"), b"hello");
    assert_eq!(body.kept.bytes.capacity(), 0);
}

#[test]
fn a_second_attempt_sends_what_the_first_has_sent_and_goes_on() {
    let (mut body, mut first) = body(true);
    assert_eq!(send(&mut body, &mut first, b"he"), b"he");
    let mut second = body.attempt();
    assert_eq!(send(&mut body, &mut second, b"llo"), b"hello");
    assert!(body.is_kept());
    let mut third = body.attempt();
    assert_eq!(send(&mut body, &mut third, b""), b"hello");
    body.send_end(&mut third, &mut Vec::new());
    assert!(third.is_all() && body.is_complete());
}

/// The answer's head has been passed on while the body still arrives.
#[test]
fn once_there_is_no_further_attempt_nothing_more_is_kept() {
    let (mut body, mut first) = body(true);
    assert_eq!(send(&mut body, &mut first, b"he"), b"he");
    body.stop_keeping();
    let mut last = body.attempt();
    let all = send(&mut body, &mut last, b"llo");
    assert_eq!(all, b"hello", "what was kept, and the rest");
    assert_eq!((last.kept, body.kept.bytes.capacity()), (0, 0));
}

/// However many clients there are, and wherever their bodies end.
#[test]
fn all_bodies_together_take_no_more_than_they_may() {
    let memory = Memory::default();
    let chunk = [0; 100_000];
    let mut all: Vec<Kept> = Vec::new();
    for _ in 0..100 {
        let mut kept = Kept::new(&memory);
        while kept.add(&chunk) {}
        all.push(kept);
    }
    let held: usize = all.iter().map(|kept| kept.bytes.capacity()).sum();
    assert_eq!(held, memory.0.get());
    assert!(held <= KEPT_IN_ALL && held > KEPT_IN_ALL - KEPT, "{held}");
    all.pop_if(|last| last.bytes.is_empty())
        .expect("there was no room for all");
    all.remove(0);
    assert!(Kept::new(&memory).add(&chunk), "there is room again");
    drop(all);
    assert_eq!(memory.0.get(), 0);
}
