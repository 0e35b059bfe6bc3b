//! What a reader saw.

use std::collections::BTreeMap;
use std::fmt;

/// All that a reader saw on one connection until it refused something, or it ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) messages: Vec<Message>,
    pub(crate) end: End,
}

/// A request, or a response. Of the last one on a connection the body may be a part.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Message {
    /// Method and target, or the status.
    pub(crate) first: String,
    /// The values of all lines of a name, in their order.
    pub(crate) fields: BTreeMap<String, Vec<Vec<u8>>>,
    pub(crate) body: Vec<u8>,
}

/// How it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// Behind a message.
    Behind,
    /// Within one.
    Within,
    /// The reader would not have what came.
    Refused,
}

impl Message {
    pub(crate) fn new<'a>(first: String, lines: impl Iterator<Item = (&'a str, Vec<u8>)>) -> Self {
        let mut fields = BTreeMap::<_, Vec<_>>::new();
        for (name, value) in lines {
            let name = name.to_ascii_lowercase();
            fields.entry(name).or_default().push(value);
        }
        let body = Vec::new();
        Self {
            first,
            fields,
            body,
        }
    }
}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.first)?;
        for (name, values) in &self.fields {
            for value in values {
                write!(f, " [{name}: {}]", value.escape_ascii())?;
            }
        }
        write!(f, " {:?}", self.body.escape_ascii().to_string())
    }
}
