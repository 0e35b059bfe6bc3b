//! A thread with a runtime, listeners and upstream connections of its own.

use std::convert::Infallible;
use std::future::{Future, poll_fn};
use std::io;
use std::net::TcpListener as StdListener;
use std::rc::Rc;
use std::sync::Arc;
use std::task::Poll;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use futures_util::future::select_all;
use http::{Request, Response, StatusCode, Version};
use http_body::Body;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use service::{Grace, Stop};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime;
use tokio::task::{self, JoinSet, LocalSet, spawn_local};
use tokio::time::{self, Instant};
use tracing::{debug, trace, warn};

use super::admission::{Admission, Place};
use super::alarm::Alarm;
use super::balancer::Balancer;
use super::client::{Client, Late, Talk};
use super::drain::{Drain, Watch};
use super::forward::Forwarder;
use super::limits::Limits;
use super::pool::Pool;
use super::request_body::Memory;
use super::response_body::ResponseBody;
use super::router::Router;
use super::shape::{self, Unacceptable};
use super::upstream::is_out_of_files;
use crate::cluster::Cluster;
use crate::metrics::Downstream;

/// hyper's default. To say it again would make hyper fill an array of that size for each request.
const HYPERS_MAX_HEADERS: usize = 100;

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
        let balancer = Rc::new(Balancer::new(&self.clusters, self.first_turn));
        spawn_local(keep_clean(Rc::clone(&balancer), self.clusters));
        let memory = Memory::default();
        let mut listeners = JoinSet::new();
        for Listener {
            socket,
            router,
            downstream,
        } in self.listeners
        {
            let socket = TcpListener::from_std(socket)?;
            let forwarder = Forwarder::new(
                router,
                Rc::clone(&balancer),
                Arc::clone(&downstream),
                self.limits.patience,
                memory.clone(),
            );
            let serving = Serving {
                forwarder: Rc::new(forwarder),
                admission: Admission::new(self.limits, Arc::clone(&downstream)),
                downstream,
                limits: self.limits,
            };
            let (this, next) = (stop, Stop::new());
            stop = next.clone();
            listeners.spawn_local(async move {
                serving.accept(socket, self.grace, this).await;
                next.request();
            });
        }
        listeners.join_all().await;
        Ok(())
    }
}

/// One listener at work.
#[derive(Clone)]
struct Serving {
    forwarder: Rc<Forwarder>,
    admission: Rc<Admission>,
    downstream: Arc<Downstream>,
    limits: Limits,
}

impl Serving {
    /// Accepts until `stop`, then lets what is in flight finish as `grace` says.
    async fn accept(self, socket: TcpListener, grace: Grace, stop: Stop) {
        let mut connections = JoinSet::new();
        let mut closing = std::pin::pin!(async {
            stop.wait().await;
            time::sleep(grace.delay).await;
        });
        let drain = Drain::default();
        loop {
            let accepted = tokio::select! {
                accepted = socket.accept() => accepted,
                Some(_) = connections.join_next() => continue,
                () = &mut closing => break,
            };
            match accepted {
                Ok((stream, client)) => {
                    let talk = Talk::default();
                    let Some(place) = self.admission.admit(client.ip(), talk.clone()) else {
                        continue;
                    };
                    let key = place.key();
                    let served = self.clone().converse(stream, talk, place, drain.watch());
                    self.admission.seat(key, connections.spawn_local(served));
                    if self.admission.is_full() {
                        // Whoever made room leaves before the next one comes.
                        task::yield_now().await;
                    }
                }
                Err(error) => {
                    warn!(%error, "cannot accept a connection");
                    if is_out_of_files(&error) {
                        self.admission.make_room();
                    }
                    time::sleep(ACCEPT_PAUSE).await;
                }
            }
        }
        drop(socket);
        drain.begin();
        let rest = async { while connections.join_next().await.is_some() {} };
        if time::timeout(grace.deadline, rest).await.is_err() {
            warn!(
                connections = connections.len(),
                "requests were cut at the stop deadline"
            );
        }
    }

    /// Serves one client until it leaves, or until `drain` and the end of its request.
    async fn converse(self, stream: TcpStream, talk: Talk, _place: Place, mut drain: Watch) {
        if let Err(error) = stream.set_nodelay(true) {
            debug!(%error, "a client left before its first request");
            return;
        }
        let alarm = Alarm::new();
        let patience = self.limits.patience;
        let client = Client::new(stream, talk.clone(), patience, alarm.clone());
        let service = service_fn(|request| self.answer(request, &talk, &alarm));
        let mut server = http1::Builder::new();
        server
            .max_buf_size(self.limits.head_bytes)
            .max_header_size(self.limits.head_bytes)
            .auto_date_header(false);
        if self.limits.headers != HYPERS_MAX_HEADERS {
            server.max_headers(self.limits.headers);
        }
        let connection = server.serve_connection(TokioIo::new(client), service);
        let mut connection = std::pin::pin!(connection);
        let mut is_draining = false;
        let ended = poll_fn(|cx| {
            loop {
                if let Poll::Ready(ended) = connection.as_mut().poll(cx) {
                    return Poll::Ready(ended);
                }
                if is_draining || !drain.has_begun(cx) {
                    return Poll::Pending;
                }
                is_draining = true;
                connection.as_mut().graceful_shutdown();
            }
        })
        .await;
        if let Err(error) = ended {
            if error.is_parse() {
                self.downstream.downstream_cx_protocol_error.inc();
            }
            debug!(%error, "a connection ended early");
        }
        // For hyper it is no error when a client that has sent nothing is cut off.
        match talk.late() {
            Some(Late::Request) => self.downstream.downstream_cx_idle_timeout.inc(),
            Some(Late::Head) => self.downstream.downstream_rq_timeout.inc(),
            None => {}
        }
    }

    async fn answer(
        &self,
        request: Request<Incoming>,
        talk: &Talk,
        alarm: &Alarm,
    ) -> Result<Response<ResponseBody>, Infallible> {
        let in_flight = talk.begin();
        let _active = Active::begin(&self.downstream);
        trace!(method = %request.method(), uri = %request.uri(), "request");
        let acceptable = match talk.refused() {
            Some(status) => Err(Unacceptable::Malformed(status)),
            None => shape::host_of(&request),
        };
        let is_complete = request.body().is_end_stream();
        let response = match acceptable {
            Ok(host) => self.forwarder.forward(request, &host, alarm).await,
            Err(unacceptable) => {
                if request.version() != Version::HTTP_11 {
                    // hyper would answer with the client's version, Envoy answers with its own.
                    talk.end_with(StatusCode::UPGRADE_REQUIRED);
                }
                unacceptable.answer(is_complete)
            }
        };
        self.downstream.completed(response.status().as_u16());
        Ok(response.map(|body| body.holding(in_flight)))
    }
}

/// Counts a request as active until its answer's head is there, or its client is gone.
struct Active<'a>(&'a Downstream);

impl<'a> Active<'a> {
    fn begin(downstream: &'a Downstream) -> Self {
        downstream.downstream_rq_total.inc();
        downstream.downstream_rq_active.inc();
        Self(downstream)
    }
}

impl Drop for Active<'_> {
    fn drop(&mut self) {
        self.0.downstream_rq_active.dec();
    }
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
