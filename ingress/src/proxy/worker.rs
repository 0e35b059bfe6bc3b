//! A thread with a runtime, listeners and upstream connections of its own.

use std::cell::OnceCell;
use std::io;
use std::net::{SocketAddr, TcpListener as StdListener};
use std::pin::pin;
use std::rc::Rc;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use futures_util::future::select_all;
use service::{Grace, Stop};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime;
use tokio::task::{self, JoinSet, LocalSet, spawn_local};
use tokio::time::{self, Instant};
use tracing::{debug, warn};

use super::admission::{Admission, Place};
use super::balancer::Balancer;
use super::buffers::Buffers;
use super::client::{Client, Talk};
use super::conversation::Service;
use super::drain::{Drain, Watch};
use super::limits::Limits;
use super::pool::Pool;
use super::request_body::Memory;
use super::router::Router;
use super::upstream::is_out_of_files;
use super::wire::Wire;
use crate::cluster::Cluster;
use crate::metrics::Downstream;

/// How long to wait after a failed accept (out of file descriptors, most often) before the next one.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// How often idle connections are looked through for those that their hosts have closed.
const SWEEP: Duration = Duration::from_secs(1);

/// A socket and where its requests go.
#[derive(Debug)]
pub struct Listener {
    /// The socket, listening and non-blocking.
    pub socket: StdListener,
    /// Its routes.
    pub router: Arc<Router>,
    /// What it counts.
    pub downstream: Arc<Downstream>,
}

/// A worker to be.
#[derive(Debug)]
pub struct Worker {
    /// Its listeners, in the order of their end: each stops when the one before has, since what is in
    /// flight on a gateway may still have to pass the egress.
    pub listeners: Vec<Listener>,
    /// All clusters, indexed by [`crate::mesh::ClusterId`].
    pub clusters: Vec<Arc<Cluster>>,
    /// Where the round robin of each cluster starts; `None`: anywhere.
    pub first_turn: Option<u64>,
    /// What clients may take of each listener.
    pub limits: Limits,
    /// How its end goes.
    pub grace: Grace,
}

impl Worker {
    /// Starts the worker on a thread of its own, which ends some time after `stop`.
    ///
    /// # Errors
    /// When there is no thread or no runtime to be had.
    pub fn spawn(self, index: usize, stop: Stop) -> io::Result<JoinHandle<()>> {
        let runtime = runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        thread::Builder::new()
            .name(format!("worker-{index}"))
            .spawn(move || {
                if let Err(error) = LocalSet::new().block_on(&runtime, self.run(stop)) {
                    warn!(%error, "a worker ended");
                }
            })
    }

    async fn run(self, mut stop: Stop) -> io::Result<()> {
        let buffers = Buffers::default();
        let balancer = Rc::new(Balancer::new(&self.clusters, self.first_turn, &buffers));
        spawn_local(keep_clean(Rc::clone(&balancer), self.clusters));
        let memory = Memory::default();
        let mut listeners = JoinSet::new();
        let deadline = Rc::new(OnceCell::new());
        for Listener {
            socket,
            router,
            downstream,
        } in self.listeners
        {
            let socket = TcpListener::from_std(socket)?;
            let serving = Serving {
                admission: Admission::new(self.limits, Arc::clone(&downstream)),
                buffers: buffers.clone(),
                service: Service {
                    router,
                    balancer: Rc::clone(&balancer),
                    downstream,
                    limits: self.limits,
                    memory: memory.clone(),
                },
            };
            let (this, next) = (stop, Stop::new());
            stop = next.clone();
            let end = End {
                grace: self.grace,
                deadline: Rc::clone(&deadline),
            };
            listeners.spawn_local(async move {
                serving.accept(socket, end, this).await;
                next.request();
            });
        }
        listeners.join_all().await;
        Ok(())
    }
}

/// How the end of a worker goes, for one of its listeners.
struct End {
    grace: Grace,
    /// All of them share it.
    deadline: Rc<OnceCell<Instant>>,
}

impl End {
    /// Until when requests may finish. The first listener that closes sets it.
    fn deadline(&self) -> Instant {
        let deadline = || Instant::now() + self.grace.deadline;
        *self.deadline.get_or_init(deadline)
    }
}

/// One listener at work.
struct Serving {
    admission: Rc<Admission>,
    buffers: Buffers,
    service: Service,
}

impl Serving {
    /// Accepts until `stop`, then lets what is in flight finish as `end` says.
    async fn accept(self, socket: TcpListener, end: End, stop: Stop) {
        let this = Rc::new(self);
        let mut connections = JoinSet::new();
        let mut closing = pin!(async {
            stop.wait().await;
            time::sleep(end.grace.delay).await;
        });
        let drain = Drain::new(end.grace.idle);
        loop {
            let accepted = tokio::select! {
                accepted = socket.accept() => accepted,
                Some(_) = connections.join_next() => continue,
                () = &mut closing => break,
            };
            match accepted {
                Ok((stream, client)) => {
                    this.welcome(stream, client, &mut connections, &drain).await;
                }
                Err(error) => {
                    warn!(%error, "cannot accept a connection");
                    if is_out_of_files(&error) {
                        hear_all().await;
                        this.admission.make_room();
                    }
                    time::sleep(ACCEPT_PAUSE).await;
                }
            }
        }
        drain.begin();
        for (stream, client) in service::close(socket) {
            this.welcome(stream, client, &mut connections, &drain).await;
        }
        let deadline = end.deadline();
        let idle = deadline.min(Instant::now() + end.grace.idle);
        if time::timeout_at(idle, all_end(&mut connections))
            .await
            .is_ok()
        {
            return;
        }
        hear_all().await;
        drain.close_idle();
        if time::timeout_at(deadline, all_end(&mut connections))
            .await
            .is_err()
        {
            warn!(
                connections = connections.len(),
                "requests were cut at the stop deadline"
            );
        }
    }

    /// Lets a client in, if it may.
    async fn welcome(
        self: &Rc<Self>,
        stream: TcpStream,
        client: SocketAddr,
        connections: &mut JoinSet<()>,
        drain: &Drain,
    ) {
        if self.admission.is_full() {
            // Whoever made room for the one before leaves, too.
            hear_all().await;
        }
        let talk = Talk::default();
        let Some(place) = self.admission.admit(client.ip(), talk.clone()) else {
            return;
        };
        let key = place.key();
        let served = Rc::clone(self).converse(stream, talk, place, drain.watch());
        self.admission.seat(key, connections.spawn_local(served));
    }

    async fn converse(self: Rc<Self>, stream: TcpStream, talk: Talk, _place: Place, drain: Watch) {
        if let Err(error) = stream.set_nodelay(true) {
            debug!(%error, "a client left before its first request");
            return;
        }
        let wire = Wire::new(stream, self.buffers.clone());
        let mut client = Client::new(wire, talk, self.service.limits);
        self.service.converse(&mut client, drain).await;
    }
}

/// Hears the system once more, and lets the connections take what has come, before one on which nothing is asked is
/// closed: no request that is here is taken for none.
async fn hear_all() {
    task::yield_now().await;
}

async fn all_end(connections: &mut JoinSet<()>) {
    while connections.join_next().await.is_some() {}
}

/// Closes idle connections: at once to hosts that were just ejected or are gone, those that have been idle for
/// as long as they may when it is time, and soon those that hosts have closed.
async fn keep_clean(balancer: Rc<Balancer>, clusters: Vec<Arc<Cluster>>) {
    if clusters.is_empty() {
        return;
    }
    let idle = clusters.iter().filter_map(|of| of.spec().idle_timeout);
    // Of a connection that gets idle before the next look, that look tells when its time will be over.
    let at_least = idle.chain([SWEEP]).min().unwrap_or(SWEEP);
    let mut drains: Vec<_> = clusters.iter().map(|cluster| cluster.drains()).collect();
    loop {
        let next = balancer.pools().filter_map(Pool::sweep).min();
        let soon = Instant::now() + at_least;
        let until = next.map_or(soon, |next| next.min(soon));
        let ejected = select_all(drains.iter_mut().map(|drain| Box::pin(drain.changed())));
        // Both ends of the wait mean the same: look through all of them.
        let _which = time::timeout_at(until, ejected).await;
    }
}

#[cfg(test)]
mod tests;
