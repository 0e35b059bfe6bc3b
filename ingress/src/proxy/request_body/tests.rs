use std::convert::Infallible;
use std::task::Waker;

use super::*;

/// A client's body: what is left of it comes a byte at a time, each in a read buffer of its own.
struct Bytewise(Vec<u8>);

impl Body for Bytewise {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let next = (!self.0.is_empty()).then(|| self.0.remove(0));
        let frame = |byte| Ok(Frame::data(Bytes::from(vec![byte; 8 << 10]).slice(..1)));
        Poll::Ready(next.map(frame))
    }
}

fn tee(body: &[u8], keeps: bool) -> Tee<Bytewise> {
    Tee {
        body: Bytewise(body.to_vec()),
        kept: Kept::new(&Memory::default()),
        state: State::new(keeps),
        progress: Progress::Partial(Instant::now()),
    }
}

/// What an attempt that has `taken` so much gets in up to `n` parts.
fn send(tee: &mut Tee<Bytewise>, taken: &mut usize, n: usize) -> Vec<u8> {
    let mut cx = Context::from_waker(Waker::noop());
    let mut sent = Vec::new();
    for _ in 0..n {
        match tee.poll_chunk(&mut cx, taken) {
            Poll::Ready(Some(Ok(chunk))) => sent.extend_from_slice(&chunk),
            Poll::Ready(_) | Poll::Pending => break,
        }
    }
    sent
}

/// A client that sends each byte on its own makes the proxy hold bytes, not read buffers.
#[test]
fn ten_thousand_chunks_of_one_byte_take_about_ten_thousand_bytes() {
    let mut kept = Kept::new(&Memory::default());
    for n in 0..10_000_u32 {
        let read = Bytes::from(vec![n as u8; 8 << 10]);
        assert!(kept.add(&read.slice(..1)));
        assert!(read.is_unique(), "the buffer is free again");
    }
    assert_eq!(kept.bytes.len(), 10_000);
    assert!(kept.bytes.capacity() <= 20_000, "{}", kept.bytes.capacity());
    let expected: Vec<u8> = (0..10_000_u32).map(|n| n as u8).collect();
    assert_eq!(kept.piece(0).unwrap(), expected);
    assert_eq!(kept.piece(9_999).unwrap(), expected[9_999..]);
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
    let mut tee = tee(b"hello", false);
    assert_eq!(send(&mut tee, &mut 0, 9), b"hello");
    assert_eq!(tee.kept.bytes.capacity(), 0);
}

#[test]
fn a_second_attempt_sends_what_the_first_has_sent_and_goes_on() {
    let mut tee = tee(b"hello", true);
    assert_eq!(send(&mut tee, &mut 0, 2), b"he");
    assert_eq!(send(&mut tee, &mut 0, 9), b"hello");
    assert_eq!(tee.state, State::Kept);
}

/// The answer's head has been passed on while the body still arrives.
#[test]
fn once_there_is_no_further_attempt_nothing_more_is_kept() {
    let mut tee = tee(b"hello", true);
    assert_eq!(send(&mut tee, &mut 0, 2), b"he");
    tee.stop_keeping();
    let mut taken = 0;
    assert_eq!(
        send(&mut tee, &mut taken, 9),
        b"hello",
        "what was kept, and the rest"
    );
    assert_eq!((taken, tee.kept.bytes.capacity()), (0, 0));
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
