//! What is measured: some running processes behind one address.

use std::net::SocketAddr;

use crate::process::Running;

/// One of those that are compared.
#[derive(Debug)]
pub struct Contender {
    /// Its name in the tables.
    pub name: String,
    /// Where requests go.
    pub address: SocketAddr,
    /// The bytes of a request.
    pub request: Vec<u8>,
    /// Its processes, by what they are.
    pub groups: Vec<Group>,
    /// What keeps them running.
    pub running: Running,
}

/// Processes that are counted together.
#[derive(Clone, Debug)]
pub struct Group {
    /// What they are.
    pub name: String,
    /// Their process ids.
    pub pids: Vec<u32>,
}

impl Contender {
    /// One that is a single process.
    pub fn single(name: &str, address: SocketAddr, request: Vec<u8>, running: Running) -> Self {
        Self {
            name: name.to_owned(),
            address,
            request,
            groups: vec![Group {
                name: name.to_owned(),
                pids: vec![running.pid()],
            }],
            running,
        }
    }

    /// All of its processes.
    pub fn pids(&self) -> Vec<u32> {
        self.groups
            .iter()
            .flat_map(|group| group.pids.clone())
            .collect()
    }
}
