//! Every request of a load, and what became of it.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// One request. Times count from the start of its load.
#[derive(Clone, Debug)]
pub(crate) struct Record {
    /// When it was due.
    pub due: Duration,
    /// When it was sent.
    pub sent: Duration,
    /// When its answer was complete, or it failed.
    pub end: Duration,
    /// What became of it; an index of [`Account::names`].
    pub name: usize,
    /// The replica that answered; an index of [`Account::hosts`].
    pub host: Option<usize>,
}

/// All of them, in the order of their ends.
#[derive(Clone, Debug, Default)]
pub(crate) struct Account {
    pub names: Vec<String>,
    pub hosts: Vec<String>,
    pub records: Vec<Record>,
}

impl Account {
    pub(crate) fn name(&mut self, name: &str) -> usize {
        index(&mut self.names, name)
    }

    pub(crate) fn host(&mut self, host: &str) -> usize {
        index(&mut self.hosts, host)
    }

    /// How many there are of each name.
    pub(crate) fn tally(&self) -> BTreeMap<&str, usize> {
        let mut tally = BTreeMap::new();
        for record in &self.records {
            *tally.entry(self.names[record.name].as_str()).or_default() += 1;
        }
        tally
    }

    /// Those that were not answered with 200.
    pub(crate) fn errors(&self) -> impl Iterator<Item = &Record> {
        self.records
            .iter()
            .filter(|record| self.names[record.name] != "200")
    }

    /// Those under way at some time from `from` to `to`.
    pub(crate) fn under_way(
        &self,
        from: Duration,
        to: Duration,
    ) -> impl Iterator<Item = &Record> + use<'_> {
        self.records
            .iter()
            .filter(move |record| record.sent <= to && record.end >= from)
    }

    /// Those sent from `from` to `to`.
    pub(crate) fn sent(
        &self,
        from: Duration,
        to: Duration,
    ) -> impl Iterator<Item = &Record> + use<'_> {
        self.records
            .iter()
            .filter(move |record| (from..to).contains(&record.sent))
    }

    /// How often each host answered.
    pub(crate) fn by_host(&self) -> BTreeMap<&str, usize> {
        let mut by_host = BTreeMap::new();
        for host in self.records.iter().filter_map(|record| record.host) {
            *by_host.entry(self.hosts[host].as_str()).or_default() += 1;
        }
        by_host
    }

    /// The hosts that answered a request sent from `from` on.
    pub(crate) fn hosts_from(&self, from: Duration) -> BTreeSet<&str> {
        let late = self.records.iter().filter(|record| record.sent >= from);
        late.filter_map(|record| Some(self.hosts[record.host?].as_str()))
            .collect()
    }
}

fn index(of: &mut Vec<String>, text: &str) -> usize {
    match of.iter().position(|known| known == text) {
        Some(index) => index,
        None => {
            of.push(text.to_owned());
            of.len() - 1
        }
    }
}
