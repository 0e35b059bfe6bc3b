//! Why a mesh could not be measured.

use std::error::Error;
use std::fmt;

/// Nothing can be said of the mesh. Displays as one sentence that says why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotMeasured(String);

impl NotMeasured {
    pub(crate) fn new(sentence: impl Into<String>) -> Self {
        Self(sentence.into())
    }

    /// This, and another one that came after it.
    pub(crate) fn and(self, then: Option<Self>) -> Self {
        match then {
            Some(then) => Self(format!("{self}; {then}")),
            None => self,
        }
    }
}

impl fmt::Display for NotMeasured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Error for NotMeasured {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_came_after_is_told_as_well() {
        let first = || NotMeasured::new("it was interrupted");
        assert_eq!(first().and(None), first());
        assert_eq!(
            first().and(Some(NotMeasured::new("and so on"))).to_string(),
            "it was interrupted; and so on"
        );
    }
}
