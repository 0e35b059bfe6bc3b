//! The clusters as one worker uses them: its own turns, its own connections.

use std::cell::RefCell;
use std::sync::Arc;

use super::buffers::Buffers;
use super::pool::Pool;
use crate::balance::{self, DEFAULT_SELECTION_RETRIES, RoundRobin};
use crate::cluster::{Cluster, Host, HostId};
use crate::mesh::ClusterId;
use crate::outlier::HostIndex;

/// The clusters of one worker.
pub(super) struct Balancer {
    clusters: Vec<(Pool, RefCell<RoundRobin>)>,
}

impl Balancer {
    /// Each cluster's turn starts at `first_turn`, or at random (FACTS 8.2).
    pub(super) fn new(
        clusters: &[Arc<Cluster>],
        first_turn: Option<u64>,
        buffers: &Buffers,
    ) -> Self {
        let own = |cluster: &Arc<Cluster>| {
            let turn = RoundRobin::new(first_turn.unwrap_or_else(|| fastrand::u64(..)));
            (
                Pool::new(Arc::clone(cluster), buffers.clone()),
                RefCell::new(turn),
            )
        };
        Self {
            clusters: clusters.iter().map(own).collect(),
        }
    }

    pub(super) fn pool(&self, cluster: ClusterId) -> &Pool {
        &self.clusters[cluster.0].0
    }

    pub(super) fn pools(&self) -> impl Iterator<Item = &Pool> {
        self.clusters.iter().map(|(pool, _)| pool)
    }

    /// The next host, for a retry preferably none of `tried`; `None`: nobody may serve.
    pub(super) fn pick(&self, cluster: ClusterId, tried: &[HostId]) -> Option<Arc<Host>> {
        let (pool, turn) = &self.clusters[cluster.0];
        let snapshot = pool.cluster().snapshot();
        let (hosts, view) = (snapshot.hosts(), snapshot.view());
        let mut turn = turn.borrow_mut();
        let is_tried = |place: HostIndex| tried.contains(&hosts[place].id());
        let place = balance::select(is_tried, DEFAULT_SELECTION_RETRIES, || {
            if view.panic() {
                pool.cluster().stats().lb_healthy_panic.inc();
            }
            turn.pick(view)
        })?;
        Some(Arc::clone(&hosts[place]))
    }
}
