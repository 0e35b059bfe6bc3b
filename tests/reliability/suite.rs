//! The whole chain, each part a process that can be broken for itself: gateway and sidecar, front, five colorapps.

use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use attack::Target;
use tokio::runtime::Runtime;

use crate::child::{Child, Launch};
use crate::launches::{ADMIN, GATEWAY, Launches, Place, control_of, server_of, write_mesh};

/// As many replicas as the demo has.
pub(crate) const REPLICAS: usize = 5;

/// How many errors in a row eject a replica.
pub(crate) const THRESHOLD: usize = 5;

/// How long the mesh waits for an answer.
pub(crate) const ROUTE_TIMEOUT: Duration = Duration::from_secs(1);

/// How long a part may take to be ready.
const PATIENCE: Duration = Duration::from_secs(30);

/// What plays the mesh.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Plane {
    Ingress,
    /// The real one, at this path.
    Envoy(PathBuf),
}

/// How a suite differs from the usual one.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    /// Interval of the sweeps, and the base of ejections.
    pub interval: Duration,
    /// More flags for the data plane.
    pub flags: Vec<String>,
    /// Variables for the data plane.
    pub env: Vec<(String, String)>,
    /// Limits for the data plane, as bash's `ulimit` takes them.
    pub limits: Vec<String>,
}

/// A running suite.
pub(crate) struct Suite {
    pub gateway: SocketAddr,
    pub admin: SocketAddr,
    pub plane: Option<Child>,
    pub front: Option<Child>,
    pub replicas: Vec<Option<Child>>,
    places: Vec<Place>,
    launches: Launches,
    folder: PathBuf,
    runtime: Runtime,
}

impl Plane {
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Ingress => "ingress",
            Self::Envoy(_) => "envoy",
        }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            interval: Duration::from_secs(1),
            flags: Vec::new(),
            env: Vec::new(),
            limits: Vec::new(),
        }
    }
}

impl Suite {
    /// Starts all of it with `program`, its logs in `folder`, and waits until it is ready.
    pub(crate) fn start(
        program: &Path,
        plane: &Plane,
        settings: &Settings,
        folder: PathBuf,
    ) -> Result<Self, String> {
        let sentence = |error: io::Error| format!("cannot start the suite: {error}");
        let places: Vec<Place> = (0..2 * REPLICAS + 5)
            .map(|_| Place::take())
            .collect::<io::Result<_>>()
            .map_err(sentence)?;
        let at = |place: usize| places[place].address;
        let launches = Launches::new(program, plane, settings, &at, &folder).map_err(sentence)?;
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(sentence)?;
        let mut suite = Self {
            gateway: at(GATEWAY),
            admin: at(ADMIN),
            plane: None,
            front: None,
            replicas: (0..REPLICAS).map(|_| None).collect(),
            places,
            launches,
            folder,
            runtime,
        };
        for replica in 0..REPLICAS {
            suite.start_replica(replica)?;
        }
        suite.start_front()?;
        suite.start_plane()?;
        Ok(suite)
    }

    /// Starts a replica that is not running, and waits until it is ready.
    pub(crate) fn start_replica(&mut self, replica: usize) -> Result<(), String> {
        let child = self.launch(&self.launches.replicas[replica])?;
        self.wait_ready(self.places[control_of(replica)].address, "/readyz", &child)?;
        self.replicas[replica] = Some(child);
        Ok(())
    }

    /// Starts front, beside one that runs already, which is returned.
    pub(crate) fn start_front(&mut self) -> Result<Option<Child>, String> {
        let child = self.launch(&self.launches.front)?;
        // The control port is shared, and another one may answer.
        self.wait_said(&child, "started")?;
        Ok(self.front.replace(child))
    }

    /// Starts a data plane, beside one that runs already, which is returned.
    pub(crate) fn start_plane(&mut self) -> Result<Option<Child>, String> {
        let child = self.launch(&self.launches.plane)?;
        if self.plane.is_some() {
            // The admin port is shared, and the other one may answer.
            self.wait_said(&child, "listening")?;
        } else {
            self.wait_ready(self.admin, "/ready", &child)?;
        }
        Ok(self.plane.replace(child))
    }

    /// The policy of the data planes that are started from now on.
    pub(crate) fn set_interval(&self, interval: Duration) -> io::Result<()> {
        write_mesh(&self.folder, interval)
    }

    /// The data plane.
    pub(crate) fn plane(&self) -> Result<&Child, String> {
        self.plane
            .as_ref()
            .ok_or_else(|| "no data plane".to_owned())
    }

    /// Takes a replica out of the suite.
    pub(crate) fn take_replica(&mut self, replica: usize) -> Result<Child, String> {
        self.replicas[replica]
            .take()
            .ok_or_else(|| format!("replica {replica} is not running"))
    }

    /// Where a replica serves.
    pub(crate) fn replica_at(&self, replica: usize) -> SocketAddr {
        self.places[server_of(replica)].address
    }

    /// What a replica calls itself.
    pub(crate) fn uid(replica: usize) -> String {
        format!("replica-{replica}")
    }

    /// Tells a replica something on its control port.
    pub(crate) fn control(&self, replica: usize, path: &str) -> Result<String, String> {
        self.get(self.places[control_of(replica)].address, path)
    }

    /// What is answered to a GET.
    pub(crate) fn get(&self, at: SocketAddr, path: &str) -> Result<String, String> {
        let target: Target = format!("http://{at}{path}")
            .parse()
            .map_err(|error: service::ConfigError| error.to_string())?;
        let reply = self.runtime.block_on(attack::fetch(&target, PATIENCE));
        let reply = reply.map_err(|failure| format!("{at}{path}: {failure}"))?;
        let body = String::from_utf8_lossy(&reply.body).into_owned();
        match reply.status.as_u16() {
            200 => Ok(body),
            status => Err(format!("{at}{path}: {status} {body}")),
        }
    }

    /// A counter of the data plane's cluster of colorapps, by the end of its name.
    pub(crate) fn counter(&self, name: &str) -> Result<u64, String> {
        let page = self.get(self.admin, "/stats?filter=colorapp")?;
        let value = page.lines().find_map(|line| {
            let (key, value) = line.split_once(": ")?;
            key.ends_with(name).then(|| value.parse().ok())?
        });
        value.ok_or_else(|| format!("the data plane counts no {name}: {page}"))
    }

    fn launch(&self, launch: &Launch) -> Result<Child, String> {
        launch
            .start(&self.folder)
            .map_err(|error| format!("cannot start {}: {error}", launch.name))
    }

    fn wait_ready(&self, at: SocketAddr, path: &str, child: &Child) -> Result<(), String> {
        wait(child, || self.get(at, path).is_ok())
    }

    fn wait_said(&self, child: &Child, said: &str) -> Result<(), String> {
        wait(child, || child.log().contains(said))
    }
}

fn wait(child: &Child, is_ready: impl Fn() -> bool) -> Result<(), String> {
    let start = Instant::now();
    while start.elapsed() < PATIENCE {
        if is_ready() {
            return Ok(());
        }
        thread::sleep(Duration::from_millis(2));
    }
    Err(format!("not ready within {PATIENCE:?}: {}", child.log()))
}
