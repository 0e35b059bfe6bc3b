//! Random parts of messages.

use proptest::collection::vec;
use proptest::prelude::*;

/// RFC 9110 5.6.2.
const TOKEN: &str = "[!#$%&'*+.^_`|~0-9A-Za-z-]{1,12}";

/// A field as it is meant: its name and the lines of its value.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    pub(crate) name: String,
    /// One, and more where it is folded.
    pub(crate) value: Vec<Vec<u8>>,
    /// Before and behind each line of the value.
    blanks: String,
}

impl Line {
    /// Adds it to a head, as a stranger could have sent it.
    pub(crate) fn write(&self, head: &mut Vec<u8>) {
        head.extend_from_slice(self.name.as_bytes());
        head.push(b':');
        for (n, line) in self.value.iter().enumerate() {
            if n > 0 {
                head.extend_from_slice(b"\r\n\t");
            }
            head.extend_from_slice(self.blanks.as_bytes());
            head.extend_from_slice(line);
            head.extend_from_slice(self.blanks.as_bytes());
        }
        head.extend_from_slice(b"\r\n");
    }

    /// The name in lower case, and the value on one line.
    pub(crate) fn meant(&self) -> (String, Vec<u8>) {
        (self.name.to_ascii_lowercase(), self.value.join(&b' '))
    }
}

pub(crate) fn method() -> impl Strategy<Value = String> {
    prop_oneof!["GET|HEAD|POST|PUT|CONNECT|OPTIONS", TOKEN]
}

/// What a request line may have for a target, sound or not.
pub(crate) fn target() -> impl Strategy<Value = String> {
    prop_oneof![
        "/[!-~]{0,20}",
        "[a-z]{1,5}://[a-z.:0-9]{1,9}(/[!-~]{0,9})?",
        "[!-~äλ\u{10ffff}]{1,20}"
    ]
}

pub(crate) fn name() -> impl Strategy<Value = String> {
    TOKEN
}

pub(crate) fn blanks() -> impl Strategy<Value = String> {
    "[ \t]{0,3}"
}

/// Anything that a value may have in it, blanks at its ends too.
pub(crate) fn text() -> impl Strategy<Value = Vec<u8>> {
    let byte = prop_oneof![4 => 0x20..0x7f_u8, 1 => 0x80..=0xff_u8, 1 => Just(b'\t')];
    vec(byte, 0..20)
}

/// Fields of a request: none is folded.
pub(crate) fn lines() -> impl Strategy<Value = Vec<Line>> {
    vec(line(0..2), 0..8)
}

/// Fields of a response, where some are.
pub(crate) fn folded_lines() -> impl Strategy<Value = Vec<Line>> {
    vec(line(0..4), 0..8)
}

fn line(parts: std::ops::Range<usize>) -> impl Strategy<Value = Line> {
    let part = text().prop_map(|text| text.trim_ascii().to_vec());
    let part = part.prop_filter("a line that is empty folds nothing", |part| {
        !part.is_empty()
    });
    (name(), vec(part, parts), blanks()).prop_map(|(name, value, blanks)| Line {
        name,
        value,
        blanks,
    })
}
