//! What of `ingress::cluster` threads share.

#[path = "../../ingress/src/cluster/host.rs"]
mod host;
#[path = "../../ingress/src/cluster/stats.rs"]
mod stats;

use std::net::{Ipv4Addr, SocketAddr};

pub(crate) use host::{Host, HostId};
pub(crate) use stats::{Counter, Gauge};

/// One that is there.
pub(crate) fn host() -> Host {
    Host::new(HostId(0), 0, SocketAddr::from((Ipv4Addr::LOCALHOST, 1)))
}

/// It is ejected.
pub(crate) fn eject(host: &Host) {
    host.retire_connections();
}

/// It leaves the cluster.
pub(crate) fn remove(host: &Host) {
    host.leave();
}
