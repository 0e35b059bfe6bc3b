//! One proxy in front of the backends, whichever it is.

use std::io;

use crate::backend::Backends;
use crate::contender::Contender;
use crate::context::Context;
use crate::data_plane;
use crate::mesh;
use crate::peer::{Peer, Setup};
use crate::process::{Start, free_address};

/// The name of ingress in the tables.
pub const INGRESS: &str = "ingress";

/// As many backends as the demo has replicas.
pub const BACKENDS: usize = 5;

/// A proxy to be.
#[derive(Clone, Debug)]
pub struct Hop<'a> {
    /// Its name in the tables; each has another.
    pub name: String,
    /// Which it is; ingress without one.
    pub peer: Option<&'a Peer>,
    /// Routes that ingress or Envoy has.
    pub routes: u32,
    /// Threads of ingress that forward.
    pub workers: u16,
}

impl<'a> Hop<'a> {
    /// Ingress or a peer, as it is unless something else is measured.
    pub fn of(peer: Option<&'a Peer>) -> Self {
        Self {
            name: peer.map_or(INGRESS, |peer| peer.kind.name()).to_owned(),
            peer,
            routes: 1,
            workers: 1,
        }
    }

    /// Starts it and waits for its first answer.
    ///
    /// # Errors
    /// When it does not work.
    pub fn start(&self, context: &Context, backends: &Backends) -> io::Result<Contender> {
        self.started(context, backends, Start::start)
    }

    /// The same, just so; see [`Start::start_at_once`].
    ///
    /// # Errors
    /// When it does not work.
    pub fn start_at_once(&self, context: &Context, backends: &Backends) -> io::Result<Contender> {
        self.started(context, backends, Start::start_at_once)
    }

    fn started(
        &self,
        context: &Context,
        backends: &Backends,
        how: fn(&Start) -> io::Result<crate::process::Running>,
    ) -> io::Result<Contender> {
        let folder = context.folder(&self.name)?;
        let manifests = context.manifests(self.routes)?;
        let listen = free_address()?;
        let setup = Setup {
            outlier_demo: &context.outlier_demo,
            manifests: &manifests,
            backends: &backends.addresses(),
            listen,
            folder: &folder,
        };
        let start = match self.peer {
            None => data_plane::start(&setup, self.workers)?,
            Some(peer) => peer.start(&setup)?,
        };
        let request = mesh::request("backend.bench", "/get");
        Contender::single(&self.name, listen, request, how(&start)?)
    }
}
