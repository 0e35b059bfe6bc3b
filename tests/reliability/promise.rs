//! What a scenario promises, and whether it was kept.

use std::fmt;

use crate::account::Account;

/// What came of a scenario.
#[derive(Clone, Debug, Default)]
pub(crate) struct Verdict {
    /// How many requests there were.
    pub requests: usize,
    /// What became of them, by name.
    pub tally: Vec<(String, usize)>,
    /// What was measured beside, in words.
    pub notes: Vec<String>,
    broken: Vec<String>,
}

impl Verdict {
    /// Of a scenario that could not be played, and why.
    pub(crate) fn not_played(why: &str) -> Self {
        let mut verdict = Self::default();
        verdict.promise(false, format!("it could not be played: {why}"));
        verdict
    }

    /// Adds the requests of one load.
    pub(crate) fn count(&mut self, account: &Account) {
        self.requests += account.records.len();
        for (name, count) in account.tally() {
            match self.tally.iter_mut().find(|(known, _)| known == name) {
                Some((_, sum)) => *sum += count,
                None => self.tally.push((name.to_owned(), count)),
            }
        }
    }

    /// How many requests were not answered with 200.
    pub(crate) fn errors(&self) -> usize {
        let errors = self.tally.iter().filter(|(name, _)| name != "200");
        errors.map(|(_, count)| count).sum()
    }

    /// Says what was measured beside.
    pub(crate) fn note(&mut self, note: impl Into<String>) {
        self.notes.push(note.into());
    }

    /// `promise` is a sentence with the bound and what was found.
    pub(crate) fn promise(&mut self, is_kept: bool, promise: impl Into<String>) {
        if !is_kept {
            self.broken.push(promise.into());
        }
    }

    /// Whether all promises were kept.
    pub(crate) fn is_kept(&self) -> bool {
        self.broken.is_empty()
    }

    /// What became of the requests, in one line.
    pub(crate) fn outcomes(&self) -> String {
        let mut tally = self.tally.clone();
        tally.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        let each = tally
            .iter()
            .map(|(name, count)| format!("{count} x {name}"));
        each.collect::<Vec<_>>().join(", ")
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "  {} requests: {}", self.requests, self.outcomes())?;
        for note in &self.notes {
            writeln!(f, "  {note}")?;
        }
        for broken in &self.broken {
            writeln!(f, "  NOT KEPT: {broken}")?;
        }
        Ok(())
    }
}
