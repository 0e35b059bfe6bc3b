//! Envoy and the data plane here, side by side.

use std::net::SocketAddr;
use std::time::Duration;

use ingress::bootstrap::{Bootstrap, Replicas};
use serde_json::{Value, json};
use service::SystemLookup;
use tokio::time::{sleep, timeout};

use crate::client::Client;
use crate::envoy::Envoy;
use crate::name_server::Names;
use crate::proxy::{Proxy, SOON, Setup};

const REQUEST: &str = "GET /get HTTP/1.1\r\nHost: colorapp\r\n\r\n";

/// What grows with lookups, apart from their number.
const UPDATES: [&str; 4] = [
    "update_empty",
    "update_failure",
    "update_no_rebuild",
    "update_success",
];

pub(crate) struct Peers {
    envoy: Envoy,
    /// Where Envoy takes requests.
    listener: SocketAddr,
    ours: Proxy,
}

/// A cluster from outside.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Seen {
    /// In their order, each with whether it is ejected.
    pub(crate) hosts: Vec<(SocketAddr, bool)>,
    pub(crate) total: u64,
    pub(crate) healthy: u64,
    pub(crate) change: u64,
    pub(crate) active: u64,
    pub(crate) enforced: u64,
    pub(crate) panics: u64,
    pub(crate) none_healthy: u64,
    /// Which of [`UPDATES`] grow while nothing changes any more.
    pub(crate) moved: Vec<&'static str>,
}

impl Peers {
    pub(crate) async fn start(names: &Names, port: u16, errors: usize) -> Self {
        let errors = u32::try_from(errors).unwrap();
        let mut setup = Setup::to(&[]).ejecting_after(errors);
        if let Some(policy) = &mut setup.outlier {
            // Only where nobody is healthy.
            policy.healthy_panic_threshold = 1;
        }
        let mut mesh = setup.mesh();
        mesh.clusters[0].port = port;
        let any = SocketAddr::from(([127, 0, 0, 1], 0));
        let bootstrap = Bootstrap {
            mesh: &mesh,
            replicas: vec![Replicas::Dns {
                name: "color.test".to_owned(),
                refresh: Duration::from_millis(20),
            }],
            gateway: None,
            egress: Some(any),
            admin: Some(any),
            stats: None,
            event_log: None,
        };
        let mut bootstrap = bootstrap.to_json().unwrap();
        bootstrap["static_resources"]["clusters"][0]["typed_dns_resolver_config"] = resolver(names);
        let envoy = Envoy::start(&bootstrap).await;
        let listener = envoy.listeners().await["egress"];
        let lookup = SystemLookup::new("color.test".to_owned(), port).asking(&[names.at]);
        let ours = setup.follow(lookup).await;
        Self {
            envoy,
            listener,
            ours,
        }
    }

    /// Sends both so many requests; the statuses, which must be as many of each kind.
    pub(crate) async fn ask(&self, n: usize) -> Vec<u16> {
        let [mut envoys, mut ours] = [Vec::new(), Vec::new()];
        for (at, statuses) in [(self.listener, &mut envoys), (self.ours.address, &mut ours)] {
            let mut client = Client::connect(at).await;
            for _ in 0..n {
                statuses.push(client.ask(REQUEST).await.status);
            }
            // Whose turn is the first is a matter of chance.
            statuses.sort_unstable();
        }
        assert_eq!(ours, envoys);
        ours
    }

    /// Waits until both have heard what the name server says now, and must be the same then.
    pub(crate) async fn agree(&self, when: &str) -> Seen {
        self.look_up(3).await;
        let before = [self.envoys_updates().await, self.our_updates()];
        self.look_up(3).await;
        let after = [self.envoys_updates().await, self.our_updates()];
        let [envoys, ours] = [0, 1].map(|peer: usize| {
            let pairs = UPDATES
                .into_iter()
                .zip(before[peer].iter().zip(&after[peer]));
            let moved = pairs.filter(|(_, (before, after))| after > before);
            moved.map(|(name, _)| name).collect::<Vec<_>>()
        });
        let (envoys, ours) = (self.envoys(envoys).await, self.ours(ours));
        assert_eq!(ours, envoys, "{when}");
        ours
    }

    /// Waits for so many more lookups of both. The first may have been on its way before.
    async fn look_up(&self, n: u64) {
        let attempts = &self.ours.cluster.stats().update_attempt;
        let enough = [self.stat("update_attempt").await + n, attempts.get() + n];
        let waiting = async {
            while self.stat("update_attempt").await < enough[0] || attempts.get() < enough[1] {
                sleep(Duration::from_millis(5)).await;
            }
        };
        timeout(SOON, waiting).await.expect("lookups in time");
    }

    async fn stat(&self, name: &str) -> u64 {
        self.envoy.stat(&format!("cluster.colorapp.{name}")).await
    }

    async fn envoys_updates(&self) -> [u64; 4] {
        let mut values = [0; 4];
        for (value, name) in values.iter_mut().zip(UPDATES) {
            *value = self.stat(name).await;
        }
        values
    }

    fn our_updates(&self) -> [u64; 4] {
        let of = self.ours.cluster.stats();
        let [failure, no_rebuild, success] = [
            &of.update_failure,
            &of.update_no_rebuild,
            &of.update_success,
        ]
        .map(|n| n.get());
        [0, failure, no_rebuild, success]
    }

    async fn envoys(&self, moved: Vec<&'static str>) -> Seen {
        let page = self.envoy.admin_page("/clusters?format=json").await;
        let page: Value = serde_json::from_str(&page).expect("JSON");
        let statuses = page["cluster_statuses"].as_array().expect("clusters");
        let name = |status: &&Value| status["name"] == "colorapp";
        let cluster = statuses.iter().find(name).expect("the cluster");
        let hosts = cluster["host_statuses"].as_array();
        Seen {
            hosts: hosts.into_iter().flatten().map(host).collect(),
            total: self.stat("membership_total").await,
            healthy: self.stat("membership_healthy").await,
            change: self.stat("membership_change").await,
            active: self.stat("outlier_detection.ejections_active").await,
            enforced: self
                .stat("outlier_detection.ejections_enforced_total")
                .await,
            panics: self.stat("lb_healthy_panic").await,
            none_healthy: self.stat("upstream_cx_none_healthy").await,
            moved,
        }
    }

    fn ours(&self, moved: Vec<&'static str>) -> Seen {
        let cluster = &self.ours.cluster;
        let membership = cluster.membership();
        let detector = membership.detector().expect("a policy was given");
        let hosts = cluster.hosts();
        let hosts = hosts.iter().enumerate();
        let hosts: Vec<_> = hosts
            .map(|(place, host)| (host.address(), detector.is_ejected(place)))
            .collect();
        let (total, active) = (hosts.len() as u64, detector.ejected() as u64);
        Seen {
            hosts,
            total,
            healthy: total - active,
            change: cluster.stats().membership_change.get(),
            active,
            enforced: detector.counters().enforced_total,
            panics: cluster.stats().lb_healthy_panic.get(),
            none_healthy: cluster.stats().upstream_cx_none_healthy.get(),
            moved,
        }
    }

    pub(crate) async fn end(self) {
        self.envoy.end().await;
        self.ours.end().await;
    }
}

fn host(status: &Value) -> (SocketAddr, bool) {
    let at = &status["address"]["socket_address"];
    let ip = at["address"].as_str().expect("an address").parse();
    let port = u16::try_from(at["port_value"].as_u64().expect("a port"));
    let at = SocketAddr::new(ip.expect("an IP address"), port.expect("a port"));
    (at, status["health_status"]["failed_outlier_check"] == true)
}

fn resolver(names: &Names) -> Value {
    let at = json!({
        "address": names.at.ip().to_string(),
        "port_value": names.at.port(),
    });
    json!({
        "name": "envoy.network.dns_resolver.cares",
        "typed_config": {
            "@type": "type.googleapis.com/envoy.extensions.network.dns_resolver.cares.v3.CaresDnsResolverConfig",
            "resolvers": [{ "socket_address": at }],
            "dns_resolver_options": { "no_default_search_domain": true },
        },
    })
}
