//! What is no HTTP/1.1.

use std::error::Error;
use std::fmt;

/// Why bytes are not the message that they should be. After it nothing can be said of what follows on the same
/// connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Malformed {
    /// A head is no head: RFC 9112 sections 2 to 5.
    Head,
    /// It is in a version that is neither HTTP/1.0 nor HTTP/1.1: RFC 9112 section 2.3.
    Version,
    /// It has more fields than it may.
    TooManyFields,
    /// It says how long its body is twice, or in a way that is no length: RFC 9112 section 6.3.
    Length,
    /// Its body is in a transfer coding other than `chunked`: RFC 9112 section 6.1.
    Coding,
    /// A body in chunks is none: RFC 9112 section 7.1.
    Chunk,
    /// There is more around the data of chunks than there may be.
    ChunkTooLarge,
    /// It ended before its end: RFC 9112 section 8.
    Incomplete,
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Head => "the head is malformed",
            Self::Version => "the version is neither HTTP/1.0 nor HTTP/1.1",
            Self::TooManyFields => "the head has too many fields",
            Self::Length => "the length of the body is ambiguous or malformed",
            Self::Coding => "the body is in a transfer coding other than chunked",
            Self::Chunk => "a chunk is malformed",
            Self::ChunkTooLarge => "the extensions or trailers of the chunks are too long",
            Self::Incomplete => "the message ended before its end",
        })
    }
}

impl Error for Malformed {}
