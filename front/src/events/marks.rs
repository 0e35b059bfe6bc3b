//! What happened, as marks on a timeline: from one look at the hosts to the next.

use std::collections::{HashMap, HashSet};
use std::net::SocketAddr;
use std::time::UNIX_EPOCH;

use serde::Serialize;

use crate::by::MAX_HOSTS;
use crate::look::Look;
use crate::mesh_view::{HostState, HostView};
use crate::replicas::Replica;

/// Something that happened to a host.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Mark {
    #[serde(rename = "seq")]
    pub(super) number: u64,
    /// In milliseconds since 1970: when it happened, where the mesh tells that, and when it was seen otherwise.
    pub(super) at: u64,
    pub(super) kind: Kind,
    pub(super) host: String,
    /// `None`: the answer to a change through the mesh does not tell it.
    pub(super) address: Option<SocketAddr>,
    /// A fault's options, or the mesh's own words; `None` where there is nothing to say.
    pub(super) cause: Option<String>,
}

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Kind {
    Fault,
    Recover,
    Ejection,
    Return,
}

/// What was known of the hosts after the last look.
#[derive(Default)]
pub(super) struct Known {
    /// By uid.
    faulty: HashMap<String, bool>,
    /// By address. Of an ejected host, since when, where the mesh tells it.
    states: HashMap<SocketAddr, (HostState, Option<String>)>,
}

impl Known {
    /// Somebody told the host to change, through `front`.
    pub(super) fn changed(&mut self, uid: &str, faulty: bool) {
        if self.faulty.len() < MAX_HOSTS || self.faulty.contains_key(uid) {
            self.faulty.insert(uid.to_owned(), faulty);
        }
    }

    /// What is new in `look`. `at` is now, for what has no time of its own. The numbers are still to be set.
    ///
    /// The `first` look after a time without viewers only learns, for when things happened is not known, unless the
    /// mesh tells it. Without `faults` it says nothing of faults: it began before the last of them was set.
    pub(super) fn look(&mut self, look: &Look, first: bool, faults: bool, at: u64) -> Vec<Mark> {
        let mut marks = Vec::new();
        let mut addresses = HashSet::new();
        if faults {
            let replicas = look.found.iter().flat_map(|found| &found.replicas);
            let changed = replicas.filter_map(|replica| self.fault(replica, at));
            marks.extend(changed.filter(|_| !first));
        }
        for replica in look.found.iter().flat_map(|found| found.known()) {
            addresses.insert(replica.address);
            let view = look.mesh.of(replica.address);
            marks.extend(self.state(replica, view, first, at));
        }
        // Replicas come and go; those that are gone for good must not stay here.
        if self.states.len() > MAX_HOSTS {
            self.states.retain(|address, _| addresses.contains(address));
        }
        if self.faulty.len() >= MAX_HOSTS {
            self.faulty.clear();
        }
        marks
    }

    fn fault(&mut self, replica: &Replica, at: u64) -> Option<Mark> {
        let faulty = replica.fault.is_some();
        let before = self.faulty.insert(replica.uid.clone(), faulty);
        if before.is_none_or(|before| before == faulty) {
            return None;
        }
        let (kind, cause) = match &replica.fault {
            Some(fault) => (Kind::Fault, Some(fault.to_string())),
            None => (Kind::Recover, None),
        };
        Some(mark(kind, replica, cause, at))
    }

    fn state(&mut self, replica: &Replica, view: &HostView, first: bool, at: u64) -> Option<Mark> {
        use HostState::{Ejected, Healthy, Unknown};
        let since = view.ejected_since.as_deref().and_then(millis);
        // While the mesh does not answer, nothing is learned and nothing forgotten.
        let (before, after) = match view.state {
            Unknown => return None,
            known => {
                let after = (known, view.ejected_since.clone());
                let before = self.states.insert(replica.address, after.clone());
                (before, after)
            }
        };
        match (before, after.0) {
            (before, Ejected) if before.as_ref() != Some(&after) => match since {
                Some(since) => Some(mark(Kind::Ejection, replica, view.reason.clone(), since)),
                None => (!first && before.is_some())
                    .then(|| mark(Kind::Ejection, replica, view.reason.clone(), at)),
            },
            (Some((Ejected, _)), Healthy) if !first => {
                Some(mark(Kind::Return, replica, view.reason.clone(), at))
            }
            _ => None,
        }
    }
}

fn mark(kind: Kind, replica: &Replica, cause: Option<String>, at: u64) -> Mark {
    Mark {
        number: 0,
        at,
        kind,
        host: replica.uid.clone(),
        address: Some(replica.address),
        cause,
    }
}

fn millis(rfc3339: &str) -> Option<u64> {
    let time = humantime::parse_rfc3339(rfc3339).ok()?;
    u64::try_from(time.duration_since(UNIX_EPOCH).ok()?.as_millis()).ok()
}
