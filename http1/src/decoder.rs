//! The bytes of a body among those of its connection.

use crate::chunked::Chunks;
use crate::{Length, Malformed};

/// Finds the bytes of one body in what comes, however it is cut.
#[derive(Clone, Debug)]
pub struct Decoder(State);

#[derive(Clone, Debug)]
enum State {
    /// So many bytes are to come.
    Bytes(u64),
    Chunked(Chunks),
    ToTheEnd,
    Ended,
}

/// What is at the beginning of the bytes that came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decoded<'b> {
    /// Bytes of the body; none where there is nothing but what stands around them.
    pub data: &'b [u8],
    /// How many bytes are done with, those of `data` among them.
    pub consumed: usize,
}

impl Decoder {
    /// For a body that is so long. What stands around the data of chunks, their extensions and trailers, may be
    /// `overhead` bytes long in all.
    pub fn new(length: Length, overhead: usize) -> Self {
        Self(match length {
            Length::Bytes(0) => State::Ended,
            Length::Bytes(length) => State::Bytes(length),
            Length::Chunked => State::Chunked(Chunks::new(overhead)),
            Length::ToTheEnd => State::ToTheEnd,
        })
    }

    /// Whether the whole body has been found. What comes now belongs to the next message.
    pub fn has_ended(&self) -> bool {
        match &self.0 {
            State::Bytes(left) => *left == 0,
            State::Chunked(chunks) => chunks.has_ended(),
            State::ToTheEnd => false,
            State::Ended => true,
        }
    }

    /// Takes what is at the beginning of `bytes`. Unless they are empty or the body has ended, something is
    /// consumed.
    ///
    /// # Errors
    /// [`Malformed::Chunk`] and [`Malformed::ChunkTooLarge`]; then there is nothing more to be found.
    pub fn decode<'b>(&mut self, bytes: &'b [u8]) -> Result<Decoded<'b>, Malformed> {
        let data = match &mut self.0 {
            State::Chunked(chunks) => return chunks.decode(bytes),
            State::Bytes(left) => {
                let n = usize::try_from(*left).map_or(bytes.len(), |left| left.min(bytes.len()));
                *left -= n as u64;
                &bytes[..n]
            }
            State::ToTheEnd => bytes,
            State::Ended => &[],
        };
        let consumed = data.len();
        Ok(Decoded { data, consumed })
    }

    /// The connection has ended.
    ///
    /// # Errors
    /// [`Malformed::Incomplete`] where the body had not.
    pub fn end(&mut self) -> Result<(), Malformed> {
        if let State::ToTheEnd = self.0 {
            self.0 = State::Ended;
        }
        self.has_ended().then_some(()).ok_or(Malformed::Incomplete)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_of_a_length_leaves_what_comes_behind_it() {
        let mut decoder = Decoder::new(Length::Bytes(5), 0);
        let first = decoder.decode(b"pur").unwrap();
        assert_eq!((first.data, first.consumed), (&b"pur"[..], 3));
        assert_eq!(decoder.clone().end(), Err(Malformed::Incomplete));
        let rest = decoder.decode(b"plGET").unwrap();
        assert_eq!((rest.data, rest.consumed), (&b"pl"[..], 2));
        assert!(decoder.has_ended());
        assert_eq!(decoder.decode(b"GET").unwrap().consumed, 0);
        assert_eq!(decoder.end(), Ok(()));
    }

    #[test]
    fn a_body_to_the_end_ends_with_its_connection() {
        let mut decoder = Decoder::new(Length::ToTheEnd, 0);
        assert_eq!(decoder.decode(b"purple").unwrap().data, b"purple");
        assert!(!decoder.has_ended());
        assert_eq!(decoder.end(), Ok(()));
        assert!(decoder.has_ended());
    }

    #[test]
    fn no_body_has_ended_before_it_begins() {
        assert!(Decoder::new(Length::Bytes(0), 0).has_ended());
    }
}
