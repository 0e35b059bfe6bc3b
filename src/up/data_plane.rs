//! Which program plays the mesh.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::process::Output;

use clap::ValueEnum;
use ingress::bootstrap::{Bootstrap, Replicas};
use ingress::mesh::Mesh;
use service::{ConfigError, Environment};
use tracing::warn;

use super::args::Args;
use super::peer::Peer;
use crate::envoy_program::missing;

/// The releases of Envoy that the facts were measured on.
const MEASURED: &str = "1.40";

const PEER: Peer = Peer {
    name: "Envoy",
    variable: "ENVOY",
    program: "envoy",
    missing,
};

/// A kind of data plane.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Kind {
    /// This suite's own
    #[default]
    Ingress,
    /// The real Envoy
    Envoy,
}

/// A data plane that is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum DataPlane {
    /// In this executable.
    Ingress,
    /// The Envoy at this path, or of this name on `PATH`.
    Envoy(PathBuf),
}

impl DataPlane {
    /// The one that the flags choose: of Envoys that of `--envoy`, of `ENVOY`, or the one on `PATH`. An
    /// Envoy is asked for its version, and another one than the facts were measured on is told.
    ///
    /// # Errors
    /// When there is no such Envoy, or it is something else.
    pub(super) async fn chosen(args: &Args, env: &impl Environment) -> Result<Self, ConfigError> {
        match (args.data_plane, &args.envoy) {
            (Kind::Ingress, None) => Ok(Self::Ingress),
            (Kind::Ingress, Some(_)) => {
                Err(ConfigError::new("--envoy goes with --data-plane envoy"))
            }
            (Kind::Envoy, named) => {
                let path = PEER.chosen(named.as_deref(), env);
                let printed = |said: &Output| release(&String::from_utf8_lossy(&said.stdout));
                let found = PEER.version(&path, printed).await?;
                if !is_measured(&found) {
                    warn!(%found, measured = MEASURED, "the numbers were measured on another Envoy");
                }
                Ok(Self::Envoy(path))
            }
        }
    }
}

impl DataPlane {
    /// What its process is called.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Ingress => "ingress",
            Self::Envoy(_) => "envoy",
        }
    }

    /// Whether `mesh` can be told to it, on a clock that runs `speed` times as fast. Envoy cannot be told
    /// everything; its process would find that out as well, but with all others running already.
    ///
    /// # Errors
    /// When it cannot; the sentence names the object.
    pub(super) fn check(&self, mut mesh: Mesh, speed: Option<f64>) -> Result<(), ConfigError> {
        if *self == Self::Ingress {
            return Ok(());
        }
        let policies = mesh
            .clusters
            .iter_mut()
            .filter_map(|of| of.outlier.as_mut());
        for policy in policies {
            *policy = policy.sped_up(speed.unwrap_or(1.0));
        }
        let anywhere = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let bootstrap = Bootstrap {
            replicas: vec![Replicas::At(Vec::new()); mesh.clusters.len()],
            gateway: mesh.gateway.is_some().then_some(anywhere),
            egress: mesh.sidecar.is_some().then_some(anywhere),
            admin: None,
            stats: None,
            event_log: None,
            mesh: &mesh,
        };
        bootstrap.to_json().map(drop)
    }
}

/// The release in what `envoy --version` prints: `envoy  version: <commit>/<release>/<how it was built>`.
fn release(printed: &str) -> Option<String> {
    let (_, version) = printed.split_once("version: ")?;
    let mut parts = version.trim().split('/');
    let release = parts.nth(1)?;
    parts.next()?;
    Some(release.to_owned())
}

fn is_measured(release: &str) -> bool {
    let patch = release.strip_prefix(MEASURED);
    patch.is_some_and(|patch| patch.is_empty() || patch.starts_with('.'))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn an_envoy_says_which_release_it_is() {
        let printed = "\n/usr/bin/envoy  version: 9e5580933739/1.40.0/Clean/RELEASE/BoringSSL\n\n";
        assert_eq!(release(printed).as_deref(), Some("1.40.0"));
        for other in ["outlier-demo 0.1.0\n", "version: 3/4", "", "version: "] {
            assert_eq!(release(other), None, "{other:?}");
        }
    }

    #[test]
    fn a_mesh_that_envoy_cannot_be_told_is_refused_before_anything_runs() {
        let manifests = ingress::manifest::load(&crate::embedded::app_mesh()).unwrap();
        let mut mesh = Mesh::from_manifests(&manifests, None).unwrap();
        let envoy = DataPlane::Envoy(PathBuf::from("envoy"));
        assert_eq!(envoy.check(mesh.clone(), Some(100.0)), Ok(()));
        let policy = mesh.clusters.iter_mut().find_map(|of| of.outlier.as_mut());
        policy.unwrap().interval = Duration::from_millis(50);
        assert_eq!(envoy.check(mesh.clone(), None), Ok(()));
        assert_eq!(DataPlane::Ingress.check(mesh.clone(), Some(100.0)), Ok(()));
        let refused = envoy.check(mesh, Some(100.0)).unwrap_err().to_string();
        let sentence = "VirtualNode colorapp: interval must be at least 1 ms for Envoy; choose a lower --speed";
        assert_eq!(refused, sentence);
    }

    #[test]
    fn every_patch_of_the_measured_release_is_as_good() {
        assert!(is_measured("1.40.0") && is_measured("1.40.3-dev") && is_measured("1.40"));
        assert!(!is_measured("1.4.0") && !is_measured("1.400.0") && !is_measured("1.41.0"));
    }
}
