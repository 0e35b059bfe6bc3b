//! What the mesh says of itself, as far as front can read it.

use std::collections::BTreeMap;

/// What front's `/hosts` told at one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Mesh {
    /// Whether each host is ejected, in the order of the hosts; `None`: the mesh does not tell.
    pub(crate) ejected: Vec<Option<bool>>,
    /// Whether the mesh's admin interface answers.
    pub(crate) answers: bool,
    /// The statistics of outlier detection of the clusters that the hosts are in; empty where there is
    /// no outlier detection, or where the mesh does not tell.
    pub(crate) counters: BTreeMap<String, u64>,
}

impl Mesh {
    /// By how much a statistic grew since `before`.
    pub(crate) fn grown(&self, before: &Self, name: &str) -> u64 {
        let of = |mesh: &Self| mesh.counters.get(name).copied().unwrap_or_default();
        of(self).saturating_sub(of(before))
    }
}
