//! A look at the replicas and the mesh, shared by all who want one.

use std::convert::Infallible;
use std::future::pending;
use std::sync::Arc;

use crate::mesh_view::{MeshReport, MeshView};
use crate::replicas::{Found, Replicas};
use crate::together::Together;

/// Whom to ask.
pub(crate) struct Sources {
    /// `None` when nobody said where the control ports are.
    pub(crate) replicas: Option<Arc<Replicas>>,
    /// `None` when nobody said where the mesh can be asked.
    pub(crate) mesh: Option<MeshView>,
}

/// What the replicas and the mesh said at one moment.
pub(crate) struct Look {
    /// `None` when nobody said where the control ports are.
    pub(crate) found: Option<Found>,
    pub(crate) mesh: MeshReport,
}

impl Look {
    /// A fault, an ejection, or a replica that does not answer.
    pub(crate) fn shows_trouble(&self) -> bool {
        let found = self.found.as_ref();
        let is_ill = |found: &Found| {
            let faulty = found.replicas.iter().any(|replica| replica.fault.is_some());
            faulty || !found.silent.is_empty()
        };
        found.is_some_and(is_ill) || self.mesh.ejects_any()
    }
}

/// Where looks are to be had. Clones share them.
#[derive(Clone)]
pub(crate) struct Looks {
    sources: Arc<Sources>,
    together: Arc<Together<Look>>,
}

impl Sources {
    /// What the mesh says of the hosts; nothing when nobody said where to ask.
    pub(crate) async fn mesh_report(&self) -> MeshReport {
        match &self.mesh {
            Some(mesh) => mesh.read().await,
            None => MeshReport::default(),
        }
    }

    /// Keeps the addresses of the replicas' names known.
    pub(crate) async fn follow_names(&self) -> Infallible {
        match &self.replicas {
            Some(replicas) => replicas.follow_names().await,
            None => pending().await,
        }
    }

    async fn look(&self) -> Look {
        let find = async {
            match &self.replicas {
                Some(replicas) => Some(replicas.find().await),
                None => None,
            }
        };
        let (found, mesh) = tokio::join!(find, self.mesh_report());
        Look { found, mesh }
    }
}

impl Looks {
    pub(crate) fn new(sources: Arc<Sources>) -> Self {
        let together = Together::new();
        Self { sources, together }
    }

    /// A look that begins now or later.
    pub(crate) async fn one(&self) -> Arc<Look> {
        let sources = Arc::clone(&self.sources);
        let look = async move { sources.look().await };
        self.together.done(look).await
    }
}
