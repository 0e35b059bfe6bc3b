//! What a test makes in the engine, and takes away when it ends, however it ends.

use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use std::{fs, process};

use crate::engine::{is_podman, run, try_run};

/// How long anything may take before the test fails rather than waits forever.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// The flag that gives a container the mesh of the repository.
pub(crate) const MANIFESTS: &str = concat!(
    "--volume=",
    env!("CARGO_MANIFEST_DIR"),
    "/manifests/mesh:/etc/mesh:ro"
);

/// As Kubernetes runs the pods: nothing can be written, and nothing is allowed.
const HARDENED: [&str; 3] = [
    "--read-only",
    "--cap-drop=ALL",
    "--security-opt=no-new-privileges",
];

/// Within what any user may have: podman as root asks for more, which a root in a container of its own
/// may not give.
const LIMITS: [&str; 2] = ["--ulimit=nofile=1024:1024", "--ulimit=nproc=4096:4096"];

/// Containers and a network of one test, under names of their own.
pub(crate) struct Namespace {
    prefix: String,
    containers: Vec<String>,
    network: Option<String>,
    /// The engine has one name server for all networks, which starts anew whenever a container comes or goes.
    _turn: MutexGuard<'static, ()>,
}

impl Namespace {
    /// Waits until the tests that came before have taken theirs away.
    pub(crate) fn new() -> Self {
        static TURN: Mutex<()> = Mutex::new(());
        static COUNT: AtomicU32 = AtomicU32::new(0);
        // A test that failed has taken its containers away like any other.
        let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        Self {
            prefix: format!("outlier-demo-test-{}-{number}", process::id()),
            containers: Vec::new(),
            network: None,
            _turn: turn,
        }
    }

    /// Makes a network on which containers find each other by name, and returns the flags to join it.
    pub(crate) fn network(&mut self) -> Vec<String> {
        let name = self.prefix.clone();
        self.network = Some(name.clone());
        run(&["network", "create", &name]);
        let mut flags = vec![format!("--network={name}")];
        if is_podman() {
            // The machine's name servers would be asked as well. musl asks all at once and believes the
            // first, which may be one that has never heard of a container.
            let gateway = "--format={{(index .Subnets 0).Gateway}}";
            flags.push(format!(
                "--dns={}",
                run(&["network", "inspect", gateway, &name])
            ));
        }
        flags
    }

    /// Starts a container with these flags and returns its name. `command` is the image and its arguments.
    pub(crate) fn start(&mut self, name: &str, flags: &[&str], command: &[&str]) -> String {
        let name = format!("{}-{name}", self.prefix);
        let mut args = vec!["run", "--detach", "--name", &name];
        args.extend(HARDENED);
        args.extend(LIMITS);
        if is_podman() {
            // Else there would be a /tmp, /run and /var/tmp to write to.
            args.push("--read-only-tmpfs=false");
        }
        args.extend(flags);
        args.extend(command);
        // Known before it runs, so that one that fails to start is removed, too.
        self.containers.push(name.clone());
        run(&args);
        name
    }

    /// All that a container has printed.
    pub(crate) fn logs(&self, container: &str) -> String {
        let output = try_run(&["logs", container]);
        let printed = [output.stdout, output.stderr].concat();
        String::from_utf8(printed).unwrap()
    }

    /// Returns once a container has printed `text`; it must not end before.
    pub(crate) fn logs_until(&self, container: &str, text: &str) {
        let start = Instant::now();
        loop {
            let running = run(&["inspect", "--format={{.State.Running}}", container]) == "true";
            let logs = self.logs(container);
            if logs.contains(text) {
                return;
            }
            let hope = running && start.elapsed() < PATIENCE;
            assert!(hope, "no {text:?} in {logs:?}");
        }
    }

    /// All that all containers have printed.
    pub(crate) fn all_logs(&self) -> String {
        let logs = |name: &String| format!("{name}:\n{}", self.logs(name));
        self.containers.iter().map(logs).collect()
    }

    /// A file of an image, whose program need not run here.
    pub(crate) fn copy_out(&mut self, image: &str, path: &str) -> Vec<u8> {
        let container = format!("{}-{}", self.prefix, self.containers.len());
        self.containers.push(container.clone());
        run(&["create", "--name", &container, image]);
        let copy = Path::new(env!("CARGO_TARGET_TMPDIR")).join(&container);
        run(&["cp", &format!("{container}:{path}"), copy.to_str().unwrap()]);
        let file = fs::read(&copy).unwrap();
        fs::remove_file(copy).unwrap();
        file
    }
}

impl Drop for Namespace {
    fn drop(&mut self) {
        // What fails here was not there; a panic would hide why the test failed.
        for container in self.containers.iter().rev() {
            drop(try_run(&["rm", "--force", "--volumes", container]));
        }
        if let Some(network) = &self.network {
            drop(try_run(&["network", "rm", "--force", network]));
        }
    }
}
