//! The demo across containers, as it is across the pods of a cluster.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use reqwest::{Client, Response};
use serde_json::Value;
use tokio::time::{MissedTickBehavior, interval};

use crate::binaries::Arch;
use crate::engine::run;
use crate::images::image;
use crate::namespace::{MANIFESTS, Namespace, PATIENCE};

/// The namespace that the manifests are written for.
const DOMAIN: &str = "outlier-demo.svc.cluster.local";

/// Five of colorapp, front with its sidecar, and a gateway: each with a network of its own but the sidecar,
/// which shares front's. The names that Kubernetes' Services give to replicas are the engine's to resolve.
pub(crate) struct World {
    namespace: Namespace,
    gateway: String,
    http: Client,
}

impl World {
    /// Starts all of it, and returns once a colour has come through.
    pub(crate) async fn start() -> Self {
        let mut namespace = Namespace::new();
        let network = namespace.network();
        let network: Vec<&str> = network.iter().map(String::as_str).collect();
        let [colorapp, front, ingress] =
            ["colorapp", "front", "ingress"].map(|program| image(program, Arch::native()));

        let aliases = ["colorapp", "colorapp-endpoints", "colorapp-control"]
            .map(|service| format!("--network-alias={service}.{DOMAIN}"));
        for number in 1..=5 {
            let uid = format!("--env=HOST_UID=replica-{number}");
            let mut flags = network.clone();
            flags.extend(aliases.iter().map(String::as_str));
            flags.extend(["--env=SERVER_PORT=8080", &uid]);
            namespace.start(&format!("colorapp-{number}"), &flags, &[&colorapp]);
        }
        let mut flags = network.clone();
        let (alias, color, control) = (
            format!("--network-alias=front.{DOMAIN}"),
            format!("--env=COLOR_SERVICE_ENDPOINT=colorapp.{DOMAIN}:8080"),
            format!("--env=COLOR_CONTROL_ENDPOINT=colorapp-control.{DOMAIN}:8081"),
        );
        flags.extend([alias.as_str(), &color, &control]);
        flags.push("--env=MESH_ADMIN_ENDPOINT=127.0.0.1:9901");
        flags.push("--env=http_proxy=127.0.0.1:15001");
        flags.push("--env=RUST_LOG=info,front=debug");
        let front = namespace.start("front", &flags, &[&front]);

        let manifests = "--manifests=/etc/mesh/objects";
        let beside = format!("--network=container:{front}");
        let command = [ingress.as_str(), manifests, "--part=sidecar"];
        let sidecar = namespace.start("sidecar", &[&beside, MANIFESTS], &command);
        let mut flags = network;
        flags.extend([MANIFESTS, "--publish=127.0.0.1::8080"]);
        let listen = "--gateway=0.0.0.0:8080";
        let command = [ingress.as_str(), manifests, "--part=gateway", listen];
        let gateway = namespace.start("gateway", &flags, &command);
        for proxy in [&sidecar, &gateway] {
            namespace.logs_until(proxy, "listening");
        }
        let address = run(&["port", &gateway, "8080/tcp"]);
        let world = Self {
            namespace,
            gateway: format!("http://{address}"),
            http: Client::builder()
                .no_proxy()
                .timeout(PATIENCE)
                .build()
                .unwrap(),
        };
        world.until_it_answers().await;
        world
    }

    /// What front says through the gateway; 200, or the test fails.
    pub(crate) async fn text(&self, path: &str) -> String {
        let response = self.ask(path).await.unwrap();
        let status = response.status();
        let text = response.text().await.unwrap();
        let logs = || self.namespace.all_logs();
        assert_eq!(status, 200, "{path}: {text:?}\n{}", logs());
        text
    }

    /// 200 requests for a colour, 50 in a second: how many were answered with each status, and how many by
    /// each host.
    pub(crate) async fn load(&self) -> (BTreeMap<u16, u32>, BTreeMap<String, u32>) {
        let (mut statuses, mut hosts) = (BTreeMap::new(), BTreeMap::new());
        let mut pace = interval(Duration::from_secs(1) / 50);
        // A pause of the machine must not be made up for by a crowd of requests.
        pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
        for _ in 0..200 {
            pace.tick().await;
            let response = self.ask("/color/get").await.unwrap();
            *statuses.entry(response.status().as_u16()).or_default() += 1;
            let uid = response.headers()["HostUID"].to_str().unwrap().to_owned();
            *hosts.entry(uid).or_default() += 1;
            // Read to its end, so that its connection is used again.
            response.bytes().await.unwrap();
        }
        (statuses, hosts)
    }

    /// What front knows of a replica.
    pub(crate) async fn host(&self, uid: &str) -> Value {
        let hosts: Value = serde_json::from_str(&self.text("/hosts").await).unwrap();
        let mut hosts = hosts["hosts"].as_array().unwrap().iter();
        hosts.find(|host| host["uid"] == uid).unwrap().clone()
    }

    /// Resolves once the mesh says this of the replica.
    pub(crate) async fn until(&self, uid: &str, state: &str) {
        let mut pace = interval(Duration::from_millis(50));
        let start = Instant::now();
        loop {
            pace.tick().await;
            let host = self.host(uid).await;
            if host["mesh"]["state"] == state {
                return;
            }
            assert!(start.elapsed() < PATIENCE, "still {host:#}");
        }
    }

    async fn ask(&self, path: &str) -> reqwest::Result<Response> {
        self.http
            .get(format!("{}{path}", self.gateway))
            .send()
            .await
    }

    async fn until_it_answers(&self) {
        let mut pace = interval(Duration::from_millis(50));
        let start = Instant::now();
        loop {
            pace.tick().await;
            let answer = self.ask("/color/get").await;
            if answer.as_ref().is_ok_and(|answer| answer.status() == 200) {
                return;
            }
            assert!(
                start.elapsed() < PATIENCE,
                "no colour: {answer:?}\n{}",
                self.namespace.all_logs()
            );
        }
    }
}
