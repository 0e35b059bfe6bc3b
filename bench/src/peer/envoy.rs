//! Envoy, with the bootstrap that `outlier-demo` writes for it from the same manifests: one worker
//! (`--concurrency 1`), `outlier_detection` as ingress has it.

use std::io;

use super::{Peer, Setup};
use crate::data_plane;
use crate::process::Start;

pub(super) fn start(peer: &Peer, setup: &Setup<'_>) -> io::Result<Start> {
    let mut arguments = vec!["envoy".into(), "--envoy".into(), peer.path.clone().into()];
    arguments.extend(data_plane::mesh_arguments(setup)?);
    Ok(peer.with(setup.outlier_demo, arguments, setup.folder))
}
