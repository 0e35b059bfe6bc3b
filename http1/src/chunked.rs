//! A body in chunks: RFC 9112 section 7.1.

use crate::{Decoded, Malformed};

/// So many zeros in front of a size, and blanks behind it, are free: as long as a size can be. Some write all sizes with
/// as many digits.
const FREE_PADDING: u8 = 16;

/// The lines around the data of a body in chunks.
///
/// A size may have blanks behind it and extensions, and each line ends in CR LF: a line feed alone is refused, since
/// parties that disagree on where a chunk ends can be played against one another. Extensions and trailers are
/// dropped.
#[derive(Clone, Debug)]
pub(crate) struct Chunks {
    at: At,
    /// How many zeros and blanks are still free in the line of this size.
    free: u8,
    /// How many bytes of those beyond, of extensions and of trailers may still come.
    overhead: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum At {
    /// The first digit of a size.
    Size,
    /// A further digit, or what ends the number.
    Digits(u64),
    /// Blanks behind it.
    Blanks(u64),
    /// An extension.
    Extension(u64),
    /// The line feed behind a size.
    SizeLine(u64),
    /// So many bytes of data.
    Data(u64),
    /// The end of the line behind the data.
    DataReturn,
    DataLine,
    /// The beginning of a trailer, or of the last line.
    Trailer,
    /// The rest of a trailer's name.
    Name,
    /// Its value.
    Value,
    /// The line feed behind a trailer.
    TrailerLine,
    /// The last line feed.
    LastLine,
    Ended,
}

impl Chunks {
    pub(crate) fn new(overhead: usize) -> Self {
        Self {
            at: At::Size,
            free: FREE_PADDING,
            overhead,
        }
    }

    pub(crate) fn has_ended(&self) -> bool {
        self.at == At::Ended
    }

    pub(crate) fn decode<'b>(&mut self, bytes: &'b [u8]) -> Result<Decoded<'b>, Malformed> {
        let mut consumed = 0;
        while let Some(&byte) = bytes.get(consumed) {
            match self.at {
                At::Data(left) => {
                    let rest = &bytes[consumed..];
                    let n = usize::try_from(left).map_or(rest.len(), |left| left.min(rest.len()));
                    self.at = match left - n as u64 {
                        0 => At::DataReturn,
                        left => At::Data(left),
                    };
                    let data = &rest[..n];
                    consumed += n;
                    return Ok(Decoded { data, consumed });
                }
                At::Ended => break,
                _ => self.at = self.next(byte)?,
            }
            consumed += 1;
        }
        Ok(Decoded {
            data: &[],
            consumed,
        })
    }

    /// Where `byte` leads to, which is none of the data.
    fn next(&mut self, byte: u8) -> Result<At, Malformed> {
        Ok(match (self.at, byte) {
            (At::Size, _) => {
                self.free = FREE_PADDING;
                At::Digits(digit(0, byte)?)
            }
            (At::Digits(0), b'0') => {
                self.pad()?;
                At::Digits(0)
            }
            (At::Digits(size), b'0'..=b'9' | b'a'..=b'f' | b'A'..=b'F') => {
                At::Digits(digit(size, byte)?)
            }
            (At::Digits(size) | At::Blanks(size) | At::Extension(size), b'\r') => {
                At::SizeLine(size)
            }
            (At::Digits(size) | At::Blanks(size), b'\t' | b' ') => {
                self.pad()?;
                At::Blanks(size)
            }
            (At::Digits(size) | At::Blanks(size), b';') => At::Extension(size),
            (At::Extension(size), byte) if is_text(byte) => {
                self.spend()?;
                At::Extension(size)
            }
            (At::SizeLine(0), b'\n') => At::Trailer,
            (At::SizeLine(size), b'\n') => At::Data(size),
            (At::DataReturn, b'\r') => At::DataLine,
            (At::DataLine, b'\n') => At::Size,
            (At::Trailer, b'\r') => At::LastLine,
            (At::Trailer | At::Name, byte) if is_of_token(byte) => {
                self.spend()?;
                At::Name
            }
            (At::Name, b':') => At::Value,
            (At::Value, b'\r') => At::TrailerLine,
            (At::Value, byte) if is_text(byte) => {
                self.spend()?;
                At::Value
            }
            (At::TrailerLine, b'\n') => At::Trailer,
            (At::LastLine, b'\n') => At::Ended,
            _ => return Err(Malformed::Chunk),
        })
    }

    fn pad(&mut self) -> Result<(), Malformed> {
        match self.free.checked_sub(1) {
            Some(free) => self.free = free,
            None => self.spend()?,
        }
        Ok(())
    }

    fn spend(&mut self) -> Result<(), Malformed> {
        self.overhead = self
            .overhead
            .checked_sub(1)
            .ok_or(Malformed::ChunkTooLarge)?;
        Ok(())
    }
}

/// `size` with one more digit.
fn digit(size: u64, byte: u8) -> Result<u64, Malformed> {
    let digit = char::from(byte).to_digit(16).ok_or(Malformed::Chunk)?;
    let size = size.checked_mul(16).ok_or(Malformed::Chunk)?;
    Ok(size + u64::from(digit))
}

/// What may stand in a value: anything but control characters, of which a tab is none (RFC 9110 5.5).
fn is_text(byte: u8) -> bool {
    byte == b'\t' || !byte.is_ascii_control()
}

/// RFC 9110 5.6.2.
fn is_of_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    const OVERHEAD: usize = 64;

    /// The data in `pieces`, and what is left of the last one behind the body.
    fn decode<'b>(pieces: &[&'b [u8]]) -> Result<(Vec<u8>, bool, &'b [u8]), Malformed> {
        let mut chunks = Chunks::new(OVERHEAD);
        let (mut data, mut rest) = (Vec::new(), &b""[..]);
        for piece in pieces {
            rest = piece;
            while !rest.is_empty() && !chunks.has_ended() {
                let decoded = chunks.decode(rest)?;
                assert!(decoded.consumed > 0);
                data.extend_from_slice(decoded.data);
                rest = &rest[decoded.consumed..];
            }
        }
        Ok((data, chunks.has_ended(), rest))
    }

    #[test]
    fn data_is_found_however_the_bytes_are_cut() {
        let body = b"3\r\npur\r\n00003 ;a=\"b\"\r\nple\r\n0\r\nx-a: b\r\nx-b:\r\n\r\nGET";
        for cut in 0..body.len() - 3 {
            let (data, ended, rest) = decode(&[&body[..cut], &body[cut..]]).unwrap();
            assert_eq!(
                (&data[..], ended, rest),
                (&b"purple"[..], true, &b"GET"[..]),
                "at {cut}"
            );
        }
        let bytes: Vec<&[u8]> = body[..body.len() - 3].chunks(1).collect();
        assert_eq!(decode(&bytes).unwrap().0, b"purple");
    }

    #[test]
    fn a_body_may_be_empty_and_a_size_may_begin_with_zeros() {
        assert_eq!(decode(&[b"0\r\n\r\n"]), Ok((vec![], true, &b""[..])));
        let zeros = |n| format!("{}1\r\na\r\n0\r\n\r\n", "0".repeat(n));
        let most = 1 + usize::from(FREE_PADDING) + OVERHEAD;
        assert_eq!(
            decode(&[zeros(most).as_bytes()]),
            Ok((b"a".to_vec(), true, &b""[..]))
        );
        let over = zeros(most + 1);
        assert_eq!(decode(&[over.as_bytes()]), Err(Malformed::ChunkTooLarge));
    }

    #[test]
    fn sizes_of_eight_digits_are_no_burden_however_many_there_are() {
        let body = "00000001 \r\na\r\n".repeat(10 * OVERHEAD) + "0\r\n\r\n";
        let (data, ended, _) = decode(&[body.as_bytes()]).unwrap();
        assert_eq!((data.len(), ended), (10 * OVERHEAD, true));
    }

    #[test]
    fn what_could_be_understood_differently_is_refused() {
        for body in [
            "\r\n",
            "x\r\n",
            "-1\r\n",
            "0x5\r\nhello\r\n",
            " 5\r\nhello\r\n",
            "5 5\r\nhello\r\n",
            "5\nhello\r\n",
            "5;a\nhello\r\n",
            "5\r\rhello",
            "5\r\nhello\n",
            "5\r\nhellox\r\n",
            "4\r\nhello\r\n",
            "10000000000000000\r\n",
            "0\r\n\n",
            "0\r\nx\r\n\r\n",
            "0\r\n: a\r\n\r\n",
            "0\r\nx a: b\r\n\r\n",
            "0\r\nx: a\nb: c\r\n\r\n",
            "0\r\nx: \0\r\n\r\n",
        ] {
            assert_eq!(
                decode(&[body.as_bytes()]),
                Err(Malformed::Chunk),
                "{body:?}"
            );
        }
    }

    #[test]
    fn what_stands_around_the_data_has_a_limit_in_all() {
        let body = |n: usize| format!("1;{}\r\na\r\n0\r\n{}\r\n\r\n", "e".repeat(n - 2), "x:y");
        assert!(decode(&[body(OVERHEAD).as_bytes()]).is_ok());
        let over = body(OVERHEAD + 1);
        assert_eq!(decode(&[over.as_bytes()]), Err(Malformed::ChunkTooLarge));
    }
}
