//! What every scenario needs.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::args::Measure;
use crate::compare::Rounds;
use crate::mesh;
use crate::peer::{Kind, Peer};

/// What every scenario needs.
#[derive(Debug)]
pub struct Context {
    /// The program that is measured.
    pub outlier_demo: PathBuf,
    /// The peers that are installed.
    pub peers: Vec<Peer>,
    /// How to compare.
    pub rounds: Rounds,
    /// The CPUs that there are.
    pub all_cpus: Vec<usize>,
    /// Numbers of connections.
    pub connections: Vec<u16>,
    /// Whether it is only to be seen that it works.
    pub brief: bool,
    folder: TempDir,
}

impl Context {
    /// From the flags.
    ///
    /// # Errors
    /// When there is no folder to be had.
    pub fn new(
        measure: &Measure,
        outlier_demo: &Path,
        cpu: usize,
        all_cpus: &[usize],
    ) -> io::Result<Self> {
        let outlier_demo = measure.outlier_demo.as_deref().unwrap_or(outlier_demo);
        Ok(Self {
            outlier_demo: outlier_demo.to_owned(),
            peers: Kind::ALL.into_iter().filter_map(Kind::find).collect(),
            rounds: Rounds {
                cpus: vec![cpu],
                count: measure.rounds,
                length: measure.seconds,
                accept_noise: measure.accept_noise,
            },
            all_cpus: all_cpus.to_vec(),
            connections: measure.connections.clone(),
            brief: measure.brief,
            folder: tempfile::Builder::new()
                .prefix("outlier-demo-bench-")
                .tempdir()?,
        })
    }

    /// The peer of that kind, if it is installed.
    pub fn peer(&self, kind: Kind) -> Option<&Peer> {
        self.peers.iter().find(|peer| peer.kind == kind)
    }

    /// A folder for one contender.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn folder(&self, name: &str) -> io::Result<PathBuf> {
        let folder = self.folder.path().join(name);
        fs::create_dir_all(&folder)?;
        Ok(folder)
    }

    /// The manifests, with this many routes, as a file.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn manifests(&self, routes: u32) -> io::Result<PathBuf> {
        let path = self.folder.path().join(format!("mesh-{routes}.yaml"));
        fs::write(&path, mesh::manifests(routes))?;
        Ok(path)
    }
}
