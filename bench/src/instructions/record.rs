//! What a request took when it was last put on record.

use std::fmt;
use std::io;

use serde_json::{Map, Value, json};

/// By how much of a hundred a count may differ: hash seeds and timers move front's by 1, and the
/// others' by less.
const TOLERANCE: u64 = 3;

/// Instructions per request, by program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Record {
    /// The compiler, which has a hand in it.
    pub(super) rustc: String,
    pub(super) instructions_per_request: Vec<(String, u64)>,
}

/// What became of a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It takes what it took.
    Same,
    /// It takes less, which may go on record.
    Better,
    /// It takes more.
    Worse,
    /// It was not counted before.
    New,
}

impl Record {
    /// Reads it.
    ///
    /// # Errors
    /// When it is not what [`json`](Self::json) writes.
    pub(super) fn parse(text: &str) -> io::Result<Self> {
        let value: Value = serde_json::from_str(text)?;
        let entries = value["instructions_per_request"]
            .as_object()
            .ok_or_else(|| io::Error::other("the record has no instructions_per_request"))?;
        let entries = entries
            .iter()
            .filter_map(|(name, count)| Some((name.clone(), count.as_u64()?)));
        Ok(Self {
            rustc: value["rustc"]
                .as_str()
                .unwrap_or("an unknown rustc")
                .to_owned(),
            instructions_per_request: entries.collect(),
        })
    }

    /// As it is kept.
    pub(super) fn json(&self) -> String {
        let entries = self.instructions_per_request.iter();
        let entries: Map<String, Value> = entries
            .map(|(name, count)| (name.clone(), json!(count)))
            .collect();
        format!(
            "{:#}\n",
            json!({"rustc": self.rustc, "instructions_per_request": entries})
        )
    }

    /// What was on record, and what the count of `now` is beside it.
    pub(super) fn judge(&self, name: &str, now: u64) -> (Option<u64>, Verdict) {
        let before = self
            .instructions_per_request
            .iter()
            .find(|(known, _)| known == name);
        let Some((_, before)) = before else {
            return (None, Verdict::New);
        };
        let verdict = if now * 100 > before * (100 + TOLERANCE) {
            Verdict::Worse
        } else if now * 100 < before * (100 - TOLERANCE) {
            Verdict::Better
        } else {
            Verdict::Same
        };
        (Some(*before), verdict)
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Same => "the same",
            Self::Better => "better: put it on record with --record",
            Self::Worse => "WORSE",
            Self::New => "new: put it on record with --record",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record() -> Record {
        Record {
            rustc: "rustc 1.95.0".to_owned(),
            instructions_per_request: vec![("ingress".to_owned(), 10_000)],
        }
    }

    #[test]
    fn what_is_written_can_be_read() {
        assert_eq!(Record::parse(&record().json()).unwrap(), record());
        assert!(Record::parse("{}").is_err());
    }

    #[test]
    fn three_hundredths_are_the_same() {
        for (now, expected) in [
            (10_000, Verdict::Same),
            (10_300, Verdict::Same),
            (10_301, Verdict::Worse),
            (9_700, Verdict::Same),
            (9_699, Verdict::Better),
        ] {
            assert_eq!(
                record().judge("ingress", now),
                (Some(10_000), expected),
                "{now}"
            );
        }
        assert_eq!(record().judge("front", 1), (None, Verdict::New));
    }
}
