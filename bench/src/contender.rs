//! What is measured: some running processes behind one address.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

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
    /// The first of them, which keeps the others running.
    pub running: Running,
    /// From its start to its first good answer.
    pub first_answer: Duration,
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
    /// One that is a single process, once it answers.
    ///
    /// # Errors
    /// When it does not.
    pub fn single(
        name: &str,
        address: SocketAddr,
        request: Vec<u8>,
        mut running: Running,
    ) -> io::Result<Self> {
        let first_answer = running.wait_for(address, &request)?;
        Ok(Self {
            name: name.to_owned(),
            address,
            request,
            groups: vec![Group {
                name: name.to_owned(),
                pids: vec![running.pid()],
            }],
            running,
            first_answer,
        })
    }

    /// All of its processes.
    pub fn pids(&self) -> Vec<u32> {
        self.groups
            .iter()
            .flat_map(|group| group.pids.clone())
            .collect()
    }
}
