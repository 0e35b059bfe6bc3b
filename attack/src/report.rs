//! What came of an attack, in the form of vegeta's reports.
//!
//! Its rules: *rate* is requests by the time from the first to the last that was sent, *throughput* is successes by
//! the time until the last answer, a request without an answer counts as status 0. Latencies count from the due time.

mod json;
mod text;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use http::StatusCode;

use crate::latencies::Latencies;
use crate::spread::Spread;
use crate::{Failure, Hit, Share};

/// A summary of hits, made one by one in bounded memory. Displays as `vegeta report` does, followed by the spread over the
/// hosts if any answer had a `HostUID`.
#[derive(Clone, Debug)]
pub struct Report {
    began: SystemTime,
    first_sent: Duration,
    last_sent: Duration,
    end: Duration,
    latencies: Latencies,
    bytes_in: u64,
    statuses: BTreeMap<StatusCode, u64>,
    failures: BTreeMap<Failure, u64>,
    spread: Spread,
}

impl Report {
    /// Of an attack that began at this time.
    pub fn new(began: SystemTime) -> Self {
        Self {
            began,
            first_sent: Duration::MAX,
            last_sent: Duration::ZERO,
            end: Duration::ZERO,
            latencies: Latencies::new(),
            bytes_in: 0,
            statuses: BTreeMap::new(),
            failures: BTreeMap::new(),
            spread: Spread::default(),
        }
    }

    /// Counts one more.
    pub fn add(&mut self, hit: &Hit<'_>) {
        self.first_sent = self.first_sent.min(hit.sent);
        self.last_sent = self.last_sent.max(hit.sent);
        self.end = self.end.max(hit.end);
        self.latencies.add(hit.latency());
        match &hit.outcome {
            Ok(answer) => {
                self.bytes_in += answer.length;
                *self.statuses.entry(answer.status).or_default() += 1;
                self.spread.add(answer);
            }
            Err(failure) => *self.failures.entry(*failure).or_default() += 1,
        }
    }

    /// How many requests there were.
    pub fn requests(&self) -> u64 {
        self.statuses.values().sum::<u64>() + self.failed()
    }

    /// How many of them were answered with neither 2xx nor 3xx, or not at all.
    pub fn errors(&self) -> u64 {
        self.requests() - self.successes()
    }

    /// How many answers had each status.
    pub fn statuses(&self) -> &BTreeMap<StatusCode, u64> {
        &self.statuses
    }

    /// How many requests got no answer, by what went wrong.
    pub fn failures(&self) -> &BTreeMap<Failure, u64> {
        &self.failures
    }

    /// What each host answered, in order of first sight, then the answers without a `HostUID`. Nothing if no
    /// answer had one.
    pub fn spread(&self) -> impl Iterator<Item = &Share> {
        self.spread.shares()
    }

    /// The latency within which this share of the requests ended, true to three digits; 0.5 is the median.
    pub fn latency_quantile(&self, share: f64) -> Duration {
        self.latencies.quantile(share)
    }

    fn failed(&self) -> u64 {
        self.failures.values().sum()
    }

    fn successes(&self) -> u64 {
        self.statuses
            .iter()
            .filter(|(status, _)| crate::hit::is_success(**status))
            .map(|(_, count)| count)
            .sum()
    }

    /// From the first to the last request that was sent.
    fn duration(&self) -> Duration {
        self.last_sent.saturating_sub(self.first_sent)
    }

    /// From the last request that was sent to the last answer.
    fn wait(&self) -> Duration {
        self.end.saturating_sub(self.last_sent)
    }

    fn rate(&self) -> f64 {
        per_second(self.requests(), self.duration())
    }

    fn throughput(&self) -> f64 {
        if self.duration().is_zero() {
            return self.successes() as f64;
        }
        per_second(self.successes(), self.duration() + self.wait())
    }

    /// `total` by the number of requests, 0 if there were none.
    fn per_request(&self, total: u64) -> f64 {
        total as f64 / self.requests().max(1) as f64
    }

    /// The status codes as vegeta counts them, 0 for no answer.
    fn codes(&self) -> impl Iterator<Item = (u16, u64)> {
        let failed = Some((0, self.failed())).filter(|(_, count)| *count > 0);
        let answered = self
            .statuses
            .iter()
            .map(|(status, count)| (status.as_u16(), *count));
        failed.into_iter().chain(answered)
    }

    /// What vegeta calls an error: each status that is none of success, with its words.
    fn wrong_statuses(&self) -> impl Iterator<Item = String> {
        self.statuses
            .keys()
            .filter(|status| !crate::hit::is_success(**status))
            .map(|status| match status.canonical_reason() {
                Some(reason) => format!("{} {reason}", status.as_u16()),
                None => status.as_u16().to_string(),
            })
    }
}

/// As vegeta has it, a time of zero counts as a second.
fn per_second(count: u64, time: Duration) -> f64 {
    if time.is_zero() {
        count as f64
    } else {
        count as f64 / time.as_secs_f64()
    }
}
