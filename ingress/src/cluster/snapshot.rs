//! What a worker picks from: the hosts, and who of them may serve.

use std::sync::Arc;

use super::Host;
use crate::balance::View;
use crate::outlier::HostIndex;

/// The hosts of a cluster in their order. Who holds them keeps them, whoever comes or goes.
pub type Hosts = Arc<[Arc<Host>]>;

/// The hosts and the view over their places, which always belong together.
#[derive(Debug)]
pub struct Snapshot {
    hosts: Hosts,
    view: View,
}

impl Snapshot {
    pub(super) fn new(hosts: Hosts, view: View) -> Self {
        Self { hosts, view }
    }

    /// All hosts, in the order of the view's places.
    pub fn hosts(&self) -> &Hosts {
        &self.hosts
    }

    /// Who may serve, as the balancers know it.
    pub fn view(&self) -> &View {
        &self.view
    }

    /// The place of `host`, if it is still there.
    pub(super) fn place(&self, host: &Host) -> Option<HostIndex> {
        self.hosts.iter().position(|one| one.id() == host.id())
    }
}
