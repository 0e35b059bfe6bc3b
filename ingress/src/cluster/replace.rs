//! Hosts that come and go.

use std::collections::{HashMap, HashSet};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::host::HostId;
use super::{Cluster, Host, Hosts, Snapshot};
use crate::outlier::{HostIndex, Member};

/// How one set of hosts differs from the one before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Replaced {
    /// Hosts that were not there.
    pub came: usize,
    /// Hosts that are not there any more.
    pub went: usize,
}

impl Cluster {
    /// The hosts are those at `addresses`, each named once, and the balancers know it at once. A host
    /// whose address stays is the same host; requests under way on one that goes end in peace. Only the
    /// set matters: the same addresses in another order are no change, `None` (FACTS 14.3).
    pub fn replace_hosts(&self, addresses: &[SocketAddr]) -> Option<Replaced> {
        let mut membership = self.membership();
        let before = self.hosts();
        let places = before.iter().enumerate();
        let mut gone: HashMap<SocketAddr, HostIndex> = places
            .map(|(place, host)| (host.address(), place))
            .collect();
        let same = addresses.len() == before.len();
        if same && addresses.iter().all(|address| gone.contains_key(address)) {
            return None;
        }
        let stays: Vec<Option<HostIndex>> = addresses
            .iter()
            .map(|address| gone.remove(address))
            .collect();
        let taken: HashSet<usize> = stays
            .iter()
            .flatten()
            .map(|&place| before[place].slot())
            .collect();
        let mut slots = (0..).filter(|slot| !taken.contains(slot));
        let hosts: Hosts = addresses
            .iter()
            .zip(&stays)
            .map(|(&address, place)| match *place {
                Some(place) => Arc::clone(&before[place]),
                None => self.new_host(&mut slots, address),
            })
            .collect();
        let members = stays.iter().zip(&*hosts).map(|(place, host)| match *place {
            Some(place) => Member::Stays(place),
            None => Member::Comes(Arc::clone(host.streak())),
        });
        let replaced = Replaced {
            came: stays.iter().filter(|place| place.is_none()).count(),
            went: gone.len(),
        };
        let view = membership.replace(members, self.now());
        gone.values().for_each(|&place| before[place].leave());
        self.snapshot.store(Arc::new(Snapshot::new(hosts, view)));
        self.stats.membership_change.inc();
        self.drained.send_replace(());
        Some(replaced)
    }

    fn new_host(&self, slots: &mut impl Iterator<Item = usize>, address: SocketAddr) -> Arc<Host> {
        let id = HostId(self.hosts_made.fetch_add(1, Ordering::Relaxed));
        let slot = slots.next().expect("there are more numbers than hosts");
        Arc::new(Host::new(id, slot, address))
    }
}
