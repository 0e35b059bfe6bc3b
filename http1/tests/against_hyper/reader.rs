//! What a reader made of this codec keeps while it reads.

use http1::{Decoder, Length, Malformed};

use crate::seen::{End, Message, Seen};

/// About as much around chunks as hyper takes.
const OVERHEAD: usize = 16 * 1024;

/// Why this codec refused.
#[derive(Clone, Debug, Default)]
pub(crate) struct Refusal {
    /// None where it was the target.
    pub(crate) malformed: Option<Malformed>,
    /// Whether an empty line stood where a head was to begin.
    pub(crate) begins_empty: bool,
    /// Of the message that was refused, if it got so far.
    pub(crate) target: String,
    /// So too its fields.
    pub(crate) lines: Vec<(String, Vec<u8>)>,
    /// The bytes of its body, up to and with the one that was refused.
    pub(crate) body: Vec<u8>,
}

impl Refusal {
    pub(crate) fn values(&self, name: &str) -> Vec<&[u8]> {
        let lines = self.lines.iter().filter(|(of, _)| of == name);
        lines.map(|(_, value)| &value[..]).collect()
    }
}

/// What was seen, and why no more, where that was a refusal.
pub(crate) type Outcome = (Seen, Option<Refusal>);

pub(crate) struct Reader<'b> {
    pub(crate) rest: &'b [u8],
    messages: Vec<Message>,
    /// What a refusal would have to say.
    pub(crate) refusal: Refusal,
}

impl<'b> Reader<'b> {
    pub(crate) fn new(bytes: &'b [u8]) -> Self {
        Self {
            rest: bytes,
            messages: Vec::new(),
            refusal: Refusal::default(),
        }
    }

    pub(crate) fn message(&mut self, first: String, consumed: usize) {
        let lines = self.refusal.lines.iter();
        let lines = lines.map(|(name, value)| (&name[..], value.clone()));
        self.messages.push(Message::new(first, lines));
        self.rest = &self.rest[consumed..];
        self.refusal.body.clear();
    }

    /// Reads a body byte by byte; an end where the connection ends with it, or there is none.
    pub(crate) fn body(&mut self, length: Length) -> Option<Outcome> {
        let mut decoder = Decoder::new(length, OVERHEAD);
        while !decoder.has_ended() {
            let Some((byte, rest)) = self.rest.split_at_checked(1) else {
                let end = decoder.end().map_or(End::Within, |()| End::Behind);
                return Some(self.ended(end));
            };
            self.refusal.body.extend_from_slice(byte);
            match decoder.decode(byte) {
                Ok(decoded) => {
                    let message = self.messages.last_mut().unwrap();
                    message.body.extend_from_slice(decoded.data);
                }
                Err(malformed) => return Some(self.refused(Some(malformed))),
            }
            self.rest = rest;
        }
        None
    }

    pub(crate) fn ended_before_a_head(&mut self) -> Outcome {
        let is_empty = self.rest.iter().all(|byte| b"\r\n".contains(byte));
        self.ended(if is_empty { End::Behind } else { End::Within })
    }

    pub(crate) fn ended(&mut self, end: End) -> Outcome {
        let messages = std::mem::take(&mut self.messages);
        (Seen { messages, end }, None)
    }

    pub(crate) fn refused(&mut self, malformed: Option<Malformed>) -> Outcome {
        let (seen, _) = self.ended(End::Refused);
        let mut refusal = std::mem::take(&mut self.refusal);
        refusal.malformed = malformed;
        refusal.begins_empty = matches!(self.rest.first(), Some(b'\r' | b'\n'));
        (seen, Some(refusal))
    }
}
