//! How the hosts answered, for the attempts whose answers no client saw.

use ingress::outlier::HostIndex;

use crate::trace::{Mode, SetMode, Trace};

/// The hosts' answers, request by request.
pub(super) struct Modes<'t> {
    changes: std::iter::Peekable<std::vec::IntoIter<&'t SetMode>>,
    /// How each answers, and how often it has since.
    hosts: Vec<(Option<&'t Mode>, usize)>,
}

impl<'t> Modes<'t> {
    pub(super) fn new(trace: &'t Trace) -> Self {
        let mut changes: Vec<&SetMode> = trace.modes.iter().collect();
        changes.sort_by_key(|change| change.before_n);
        Self {
            changes: changes.into_iter().peekable(),
            hosts: vec![(None, 0); trace.header.hosts],
        }
    }

    /// The request `n` is about to be sent.
    pub(super) fn before(&mut self, n: u64) {
        while let Some(change) = self.changes.next_if(|change| change.before_n <= n) {
            self.hosts[change.host] = (Some(&change.mode), 0);
        }
    }

    /// The status that counts for the next answer of `host`.
    pub(super) fn answer(&mut self, host: HostIndex) -> u16 {
        let (mode, turn) = &mut self.hosts[host];
        let status = mode.map_or(200, |mode| mode.status(*turn));
        *turn += 1;
        status
    }
}
