//! A body on its way through the codec, as the data plane passes it on.

use http1::{Decoder, Length, Malformed, write};

/// What has come of it, and the message it goes on in.
pub(crate) struct PassedOn {
    decoder: Decoder,
    is_chunked: bool,
    pub(crate) data: Vec<u8>,
    /// The message, which began with its head.
    pub(crate) out: Vec<u8>,
}

impl PassedOn {
    /// A body of `length`, which may have as many bytes as `overhead` around its chunks, after the head in `out`.
    /// What ends with the connection goes on in chunks.
    pub(crate) fn new(length: Length, overhead: usize, out: Vec<u8>) -> Self {
        Self {
            decoder: Decoder::new(length, overhead),
            is_chunked: matches!(length, Length::Chunked | Length::ToTheEnd),
            data: Vec::new(),
            out,
        }
    }

    /// Passes on what of it is there, and leaves the rest unread.
    pub(crate) fn read(&mut self, unread: &mut Vec<u8>) -> Result<(), Malformed> {
        let mut consumed = 0;
        while !self.decoder.has_ended() && consumed < unread.len() {
            let decoded = self.decoder.decode(&unread[consumed..])?;
            consumed += decoded.consumed;
            self.data.extend_from_slice(decoded.data);
            if self.is_chunked {
                write::chunk(&mut self.out, decoded.data);
            } else {
                self.out.extend_from_slice(decoded.data);
            }
        }
        unread.drain(..consumed);
        Ok(())
    }

    /// Whether that was all.
    pub(crate) fn has_ended(&self) -> bool {
        self.decoder.has_ended()
    }

    /// The connection it came on has ended; whether the body may.
    pub(crate) fn end(&mut self) -> bool {
        self.decoder.end().is_ok()
    }

    /// Says in the message that this was all.
    pub(crate) fn finish(&mut self) {
        if self.is_chunked {
            self.out.extend_from_slice(write::LAST_CHUNK);
        }
    }
}
