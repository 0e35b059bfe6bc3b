//! HTTP/1.1 messages between bytes and meaning: what a proxy needs of RFC 9112, without a socket, a clock or a
//! task.
//!
//! Heads are taken apart by [httparse] and stay where they are: a [`RequestHead`] and a [`ResponseHead`] borrow
//! the bytes that were read, and their [`Fields`] keep the lines' order. [`Length`] says how long the body is that
//! follows, and refuses what two parties could understand differently. A [`Decoder`] finds the body's bytes in
//! what comes, however it is cut. What goes out is written line by line to the end of a `Vec`.
//!
//! Nothing here is lenient about where a body ends: one length or chunks, lines of chunks end in CR LF, and of
//! HTTP/1.0 no chunks are taken. A line of a head may end in a line feed alone, as RFC 9112 2.2 allows.

mod chunked;
mod decoder;
mod fields;
mod length;
mod malformed;
mod request;
mod response;
mod target;
pub mod write;

pub use decoder::{Decoded, Decoder};
pub use fields::{Field, Fields, Room};
pub use length::Length;
pub use malformed::Malformed;
pub use request::RequestHead;
pub use response::ResponseHead;
pub use target::{Path, Target};

/// The versions that share the one form of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    /// HTTP/1.0.
    Http10,
    /// HTTP/1.1.
    Http11,
}

impl Version {
    fn of(minor: Option<u8>) -> Self {
        if minor == Some(0) {
            Self::Http10
        } else {
            Self::Http11
        }
    }
}
