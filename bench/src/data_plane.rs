//! How ingress is started, alone in front of the backends.

use std::ffi::OsString;
use std::io;

use crate::peer::Setup;
use crate::process::{Start, arguments, free_address};

/// What both data planes are told of the mesh.
///
/// # Errors
/// When there is no port for the admin pages.
pub fn mesh_arguments(setup: &Setup<'_>) -> io::Result<Vec<OsString>> {
    let addresses: Vec<String> = setup.backends.iter().map(ToString::to_string).collect();
    let mut all = arguments([
        format!("--endpoints=backend={}", addresses.join(",")),
        format!("--gateway={}", setup.listen),
        format!("--admin={}", free_address()?),
    ]);
    let mut manifests = OsString::from("--manifests=");
    manifests.push(setup.manifests);
    all.push(manifests);
    Ok(all)
}

/// Starts ingress with `workers` threads.
///
/// # Errors
/// When there is no port for the admin pages.
pub fn start(setup: &Setup<'_>, workers: u16) -> io::Result<Start> {
    let mut all = arguments(["ingress".to_owned(), format!("--workers={workers}")]);
    all.extend(mesh_arguments(setup)?);
    Ok(Start {
        name: "ingress".to_owned(),
        program: setup.outlier_demo.to_owned(),
        arguments: all,
        variables: Vec::new(),
        folder: setup.folder.to_owned(),
    })
}
