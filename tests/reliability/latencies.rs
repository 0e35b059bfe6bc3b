//! How long the requests of an account took.

use std::time::Duration;

use crate::account::Record;

/// The latency that `percent` of the requests do not exceed, from when each was due. `None`: there were none.
pub(crate) fn percentile<'a>(
    records: impl Iterator<Item = &'a Record>,
    percent: usize,
) -> Option<Duration> {
    let mut all: Vec<Duration> = records
        .map(|record| record.end.saturating_sub(record.due))
        .collect();
    all.sort_unstable();
    let last = all.len().checked_sub(1)?;
    all.get((all.len() * percent / 100).min(last)).copied()
}
