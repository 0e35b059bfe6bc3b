//! What is true of the process as a whole.

use std::time::Duration;

use super::Stat;
use super::stat::Scope;
use crate::balance::MergeCounters;

/// The process at one moment.
#[derive(Clone, Copy, Debug)]
pub struct Server {
    /// Whether new requests are welcome.
    pub live: bool,
    /// How long it has run.
    pub uptime: Duration,
    /// How many workers serve.
    pub concurrency: usize,
    /// How many clusters there are.
    pub clusters: usize,
    /// How many listeners there are.
    pub listeners: usize,
    /// What the merge windows of all clusters did (FACTS 6.7).
    pub merges: MergeCounters,
}

/// `server.*`, `cluster_manager.*` and `listener_manager.*`, as far as they are known here.
pub(crate) fn server_stats(server: &Server) -> Vec<Stat<'static>> {
    let scope = |family| Scope {
        family,
        label: None,
    };
    let (process, manager) = (scope("server"), scope("cluster_manager"));
    let merges = server.merges;
    vec![
        process.gauge("live", u64::from(server.live), true),
        // Envoy's enum: 0 is LIVE, 1 is DRAINING.
        process.gauge("state", u64::from(!server.live), true),
        process.gauge("uptime", server.uptime.as_secs(), true),
        process.gauge("concurrency", server.concurrency as u64, true),
        manager.gauge("active_clusters", server.clusters as u64, true),
        manager.counter("cluster_added", server.clusters as u64),
        manager.counter("cluster_updated_via_merge", merges.via_merge),
        manager.counter("update_merge_cancelled", merges.cancelled),
        manager.counter("update_out_of_merge_window", merges.out_of_window),
        manager.gauge("warming_clusters", 0, true),
        scope("listener_manager").gauge("total_listeners_active", server.listeners as u64, true),
    ]
}
