//! nginx, HAProxy and Envoy in front of a host of ours.

use std::fs;
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use serde_json::{Value, json};
use socket2::{Domain, Socket, Type};
use tempfile::TempDir;
use tokio::process::{Child, Command};

use crate::envoy::Envoy;
use crate::origin::Origin;
use crate::proxy::until;
use crate::reader::Reader;
use crate::through::PAUSE;

/// Where Debian has servers.
const SERVERS: [&str; 3] = ["/usr/sbin", "/usr/local/sbin", "/usr/bin"];

/// Those who read what `ingress` forwards, and the Envoy that stands in its place.
pub(crate) struct Programs {
    pub(crate) readers: Vec<Reader>,
    /// The Envoy that gets what clients send.
    pub(crate) gateway: SocketAddr,
    _running: (Envoy, [Child; 2]),
    _origins: [Origin; 4],
    _folder: TempDir,
}

impl Programs {
    /// Starts them all, and waits until they serve.
    pub(crate) async fn start() -> Self {
        let folder = TempDir::new().expect("a folder");
        let origins = [
            Origin::start().await,
            Origin::start().await,
            Origin::start().await,
            Origin::start().await,
        ];
        let [of_nginx, of_haproxy, of_envoy, of_gateway] = &origins;
        let (nginx, at_nginx) = nginx(folder.path(), of_nginx.address).await;
        let (haproxy, at_haproxy) = haproxy(folder.path(), of_haproxy.address).await;
        let parts = [
            ("reader", of_envoy.address),
            ("gateway", of_gateway.address),
        ];
        let envoy = Envoy::start(&bootstrap(&parts)).await;
        let listeners = envoy.listeners().await;
        let reader = |name, address, origin: &Origin| Reader {
            name,
            address,
            reads: origin.reads.clone(),
        };
        Self {
            readers: vec![
                Reader::front().await,
                reader("nginx", at_nginx, of_nginx),
                reader("HAProxy", at_haproxy, of_haproxy),
                reader("Envoy", listeners["reader"], of_envoy),
            ],
            gateway: listeners["gateway"],
            _running: (envoy, [nginx, haproxy]),
            _origins: origins,
            _folder: folder,
        }
    }
}

/// As it comes, with the one thing set without which no proxy is right: the host that the client named.
async fn nginx(folder: &Path, host: SocketAddr) -> (Child, SocketAddr) {
    let port = Port::take();
    let mut text =
        "daemon off; master_process off; worker_processes 1; pid nginx.pid; error_log error.log;\n\
        events { worker_connections 256; }\nhttp { access_log off;\n"
            .to_owned();
    for kind in ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"] {
        text += &format!("{kind}_temp_path {kind};\n");
    }
    text += &format!(
        "server {{ listen {} reuseport; location / {{ proxy_pass http://{host}; proxy_http_version 1.1;\n\
         proxy_set_header Host $http_host; proxy_set_header Connection \"\"; }} }} }}\n",
        port.address
    );
    let file = folder.join("nginx.conf");
    fs::write(&file, text).expect("a folder for this");
    let mut command = Command::new(find("nginx", "apt-get install nginx-light"));
    command.arg("-p").arg(folder).arg("-c").arg(file);
    command.arg("-e").arg(folder.join("error.log"));
    port.serve(command).await
}

async fn haproxy(folder: &Path, host: SocketAddr) -> (Child, SocketAddr) {
    let port = Port::take();
    let text = format!(
        "global\n    nbthread 1\n    maxconn 200\n\
         defaults\n    mode http\n    timeout connect 5s\n    timeout client 60s\n    timeout server 60s\n\
         frontend in\n    bind {}\n    default_backend out\n\
         backend out\n    server host {host}\n",
        port.address
    );
    let file = folder.join("haproxy.cfg");
    fs::write(&file, text).expect("a folder for this");
    let mut command = Command::new(find("haproxy", "apt-get install haproxy"));
    command.arg("-db").arg("-f").arg(file);
    port.serve(command).await
}

fn find(program: &str, install: &str) -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut files = std::env::split_paths(&path)
        .chain(SERVERS.map(PathBuf::from))
        .map(|folder| folder.join(program));
    let found = files.find(|file| file.is_file());
    found.unwrap_or_else(|| panic!("there is no {program}: {install}"))
}

/// A port that nobody else gets before a program listens on it: it is bound, and others of this user may bind it, too.
struct Port {
    address: SocketAddr,
    _bound: Socket,
}

impl Port {
    fn take() -> Self {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None).expect("a socket");
        socket.set_reuse_port(true).expect("an option of Linux");
        let any = SocketAddr::from(([127, 0, 0, 1], 0));
        socket.bind(&any.into()).expect("a port");
        let address = socket.local_addr().expect("it is bound");
        Self {
            address: address.as_socket().expect("an address"),
            _bound: socket,
        }
    }

    /// Starts a program on it, and waits until it serves.
    async fn serve(self, mut command: Command) -> (Child, SocketAddr) {
        command.stdout(Stdio::null()).stderr(Stdio::inherit());
        let child = command.kill_on_drop(true).spawn();
        let what = format!("{:?} serves", command.as_std().get_program());
        until(&what, || TcpStream::connect(self.address).is_ok()).await;
        (child.expect("it is there"), self.address)
    }
}

/// For each part a listener that sends everything to its host.
fn bootstrap(parts: &[(&str, SocketAddr)]) -> Value {
    let address = |of: &SocketAddr| json!({"socket_address": {"address": of.ip().to_string(), "port_value": of.port()}});
    let any = SocketAddr::from(([127, 0, 0, 1], 0));
    let listener = |(name, _): &(&str, SocketAddr)| {
        json!({
            "name": name,
            "address": address(&any),
            "filter_chains": [{"filters": [{
                "name": "envoy.filters.network.http_connection_manager",
                "typed_config": {
                    "@type": "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
                    "stat_prefix": name,
                    "codec_type": "HTTP1",
                    "stream_idle_timeout": seconds(PAUSE),
                    "route_config": {"virtual_hosts": [{
                        "name": "all",
                        "domains": ["*"],
                        "routes": [{"match": {"prefix": "/"}, "route": {"cluster": name}}],
                    }]},
                    "http_filters": [{
                        "name": "envoy.filters.http.router",
                        "typed_config": {"@type": "type.googleapis.com/envoy.extensions.filters.http.router.v3.Router"},
                    }],
                },
            }]}],
        })
    };
    let cluster = |(name, host): &(&str, SocketAddr)| {
        json!({
            "name": name,
            "type": "STATIC",
            "load_assignment": {
                "cluster_name": name,
                "endpoints": [{"lb_endpoints": [{"endpoint": {"address": address(host)}}]}],
            },
        })
    };
    json!({
        "admin": {"address": address(&any)},
        "static_resources": {
            "listeners": parts.iter().map(listener).collect::<Vec<_>>(),
            "clusters": parts.iter().map(cluster).collect::<Vec<_>>(),
        },
    })
}

fn seconds(time: Duration) -> String {
    format!("{:.3}s", time.as_secs_f64())
}
