//! A worker with one listener, one route (`/get`) and one cluster (`colorapp`).

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use ingress::cluster::{Cluster, EventSink, Host, Trips};
use ingress::dns::{Follower, Lookup};
use ingress::mesh::{
    self, ClusterId, Gateway, GatewayRoute, HeaderMatch, Mesh, OutlierPolicy, PathMatch,
    RequestMatch, RetryPolicy, Rewrite, Route, Sidecar, VirtualService, VirtualServiceId,
    WeightedTarget,
};
use ingress::metrics::Downstream;
use ingress::outlier::Event;
use ingress::proxy::{Limits, Listener, Patience, Router, Worker};
use service::{Grace, Stop};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::timeout;

use crate::client::Client;

/// How long a test waits for something that must happen.
pub(crate) const SOON: Duration = Duration::from_secs(20);

/// How often hosts are looked up.
const REFRESH: Duration = Duration::from_millis(5);

/// What is different from a plain proxy.
pub(crate) struct Setup {
    pub(crate) hosts: Vec<SocketAddr>,
    pub(crate) timeout: Option<Duration>,
    pub(crate) retry: RetryPolicy,
    pub(crate) outlier: Option<OutlierPolicy>,
    pub(crate) limits: Limits,
    pub(crate) grace: Grace,
    pub(crate) max_connections: u32,
    pub(crate) max_pending: u32,
    pub(crate) idle_timeout: Option<Duration>,
    pub(crate) headers: Vec<HeaderMatch>,
    /// Whether every request of every host leads to the cluster, unchanged, as at a gateway.
    pub(crate) is_gateway: bool,
}

pub(crate) struct Proxy {
    pub(crate) address: SocketAddr,
    pub(crate) cluster: Arc<Cluster>,
    pub(crate) downstream: Arc<Downstream>,
    pub(crate) events: UnboundedReceiver<Event>,
    stop: Stop,
    worker: Option<thread::JoinHandle<()>>,
}

struct Events(UnboundedSender<Event>);

impl EventSink for Events {
    fn write(&self, _: &Cluster, _: &Host, event: &Event) {
        // A test that is over does not listen any more.
        self.0.send(event.clone()).ok();
    }
}

impl Setup {
    /// A route with 15 s, and no retries.
    pub(crate) fn to(hosts: &[SocketAddr]) -> Self {
        Self {
            hosts: hosts.to_vec(),
            timeout: Some(Duration::from_secs(15)),
            retry: RetryPolicy {
                max_retries: 0,
                ..RetryPolicy::app_mesh_default()
            },
            outlier: None,
            limits: Limits::default(),
            grace: Grace::default(),
            max_connections: 1_024,
            max_pending: 1_024,
            idle_timeout: None,
            headers: Vec::new(),
            is_gateway: false,
        }
    }

    /// Takes every request, whatever its host and path.
    pub(crate) fn gateway(self) -> Self {
        Self {
            is_gateway: true,
            ..self
        }
    }

    pub(crate) fn timeout(self, timeout: Duration) -> Self {
        Self {
            timeout: Some(timeout),
            ..self
        }
    }

    pub(crate) fn retry(self, retry: RetryPolicy) -> Self {
        Self { retry, ..self }
    }

    /// So many connections to hosts, and so many requests that wait for one.
    pub(crate) fn connections(self, max_connections: u32, max_pending: u32) -> Self {
        Self {
            max_connections,
            max_pending,
            ..self
        }
    }

    /// Connections to hosts may be idle for so long.
    pub(crate) fn idle_timeout(self, timeout: Duration) -> Self {
        Self {
            idle_timeout: Some(timeout),
            ..self
        }
    }

    /// The route is for requests with such a header only.
    pub(crate) fn header(self, header: HeaderMatch) -> Self {
        Self {
            headers: vec![header],
            ..self
        }
    }

    pub(crate) fn limits(self, limits: Limits) -> Self {
        Self { limits, ..self }
    }

    pub(crate) fn patience(self, patience: Patience) -> Self {
        let limits = Limits {
            patience,
            ..self.limits
        };
        self.limits(limits)
    }

    /// Ejects a host after `errors` errors, for longer than any test, and never panics.
    pub(crate) fn ejecting_after(self, errors: u32) -> Self {
        let policy = OutlierPolicy {
            consecutive_5xx: errors,
            max_ejection_percent: 100,
            healthy_panic_threshold: 0,
            update_merge_window: Duration::ZERO,
            interval: Duration::from_secs(600),
            base_ejection_time: Duration::from_secs(600),
            max_ejection_time: Duration::from_secs(600),
            ..OutlierPolicy::default()
        };
        Self {
            outlier: Some(policy),
            ..self
        }
    }

    pub(crate) fn start(self) -> Proxy {
        let mesh = self.mesh();
        let (cluster, trips) = Cluster::new(mesh.clusters[0].clone(), &self.hosts);
        self.serve(&mesh, cluster, trips)
    }

    /// Its hosts are what `lookup` says, over and over again.
    pub(crate) async fn follow(self, lookup: impl Lookup + Send + Sync + 'static) -> Proxy {
        let mesh = self.mesh();
        let spec = mesh.clusters[0].clone();
        let (follower, trips) = Follower::start(spec, lookup, REFRESH).await;
        let cluster = Arc::clone(follower.cluster());
        tokio::spawn(follower.run());
        self.serve(&mesh, cluster, trips)
    }

    fn serve(self, mesh: &Mesh, cluster: Arc<Cluster>, trips: Trips) -> Proxy {
        let (sink, events) = unbounded_channel();
        tokio::spawn(Arc::clone(&cluster).watch_over(trips, Arc::new(Events(sink))));
        let socket = TcpListener::bind("127.0.0.1:0").unwrap();
        socket.set_nonblocking(true).unwrap();
        let address = socket.local_addr().unwrap();
        let downstream = Downstream::new("egress", address);
        let listener = Listener {
            socket,
            router: Arc::new(match mesh.gateway {
                Some(_) => Router::gateway(mesh),
                None => Router::egress(mesh),
            }),
            downstream: Arc::clone(&downstream),
        };
        let worker = Worker {
            listeners: vec![listener],
            clusters: vec![Arc::clone(&cluster)],
            first_turn: None,
            limits: self.limits,
            grace: self.grace,
        };
        let stop = Stop::new();
        let worker = worker.spawn(0, stop.clone()).unwrap();
        Proxy {
            address,
            cluster,
            downstream,
            events,
            stop,
            worker: Some(worker),
        }
    }

    pub(crate) fn mesh(&self) -> Mesh {
        let cluster = mesh::Cluster {
            name: "colorapp".to_owned(),
            node: "colorapp".to_owned(),
            hostname: None,
            port: 8080,
            outlier: self.outlier.clone(),
            max_connections: self.max_connections,
            max_pending: self.max_pending,
            timeout: self.timeout,
            idle_timeout: self.idle_timeout,
        };
        let prefix = if self.is_gateway { "/" } else { "/get" };
        let route = Route {
            name: "get".to_owned(),
            when: RequestMatch {
                path: Some(PathMatch::Prefix(prefix.to_owned())),
                headers: self.headers.clone(),
                ..RequestMatch::default()
            },
            targets: vec![WeightedTarget {
                cluster: ClusterId(0),
                weight: 100,
            }],
            timeout: self.timeout,
            retry: self.retry.clone(),
        };
        Mesh {
            name: "mesh".to_owned(),
            gateway: self.is_gateway.then(gateway),
            sidecar: Some(Sidecar {
                node: "front".to_owned(),
                backends: vec![("colorapp".to_owned(), VirtualServiceId(0))],
            }),
            services: vec![VirtualService {
                name: "colorapp".to_owned(),
                routes: vec![route],
            }],
            clusters: vec![cluster],
        }
    }
}

/// One route that takes everything and changes nothing.
fn gateway() -> Gateway {
    Gateway {
        name: "gateway".to_owned(),
        port: 8080,
        routes: vec![GatewayRoute {
            name: "all".to_owned(),
            when: RequestMatch::default(),
            rewrite: Rewrite::default(),
            target: VirtualServiceId(0),
        }],
    }
}

impl Proxy {
    pub(crate) async fn client(&self) -> Client {
        Client::connect(self.address).await
    }

    pub(crate) fn stop(&self) {
        self.stop.request();
    }

    /// The next decision of the detector.
    pub(crate) async fn event(&mut self) -> Event {
        let event = timeout(SOON, self.events.recv()).await;
        event.expect("an event in time").expect("a running watch")
    }

    /// Stops the worker; everything that was counted as active must be over then.
    pub(crate) async fn end(mut self) {
        self.stop();
        let worker = self.worker.take().unwrap();
        let ended = tokio::task::spawn_blocking(|| worker.join());
        timeout(SOON, ended)
            .await
            .expect("a worker that ends")
            .unwrap()
            .unwrap();
        let (stats, downstream) = (self.cluster.stats(), &self.downstream);
        let active = [
            ("upstream_rq", stats.upstream_rq_active.get()),
            ("pending_rq", stats.upstream_rq_pending_active.get()),
            ("upstream_cx", stats.upstream_cx_active.get()),
            ("downstream_rq", downstream.downstream_rq_active.get()),
            ("downstream_cx", downstream.downstream_cx_active.get()),
        ];
        assert!(
            active.iter().all(|&(_, n)| n == 0),
            "still active: {active:?}"
        );
        for host in self.cluster.hosts().iter() {
            let waiting = host.stats().rq_pending_active.get();
            assert_eq!(waiting, 0, "{}", host.address());
            assert_eq!(host.stats().rq_active.get(), 0, "{}", host.address());
            assert_eq!(host.stats().cx_active.get(), 0, "{}", host.address());
        }
        assert_eq!(
            downstream.downstream_cx_total.get(),
            downstream.downstream_cx_destroy.get()
        );
        assert_eq!(
            stats.upstream_cx_total.get(),
            stats.upstream_cx_destroy_local.get() + stats.upstream_cx_destroy_remote.get()
        );
    }
}

/// Waits until `condition` holds. The worker is another thread, on a real clock, and nobody is told when it has counted
/// something. So it is looked at again and again, with a pause that leaves the worker a processor.
pub(crate) async fn until(what: &str, condition: impl Fn() -> bool) {
    let holds = async {
        while !condition() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    assert!(timeout(SOON, holds).await.is_ok(), "never: {what}");
}
