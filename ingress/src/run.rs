//! The whole data plane, from its arguments to its end.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::thread::JoinHandle;

use futures_util::future::join_all;
use service::{ConfigError, Grace, Limits, ProgramError, Readiness, Stop, SystemLookup};
use tokio::net::TcpListener;
use tokio::time::Instant;
use tracing::info;

use crate::admin;
use crate::args::Args;
use crate::bootstrap::Replicas;
use crate::cluster::{Cluster, Trips};
use crate::dns::Follower;
use crate::event_log::EventLog;
use crate::manifest::Source;
use crate::mesh::Mesh;
use crate::metrics::Downstream;
use crate::proxy::{Listener, Router, Worker};
use crate::{EGRESS_LISTENER, GATEWAY_LISTENER};

/// Runs the data plane until `stop`. `embedded` is read where the arguments name no manifests.
///
/// # Errors
/// When the arguments or manifests cannot be used, a port is in use, or there is no thread to be had.
pub async fn run(args: Args, embedded: Option<Source>, stop: Stop) -> Result<(), ProgramError> {
    let started = Instant::now();
    let mesh = args.mesh.load(&args.defaults, embedded)?;
    let replicas = args.mesh.replicas(&mesh)?;
    let built = tokio::select! {
        built = build(&mesh, &replicas) => built,
        // Whoever stops while a name server keeps it waiting has nothing to drain.
        () = stop.wait() => return Ok(()),
    };
    let clusters: Vec<_> = built.iter().map(|(it, ..)| Arc::clone(it)).collect();
    let events = EventLog::open(args.mesh.event_log.as_deref())?;
    let ways = ways_in(&mesh, &args);
    let admin_socket = bind(args.mesh.admin, args.share_port, "--admin")?;
    let stats = args.mesh.stats;
    let stats_socket = stats
        .map(|at| bind(at, args.share_port, "--stats"))
        .transpose()?;
    let mut sockets = Vec::new();
    for _ in 0..args.workers {
        sockets.push(listen(&ways, &args)?);
    }

    for (cluster, trips, follower) in built {
        tokio::spawn(cluster.watch_over(trips, Arc::new(events.clone())));
        if let Some(follower) = follower {
            tokio::spawn(follower.run());
        }
    }
    let workers = start(sockets, &clusters, &args, &stop)?;
    let live = Readiness::new();
    live.set(true);
    for way in &ways {
        info!(listener = way.name, address = %way.address, "listening");
    }
    info!(address = %args.mesh.admin, "admin");
    if let Some(at) = stats {
        info!(address = %at, "stats");
    }

    let state = Arc::new(admin::State {
        clusters,
        replicas,
        listeners: ways
            .iter()
            .map(|way| (way.name.to_owned(), way.address))
            .collect(),
        downstream: ways.iter().map(|way| Arc::clone(&way.downstream)).collect(),
        mesh,
        live: live.clone(),
        events,
        concurrency: args.workers.into(),
        started,
    });
    let ended = Stop::new();
    let serving = service::serve(
        admin_socket,
        admin::app(Arc::clone(&state)),
        Limits::CONTROL,
        ended.wait(),
        Grace::default(),
    );
    let showing = async {
        let Some(socket) = stats_socket else {
            return Ok(());
        };
        let pages = admin::public(state);
        let grace = Grace::default();
        service::serve(socket, pages, Limits::CONTROL, ended.wait(), grace).await
    };
    let draining = async {
        stop.wait().await;
        live.set(false);
        let joined = join(workers).await;
        ended.request();
        joined
    };
    let (served, shown, joined) = tokio::join!(serving, showing, draining);
    info!("stopped");
    served.and(shown).and(joined).map_err(ProgramError::Io)
}

/// One listener to be.
struct Way {
    name: &'static str,
    address: SocketAddr,
    flag: &'static str,
    router: Arc<Router>,
    downstream: Arc<Downstream>,
}

/// A cluster, its trips, and what follows its DNS name if it has one.
type Built = (Arc<Cluster>, Trips, Option<Follower<SystemLookup>>);

/// All clusters, each with the hosts of its first lookup. Names are looked up all at once.
async fn build(mesh: &Mesh, replicas: &[Replicas]) -> Vec<Built> {
    let one = async |(spec, replicas): (&crate::mesh::Cluster, &Replicas)| match replicas {
        Replicas::At(addresses) => {
            let (cluster, trips) = Cluster::new(spec.clone(), addresses);
            (cluster, trips, None)
        }
        Replicas::Dns { name, refresh } => {
            let lookup = SystemLookup::new(name.clone(), spec.port);
            let (follower, trips) = Follower::start(spec.clone(), lookup, *refresh).await;
            (Arc::clone(follower.cluster()), trips, Some(follower))
        }
    };
    join_all(mesh.clusters.iter().zip(replicas).map(one)).await
}

fn ways_in(mesh: &Mesh, args: &Args) -> Vec<Way> {
    let gateway = mesh.gateway.is_some().then(|| Way {
        name: GATEWAY_LISTENER,
        address: args.mesh.gateway,
        flag: "--gateway",
        router: Arc::new(Router::gateway(mesh)),
        downstream: Downstream::new(GATEWAY_LISTENER, args.mesh.gateway),
    });
    let egress = mesh.sidecar.is_some().then(|| Way {
        name: EGRESS_LISTENER,
        address: args.mesh.egress,
        flag: "--egress",
        router: Arc::new(Router::egress(mesh)),
        downstream: Downstream::new(EGRESS_LISTENER, args.mesh.egress),
    });
    gateway.into_iter().chain(egress).collect()
}

/// The sockets of one worker.
fn listen(ways: &[Way], args: &Args) -> Result<Vec<Listener>, ProgramError> {
    let share_port = args.share_port || args.workers > 1;
    let one = |way: &Way| {
        let socket = bind(way.address, share_port, way.flag)?
            .into_std()
            .map_err(ProgramError::Io)?;
        Ok(Listener {
            socket,
            router: Arc::clone(&way.router),
            downstream: Arc::clone(&way.downstream),
        })
    };
    ways.iter().map(one).collect()
}

fn bind(address: SocketAddr, share_port: bool, flag: &str) -> Result<TcpListener, ConfigError> {
    service::bind(address, share_port).map_err(|error| {
        ConfigError::new(format!(
            "{flag}: {error}; choose another with {flag} IP:PORT"
        ))
    })
}

fn start(
    sockets: Vec<Vec<Listener>>,
    clusters: &[Arc<Cluster>],
    args: &Args,
    stop: &Stop,
) -> Result<Vec<JoinHandle<()>>, ProgramError> {
    let limits = args
        .limits
        .of_one(args.workers, service::raise_open_files());
    let start = |(index, listeners)| {
        let worker = Worker {
            listeners,
            clusters: clusters.to_vec(),
            first_turn: args.first_turn,
            limits,
            grace: Grace {
                deadline: args.drain_time,
                ..Grace::default()
            },
        };
        worker.spawn(index, stop.clone()).map_err(ProgramError::Io)
    };
    sockets.into_iter().enumerate().map(start).collect()
}

async fn join(workers: Vec<JoinHandle<()>>) -> io::Result<()> {
    let joined = tokio::task::spawn_blocking(|| workers.into_iter().try_for_each(JoinHandle::join));
    match joined.await {
        Ok(Ok(())) => Ok(()),
        _ => Err(io::Error::other("a worker did not end in good order")),
    }
}
