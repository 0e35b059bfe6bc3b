//! In what may stand around the data of chunks.

use http1::Malformed;

use super::{Difference, refused};
use crate::reader::Refusal;
use crate::seen::End;

pub(crate) const CONTROL_IN_EXTENSION: Difference = Difference {
    name: "control character in an extension",
    reason: "an extension is a token or a quoted string (RFC 9112 7.1.1), neither of which has control characters",
    hyper_is_stricter: false,
    explains: |case| {
        refused(case, Malformed::Chunk, |refusal| {
            let (last, line) = last_line(refusal);
            line.contains(&b';') && last.is_ascii_control() && !b"\t\r\n".contains(&last)
        })
    },
};

pub(crate) const LINE_FEED_AMONG_TRAILERS: Difference = Difference {
    name: "line feed among trailers",
    reason: "hyper takes a line feed alone for an end there, and drops what it has read behind it, even a request",
    hyper_is_stricter: false,
    explains: |case| {
        refused(case, Malformed::Chunk, |refusal| {
            last_line(refusal).0 == b'\n' && is_behind_the_data(refusal)
        })
    },
};

pub(crate) const TRAILER_BEFORE_ITS_END: Difference = Difference {
    name: "trailer before its end",
    reason: "hyper looks at trailers when all have come, so that a wrong one is found later, or the end before it",
    hyper_is_stricter: false,
    explains: |case| {
        case.theirs.end == End::Within && refused(case, Malformed::Chunk, is_behind_the_data)
    },
};

pub(crate) const TOO_MUCH_AROUND_CHUNKS: Difference = Difference {
    name: "too much around chunks",
    reason: "here extensions and trailers have one limit together, at hyper each has its own",
    hyper_is_stricter: false,
    explains: |case| refused(case, Malformed::ChunkTooLarge, |_| true),
};

pub(crate) const MANY_TRAILERS: Difference = Difference {
    name: "many trailers",
    reason: "hyper counts trailers and bytes; here only bytes are counted, since nothing is kept of them",
    hyper_is_stricter: true,
    explains: |case| {
        let lines = case.bytes.split(|&byte| byte == b'\n');
        let trailers = lines.skip_while(|line| *line != b"0\r").skip(1);
        trailers.take_while(|line| *line != b"\r").count() > 100
    },
};

/// The byte that was refused and the line in front of it.
fn last_line(refusal: &Refusal) -> (u8, &[u8]) {
    let (last, before) = refusal.body.split_last().unwrap();
    let line = before.rsplit(|&byte| byte == b'\n').next();
    (*last, line.unwrap())
}

/// Whether the size of the last chunk has come, as far as the lines show it.
fn is_behind_the_data(refusal: &Refusal) -> bool {
    let (_, before) = refusal.body.split_last().unwrap();
    let mut lines = before.split(|&byte| byte == b'\n').rev().skip(1);
    lines.any(|line| {
        let size = line.iter().take_while(|byte| byte.is_ascii_hexdigit());
        let size: Vec<_> = size.collect();
        !size.is_empty() && size.iter().all(|byte| **byte == b'0')
    })
}
