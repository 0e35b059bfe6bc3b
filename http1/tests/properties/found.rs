//! What a decoder finds.

use http1::{Decoder, Length, Malformed};

/// What was found in pieces of a connection.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) data: Vec<u8>,
    /// Whether the body has ended, or why there is none.
    pub(crate) ended: Result<bool, Malformed>,
    /// What was left behind the body.
    pub(crate) rest: Vec<u8>,
}

/// Gives `pieces` to a decoder, and panics where it stands still before its body has ended.
pub(crate) fn find(length: Length, overhead: usize, pieces: &[&[u8]]) -> Found {
    let mut decoder = Decoder::new(length, overhead);
    let mut data = Vec::new();
    let mut rest = Vec::new();
    for mut piece in pieces.iter().copied() {
        while !piece.is_empty() && !decoder.has_ended() {
            let decoded = match decoder.decode(piece) {
                Ok(decoded) => decoded,
                Err(malformed) => {
                    let ended = Err(malformed);
                    return Found { data, ended, rest };
                }
            };
            assert!(decoded.consumed > 0, "nothing is consumed of {piece:?}");
            assert!(decoded.data.len() <= decoded.consumed);
            data.extend_from_slice(decoded.data);
            piece = &piece[decoded.consumed..];
        }
        if decoder.has_ended() {
            let nothing = decoder.decode(piece).map(|decoded| decoded.consumed);
            assert_eq!(nothing, Ok(0), "what comes behind a body is not its own");
        }
        rest.extend_from_slice(piece);
    }
    let ended = Ok(decoder.has_ended());
    Found { data, ended, rest }
}
