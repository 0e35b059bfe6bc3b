//! A running data plane: Envoy or `ingress`, on the same mesh.

use std::fs;
use std::io::{self, Error};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::time::{Duration, SystemTime};

use http::StatusCode;
use serde_json::Value;
use socket2::Socket;
use tempfile::TempDir;
use tokio::process::{Child, Command};
use tokio::time::{sleep, timeout};

use super::backend::reserve;
use super::clock::Clock;
use super::connection::Connection;
use super::mesh::{flags, manifests};
use super::script::Script;

/// How long a program may take to be ready.
const PATIENCE: Duration = Duration::from_secs(20);

/// Where the programs are.
#[derive(Clone, Debug)]
pub struct Programs {
    /// A real Envoy.
    pub envoy: PathBuf,
    /// The program under test.
    pub ingress: PathBuf,
}

/// One of the two, and what it is told besides the mesh.
#[derive(Clone, Debug)]
pub(super) enum DataPlane {
    Envoy(Programs),
    Ingress(Programs, Vec<String>),
}

impl Programs {
    pub(super) fn envoy(&self) -> DataPlane {
        DataPlane::Envoy(self.clone())
    }

    /// Whose round robin starts at `first_turn`.
    pub(super) fn ingress(&self, first_turn: u64) -> DataPlane {
        DataPlane::Ingress(self.clone(), vec![format!("--first-turn={first_turn}")])
    }
}

/// The version that `envoy --version` tells, as in `1.40.0`.
///
/// # Errors
/// When it cannot be run.
pub async fn version_of(envoy: &Path) -> io::Result<String> {
    let told = Command::new(envoy).arg("--version").output().await?;
    let told = String::from_utf8_lossy(&told.stdout).into_owned();
    // envoy  version: HASH/1.40.0/Clean/RELEASE/BoringSSL
    let version = told
        .split('/')
        .find(|part| part.starts_with(|c: char| c.is_ascii_digit()) && part.contains('.'));
    Ok(version.unwrap_or("unknown").to_owned())
}

/// A data plane that serves.
pub(super) struct Running {
    pub(super) clock: Clock,
    pub(super) egress: SocketAddr,
    pub(super) admin: SocketAddr,
    child: Child,
    folder: TempDir,
    _ports: Vec<Socket>,
}

impl DataPlane {
    /// Starts it in front of hosts at `addresses`.
    pub(super) async fn start(
        &self,
        script: &Script,
        addresses: &[SocketAddr],
    ) -> io::Result<Running> {
        let folder = tempfile::Builder::new().prefix("parity-").tempdir()?;
        let at = |name: &str| folder.path().join(name);
        fs::write(at("mesh.yaml"), manifests(script))?;
        let mut ports = Vec::new();
        let mut port = || -> io::Result<SocketAddr> {
            let socket = reserve(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))?;
            let address = socket
                .local_addr()?
                .as_socket()
                .ok_or(io::ErrorKind::AddrNotAvailable)?;
            ports.push(socket);
            Ok(address)
        };
        let egress = port()?;
        let mut flags = flags(script, &at("mesh.yaml"), addresses);
        flags.push(format!("--egress={egress}"));
        flags.push(format!("--event-log={}", at("events").display()));
        let (mut command, admin) = match self {
            Self::Ingress(programs, more) => {
                let admin = port()?;
                let mut command = Command::new(&programs.ingress);
                command
                    .args(flags)
                    .args(more)
                    .arg(format!("--admin={admin}"));
                command
                    .args(["--gateway=127.0.0.1:0", "--share-port"])
                    .env("RUST_LOG", "warn");
                (command, Some(admin))
            }
            Self::Envoy(programs) => {
                flags.push("--admin=127.0.0.1:0".to_owned());
                let made = Command::new(&programs.ingress)
                    .arg("envoy-bootstrap")
                    .args(flags)
                    .output()
                    .await?;
                fs::write(at("bootstrap.json"), closing_at_once(&succeeded(made)?)?)?;
                let mut command = Command::new(&programs.envoy);
                command.args([
                    "--concurrency",
                    "1",
                    "--disable-hot-restart",
                    "--log-level",
                    "error",
                ]);
                command
                    .arg("-c")
                    .arg(at("bootstrap.json"))
                    .arg("--admin-address-path")
                    .arg(at("admin"));
                (command, None)
            }
        };
        let spawned = SystemTime::now();
        let child = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .kill_on_drop(true)
            .spawn()?;
        let admin = match admin {
            Some(admin) => admin,
            None => {
                patiently("Envoy's admin address", async || {
                    fs::read_to_string(at("admin")).ok()?.parse().ok()
                })
                .await?
            }
        };
        patiently("readiness", async || ready(admin).await).await?;
        let born = match self {
            Self::Envoy(_) => created(admin).await?,
            // It creates its clusters within the first milliseconds.
            Self::Ingress(..) => {
                spawned
                    + SystemTime::now()
                        .duration_since(spawned)
                        .unwrap_or_default()
                        / 2
            }
        };
        Ok(Running {
            clock: Clock::since(born),
            egress,
            admin,
            child,
            folder,
            _ports: ports,
        })
    }
}

impl Running {
    /// Ends it and returns its event log.
    pub(super) async fn stop(mut self) -> io::Result<String> {
        if let Some(pid) = self.child.id() {
            // The log is written to its end by a program that may end in order.
            Command::new("kill")
                .args(["-TERM", &pid.to_string()])
                .status()
                .await?;
        }
        if timeout(PATIENCE, self.child.wait()).await.is_err() {
            self.child.kill().await?;
        }
        match fs::read_to_string(self.folder.path().join("events")) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(String::new()),
            read => read,
        }
    }
}

/// The bootstrap, with an Envoy that closes the client's connection at once where an answer broke off.
/// Without that it waits a second for the client to do it, and this client would wait as well.
fn closing_at_once(bootstrap: &[u8]) -> io::Result<String> {
    let mut bootstrap: Value = serde_json::from_slice(bootstrap)?;
    let listeners = bootstrap["static_resources"]["listeners"].as_array_mut();
    for listener in listeners.into_iter().flatten() {
        listener["filter_chains"][0]["filters"][0]["typed_config"]["delayed_close_timeout"] =
            "0s".into();
    }
    Ok(bootstrap.to_string())
}

fn succeeded(output: Output) -> io::Result<Vec<u8>> {
    if output.status.success() {
        Ok(output.stdout)
    } else {
        Err(Error::other(
            String::from_utf8_lossy(&output.stderr).into_owned(),
        ))
    }
}

async fn patiently<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> io::Result<T> {
    let start = tokio::time::Instant::now();
    while start.elapsed() < PATIENCE {
        if let Some(found) = look().await {
            return Ok(found);
        }
        sleep(Duration::from_millis(5)).await;
    }
    Err(Error::other(format!(
        "{what} did not come within {PATIENCE:?}"
    )))
}

async fn ready(admin: SocketAddr) -> Option<()> {
    let mut connection = Connection::open(admin, "admin").await.ok()?;
    let (parts, _) = connection.get("/ready").await.ok()?;
    (parts.status == StatusCode::OK).then_some(())
}

/// When Envoy created its clusters.
async fn created(admin: SocketAddr) -> io::Result<SystemTime> {
    let mut connection = Connection::open(admin, "admin").await?;
    let (_, body) = connection
        .get("/config_dump?resource=static_clusters")
        .await?;
    let page: Value = serde_json::from_slice(&body)?;
    let updated = page["configs"][0]["last_updated"]
        .as_str()
        .unwrap_or_default();
    humantime::parse_rfc3339(updated)
        .map_err(|cause| Error::other(format!("last_updated {updated:?}: {cause}")))
}
