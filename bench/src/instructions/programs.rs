//! What is counted, and how it is started.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use crate::backend::Backends;
use crate::data_plane;
use crate::hop::BACKENDS;
use crate::mesh;
use crate::peer::Setup;
use crate::process::{arguments, free_address};

/// How long a backend thinks. By then whoever asked it has gone to sleep; an answer that is there at once takes fewer
/// instructions, and whether it is would be a matter of chance.
const DELAY: Duration = Duration::from_millis(2);

/// A program of the suite.
#[derive(Clone, Copy, Debug)]
pub(super) enum Program {
    /// One hop, to five backends.
    Ingress,
    /// `/color/get`, with a backend in colorapp's place.
    Front,
    /// `/get`.
    Colorapp,
}

/// How it is started, and asked.
pub(super) struct Ready {
    pub(super) arguments: Vec<OsString>,
    pub(super) variables: Vec<(String, String)>,
    pub(super) address: SocketAddr,
    pub(super) request: Vec<u8>,
}

impl Program {
    pub(super) const ALL: [Self; 3] = [Self::Ingress, Self::Front, Self::Colorapp];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Ingress => "ingress",
            Self::Front => "front",
            Self::Colorapp => "colorapp",
        }
    }

    /// Prepares a start, with backends of its own where it needs them.
    ///
    /// # Errors
    /// When there is no port, thread or file to be had.
    pub(super) fn ready(self, outlier_demo: &Path, folder: &Path) -> io::Result<Ready> {
        let address = free_address()?;
        let path = if matches!(self, Self::Front) {
            "/color/get"
        } else {
            "/get"
        };
        let mut ready = Ready {
            arguments: arguments([self.name()]),
            variables: Vec::new(),
            address,
            request: mesh::request(&address.to_string(), path),
        };
        let mut set = |name: &str, value: String| ready.variables.push((name.to_owned(), value));
        if !matches!(self, Self::Ingress) {
            set("SERVER_HOST", address.ip().to_string());
            set("SERVER_PORT", address.port().to_string());
            set("CONTROL_PORT", free_address()?.port().to_string());
        }
        match self {
            Self::Ingress => {
                let manifests = folder.join("mesh.yaml");
                fs::write(&manifests, mesh::manifests(1))?;
                let backends = Backends::start_slow(BACKENDS, DELAY)?.addresses();
                let setup = Setup {
                    outlier_demo,
                    manifests: &manifests,
                    backends: &backends,
                    listen: address,
                    folder,
                };
                ready.arguments = data_plane::start(&setup, 1)?.arguments;
            }
            Self::Front => {
                let backend = Backends::start_slow(1, DELAY)?.addresses()[0];
                set("COLOR_SERVICE_ENDPOINT", backend.to_string());
            }
            Self::Colorapp => {}
        }
        Ok(ready)
    }
}
