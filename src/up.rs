//! `outlier-demo up`: each pod of the manifests as a process of this executable, one more that plays
//! the mesh, and Prometheus if it is wanted. From the first check to the last end:
//!
//! 1. flags and manifests are checked; whatever is wrong ends `up` before anything runs;
//! 2. every port is taken, so that each process keeps its address over restarts;
//! 3. the processes are started, and started again when they end;
//! 4. once all of them answer, standard output says where everything is;
//! 5. at SIGTERM, SIGINT or an error they end, within five seconds.

mod args;
mod backoff;
mod child;
mod data_plane;
mod error;
mod launch;
mod peer;
mod plan;
mod pod_env;
mod ports;
mod private_folder;
mod prometheus;
mod ready;
mod report;
mod scrape;
mod source;
mod supervisor;

pub(crate) use args::Args;
pub(crate) use error::Error;

use std::future;
use std::io::{self, Write};

use front::EVENTS_LIMIT;
use ingress::mesh::Mesh;
use service::{ConfigError, Environment, LogFormat, Stop, Token};

use data_plane::DataPlane;
use launch::{Launch, MeshAddresses, Placed};
use plan::Pod;
use ports::Reservation;
use prometheus::Prometheus;
use report::Report;
use source::Chosen;
use supervisor::Supervisor;

/// Runs the demo until `stop`, logs included.
///
/// # Errors
/// When a flag or a manifest cannot be used, when a process does not get ready, or when the system fails.
pub(crate) async fn run(args: Args, env: &impl Environment, stop: Stop) -> Result<(), Error> {
    let format = if args.json {
        LogFormat::Json
    } else {
        LogFormat::Text
    };
    service::init_logging(format, env.get("RUST_LOG").as_deref())?;

    let data_plane = DataPlane::chosen(&args, env).await?;
    let chosen = Chosen::new(args.manifests.as_deref())?;
    let mut pods = checked(&chosen, &data_plane, &args)?;
    let token = Token::from_env(env)?;
    if let Some(token) = &token {
        plan::lock(&mut pods, token);
    }
    if env.get(EVENTS_LIMIT).is_some() {
        let limit = front::events_limit(env)?;
        plan::tell_fronts(&mut pods, EVENTS_LIMIT, &limit.to_string());
    }
    let prometheus = Prometheus::chosen(&args, env).await?;
    let taken = Taken::new(&args, pods.len())?;
    let mesh = taken.mesh();
    let replicas = taken.place(pods);
    let log = if args.json { "json" } else { "text" };
    let mut launches: Vec<Launch> = replicas
        .iter()
        .map(|replica| launch::pod(replica, &replicas, &mesh, log))
        .chain([launch::data_plane(
            &data_plane,
            &replicas,
            &mesh,
            chosen.path(),
            args.speed,
            log,
        )])
        .collect();
    if let Some(prometheus) = &prometheus {
        let read = (data_plane.name(), mesh.admin);
        launches.push(prometheus.launch(&replicas, read, log)?);
    }

    let mut supervisor = Supervisor::start(&launches)?;
    let pids = supervisor.pids();
    let outcome = tokio::select! {
        () = stop.wait() => Ok(()),
        error = supervisor.failed() => Err(error.into()),
        outcome = async {
            ready::all_ready(&launches).await?;
            let prometheus = prometheus.as_ref().map(Prometheus::address);
            let report = Report::new(&mesh, prometheus, &replicas, &pids()).locked(token.is_some());
            print(&if args.json { report.json() } else { report.text() })?;
            future::pending().await
        } => outcome,
    };
    supervisor.end().await;
    outcome
}

/// The pods of the manifests, all of which make sense to the mesh as well.
fn checked(chosen: &Chosen, data_plane: &DataPlane, args: &Args) -> Result<Vec<Pod>, ConfigError> {
    let manifests = ingress::manifest::load(&chosen.source())?;
    data_plane.check(Mesh::from_manifests(&manifests, None)?, args.speed)?;
    plan::pods(&manifests, args.replicas)
}

fn print(text: &str) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(text.as_bytes())?;
    stdout.flush()
}

/// Every port of one run.
struct Taken {
    gateway: Reservation,
    admin: Reservation,
    egress: Reservation,
    /// Two for each pod: where it serves, and where it is told to fail.
    pods: Vec<(Reservation, Reservation)>,
}

impl Taken {
    fn new(args: &Args, pods: usize) -> Result<Self, Error> {
        let (port, admin_port) = (args.port, args.admin_port);
        if port == admin_port && port != 0 {
            let sentence = format!("--port and --admin-port must differ: both are {port}");
            return Err(ConfigError::new(sentence).into());
        }
        let pair = |_| Ok((Reservation::any()?, Reservation::any()?));
        Ok(Self {
            gateway: Reservation::asked_for(port, "--port")?,
            admin: Reservation::asked_for(admin_port, "--admin-port")?,
            egress: Reservation::any()?,
            pods: (0..pods).map(pair).collect::<io::Result<_>>()?,
        })
    }

    fn mesh(&self) -> MeshAddresses {
        MeshAddresses {
            gateway: self.gateway.address(),
            egress: self.egress.address(),
            admin: self.admin.address(),
        }
    }

    /// Gives each pod its addresses.
    fn place(&self, pods: Vec<Pod>) -> Vec<Placed> {
        pods.into_iter()
            .zip(&self.pods)
            .map(|(pod, (server, control))| Placed {
                pod,
                server: server.address(),
                control: control.address(),
            })
            .collect()
    }
}
