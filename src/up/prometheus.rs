//! `--prometheus`: a Prometheus of this machine that reads the numbers of every process and watches over
//! them with the alert rules of the manifests. It runs on loopback, and what it writes goes with the run.

use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Output;

use service::Environment;

use super::args::Args;
use super::launch::{Launch, Placed};
use super::peer::Peer;
use super::ports::Reservation;
use super::private_folder::PrivateFolder;
use super::scrape;
use crate::prometheus_program::missing;

const PEER: Peer = Peer {
    name: "Prometheus",
    variable: "PROMETHEUS",
    program: "prometheus",
    missing,
};

/// A Prometheus that is there, with a port of its own.
#[derive(Debug)]
pub(super) struct Prometheus {
    program: PathBuf,
    port: Reservation,
    folder: PrivateFolder,
}

impl Prometheus {
    /// The one that the flags ask for, if they do: that of `--prometheus PATH`, of `PROMETHEUS`, or the
    /// one on `PATH`.
    ///
    /// # Errors
    /// When there is none, it is something else, or its port is not to be had.
    pub(super) async fn chosen(
        args: &Args,
        env: &impl Environment,
    ) -> Result<Option<Self>, super::Error> {
        let Some(named) = &args.prometheus else {
            return Ok(None);
        };
        let program = PEER.chosen(named.as_deref(), env);
        PEER.version(&program, is_one).await?;
        Ok(Some(Self {
            program,
            port: Reservation::for_others(args.prometheus_port, "--prometheus-port")?,
            folder: PrivateFolder::new()?,
        }))
    }

    /// Where it listens.
    pub(super) fn address(&self) -> SocketAddr {
        self.port.address()
    }

    /// Its process, with `all` pods and the data plane `mesh` (its name, and where its admin interface is)
    /// to read.
    ///
    /// # Errors
    /// When its configuration cannot be written.
    pub(super) fn launch(
        &self,
        all: &[Placed],
        mesh: (&str, SocketAddr),
        log: &str,
    ) -> io::Result<Launch> {
        let rules = self.folder.file("rules.json", &scrape::rules())?;
        let config = scrape::config(all, mesh, &rules);
        let config = self.folder.file("prometheus.json", &config)?;
        let data = self.folder.path().join("data");
        let listen = self.address().to_string();
        let flags: [(&str, &Path); 4] = [
            ("program", &self.program),
            ("config", &config),
            ("data", &data),
            ("listen", listen.as_ref()),
        ];
        let flags = flags.map(|(name, value)| {
            let mut flag = std::ffi::OsString::from(format!("--{name}="));
            flag.push(value);
            flag
        });
        Ok(Launch {
            name: "prometheus".to_owned(),
            args: ["prometheus".into()].into_iter().chain(flags).collect(),
            env: [("LOG_FORMAT".to_owned(), log.to_owned())].into(),
            ready: format!("http://{listen}/-/ready"),
        })
    }
}

/// Whether it is one. Early releases say it on the standard error.
fn is_one(said: &Output) -> Option<()> {
    let mut texts = [&said.stdout, &said.stderr].into_iter();
    texts
        .any(|text| text.starts_with(b"prometheus, version "))
        .then_some(())
}
