//! Who answered how often.

use std::collections::HashMap;

use crate::Answer;
use crate::hit::is_success;

/// The most hosts that are told apart, so that memory is bounded; no demo has so many. Others count as without a name.
const MOST: usize = 10_000;

/// What one host answered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Share {
    /// Its `HostUID`; `None` for the answers that had none, made by the mesh most likely.
    pub host_uid: Option<String>,
    /// How many answers it gave.
    pub answers: u64,
    /// How many of them were neither 2xx nor 3xx.
    pub errors: u64,
}

/// The answers per host.
#[derive(Clone, Debug, Default)]
pub(crate) struct Spread {
    hosts: Vec<Share>,
    index: HashMap<Box<[u8]>, usize>,
    nameless: Share,
}

impl Spread {
    pub(crate) fn add(&mut self, answer: &Answer<'_>) {
        let share = match answer.host_uid {
            Some(uid) => self.share(uid.as_bytes()),
            None => &mut self.nameless,
        };
        share.answers += 1;
        share.errors += u64::from(!is_success(answer.status));
    }

    /// The hosts in order of first sight, then the answers without one. Nothing if no answer had one.
    pub(crate) fn shares(&self) -> impl Iterator<Item = &Share> {
        let nameless =
            Some(&self.nameless).filter(|nameless| nameless.answers > 0 && !self.hosts.is_empty());
        self.hosts.iter().chain(nameless)
    }

    fn share(&mut self, uid: &[u8]) -> &mut Share {
        if let Some(&at) = self.index.get(uid) {
            return &mut self.hosts[at];
        }
        let at = self.hosts.len();
        if at == MOST {
            return &mut self.nameless;
        }
        self.index.insert(uid.into(), at);
        self.hosts.push(Share {
            host_uid: Some(String::from_utf8_lossy(uid).into_owned()),
            ..Share::default()
        });
        &mut self.hosts[at]
    }
}
