//! The fields of a head.

use std::mem::MaybeUninit;

use crate::Malformed;

/// One line: its name, a token in the case in which it was sent, and its value without the blanks around it.
pub type Field<'a> = httparse::Header<'a>;

/// The lines of a head in their order.
#[derive(Clone, Copy, Debug, Default)]
pub struct Fields<'a>(&'a [Field<'a>]);

/// Room for the lines of a head while it is taken apart.
#[derive(Debug)]
pub struct Room<'b> {
    few: [MaybeUninit<Field<'b>>; FEW],
    many: Vec<MaybeUninit<Field<'b>>>,
    most: usize,
}

/// As many as most programs allow at all: 100 is the limit of Envoy.
const FEW: usize = 100;

impl<'b> Room<'b> {
    /// Room for `most` lines. For up to 100 nothing is allocated.
    pub fn new(most: usize) -> Self {
        let many = if most > FEW { most } else { 0 };
        Self {
            few: [const { MaybeUninit::uninit() }; FEW],
            many: vec![MaybeUninit::uninit(); many],
            most,
        }
    }

    pub(crate) fn lines(&mut self) -> &mut [MaybeUninit<Field<'b>>] {
        if self.most > FEW {
            &mut self.many
        } else {
            &mut self.few[..self.most]
        }
    }
}

impl<'a> Fields<'a> {
    /// `lines` as the fields of a head.
    pub fn new(lines: &'a [Field<'a>]) -> Self {
        Self(lines)
    }

    /// All lines: names as they were sent, and values.
    pub fn iter(self) -> impl Iterator<Item = (&'a str, &'a [u8])> {
        self.0.iter().map(|line| (line.name, line.value))
    }

    /// The values of the lines called `name`, whatever the case.
    pub fn all(self, name: &str) -> impl Iterator<Item = &'a [u8]> {
        self.iter()
            .filter(move |(of, _)| of.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    }

    /// The first of them.
    pub fn first(self, name: &str) -> Option<&'a [u8]> {
        self.all(name).next()
    }

    /// Whether there is one.
    pub fn contains(self, name: &str) -> bool {
        self.first(name).is_some()
    }

    /// The members of the comma-separated lists that the lines called `name` make together (RFC 9110 5.6.1),
    /// without blanks around them.
    pub fn list(self, name: &str) -> impl Iterator<Item = &'a [u8]> {
        self.all(name).flat_map(members)
    }
}

/// The members of one line.
fn members(value: &[u8]) -> impl Iterator<Item = &[u8]> {
    value
        .split(|&byte| byte == b',')
        .map(<[u8]>::trim_ascii)
        .filter(|member| !member.is_empty())
}

pub(crate) fn malformed(error: httparse::Error) -> Malformed {
    match error {
        httparse::Error::TooManyHeaders => Malformed::TooManyFields,
        httparse::Error::Version => Malformed::Version,
        _ => Malformed::Head,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINES: [Field<'static>; 4] = [
        Field {
            name: "TE",
            value: b"trailers , ,deflate",
        },
        Field {
            name: "x-a",
            value: b"1",
        },
        Field {
            name: "te",
            value: b"gzip",
        },
        Field {
            name: "X-A",
            value: b"2",
        },
    ];

    #[test]
    fn lines_of_a_name_are_found_whatever_their_case_and_in_their_order() {
        let fields = Fields::new(&LINES);
        assert_eq!(fields.all("X-a").collect::<Vec<_>>(), [b"1", b"2"]);
        assert_eq!(fields.first("x-A"), Some(&b"1"[..]));
        assert!(!fields.contains("x-b"));
    }

    #[test]
    fn a_list_may_stand_on_several_lines_and_empty_members_do_not_count() {
        let members: Vec<_> = Fields::new(&LINES).list("te").collect();
        assert_eq!(members, [&b"trailers"[..], b"deflate", b"gzip"]);
    }
}
