//! A world to deploy into: a cluster, an AWS and a docker that do as they are told.

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;
use tokio::process::Command;
use tokio::time::timeout;

use crate::api_server::{Cluster, serve};
use crate::harness::{Ran, repository};

/// How long a run may take before the test fails rather than waits forever.
pub(crate) const PATIENCE: Duration = Duration::from_secs(240);

/// Everything the script runs but the tools that a test takes away.
pub(crate) const TOOLS: [&str; 21] = [
    "awk", "aws", "base64", "bash", "cat", "cksum", "cut", "curl", "dirname", "docker", "git",
    "grep", "kubectl", "mkdir", "sed", "sleep", "sort", "tail", "tr", "uname", "env",
];

pub(crate) struct World {
    cluster: Arc<Mutex<Cluster>>,
    folder: TempDir,
    address: String,
    path: std::ffi::OsString,
    environment: BTreeMap<String, String>,
}

impl World {
    /// A cluster without a mesh, and without any custom resource.
    pub(crate) async fn bare() -> Self {
        let folder = folder();
        let stubs = folder.path().join("stubs");
        std::fs::create_dir(&stubs).unwrap();
        let cluster = Arc::new(Mutex::new(Cluster::new()));
        let address = serve(cluster.clone()).await;
        let kubeconfig = format!(
            "{{apiVersion: v1, kind: Config, current-context: test, clusters: [{{name: test, cluster: {{server: \
             '{address}'}}}}], contexts: [{{name: test, context: {{cluster: test, user: test}}}}], users: [{{name: \
             test, user: {{}}}}]}}"
        );
        std::fs::write(stubs.join("kubeconfig"), kubeconfig).unwrap();
        let mut path = repository().join("tests/deploy/stubs").into_os_string();
        path.push(":");
        path.push(std::env::var_os("PATH").unwrap());
        Self {
            cluster,
            folder,
            address,
            path,
            environment: BTreeMap::new(),
        }
    }

    /// The cluster, to look at or to change; never across a run.
    pub(crate) fn cluster(&self) -> MutexGuard<'_, Cluster> {
        self.cluster.lock().unwrap()
    }

    /// Everything the cluster keeps.
    pub(crate) fn stored(&self) -> Vec<((String, String, String), Value)> {
        let cluster = self.cluster();
        cluster
            .store
            .iter()
            .map(|(key, object)| (key.clone(), object.clone()))
            .collect()
    }

    /// Something that a stub looks at.
    pub(crate) fn stub(&self, name: &str, content: &str) {
        let file = self.stubs().join(name);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, content).unwrap();
    }

    /// Whether a stub left this.
    pub(crate) fn has_stub(&self, name: &str) -> bool {
        self.stubs().join(name).exists()
    }

    /// What the stubs were asked so far, a line each.
    pub(crate) fn calls(&self) -> String {
        std::fs::read_to_string(self.stubs().join("calls")).unwrap_or_default()
    }

    fn stubs(&self) -> PathBuf {
        self.folder.path().join("stubs")
    }

    pub(crate) fn path_of(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Adds podman to what `keep_only` kept.
    pub(crate) fn add_podman(&self) {
        let stub = repository().join("tests/deploy/stubs/docker");
        std::os::unix::fs::symlink(stub, self.path_of("tools/podman")).unwrap();
    }

    /// Puts a script before a tool; where it does not exit, the tool itself follows.
    pub(crate) fn wrap(&mut self, tool: &str, script: &str) {
        let folder = self.folder.path().join("wrapped");
        std::fs::create_dir(&folder).unwrap();
        let mut files = std::env::split_paths(&self.path).map(|folder| folder.join(tool));
        let found = files.find(|file| file.is_file()).unwrap();
        let file = folder.join(tool);
        let script = format!(
            "#!/usr/bin/env bash\n{script}\nexec {} \"$@\"\n",
            found.display()
        );
        std::fs::write(&file, script).unwrap();
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o755)).unwrap();
        let mut path = folder.into_os_string();
        path.push(":");
        path.push(&self.path);
        self.path = path;
    }

    /// Makes the folder a repository with one commit.
    pub(crate) fn commit(&self) {
        std::fs::write(self.path_of("deploy.sh.txt"), "as committed").unwrap();
        let ignored =
            "/.deploy\n/.kube\n/deploy\n/deploy.sh\n/manifests\n/stubs\n/tools\n/wrapped\n";
        std::fs::write(self.path_of(".gitignore"), ignored).unwrap();
        let author = [
            "-c",
            "user.name=presenter",
            "-c",
            "user.email=presenter@example.com",
        ];
        for args in [
            &["init", "-q"][..],
            &["add", "."],
            &["commit", "-q", "-m", "all"],
        ] {
            let mut git = std::process::Command::new("git");
            git.args(author).args(args).current_dir(self.folder.path());
            assert!(git.status().unwrap().success());
        }
    }

    /// Makes it another cluster than those of other worlds, in the AWS account of one of them.
    pub(crate) fn share_aws(&mut self, other: &Self) {
        let key = ("namespaces".into(), String::new(), "kube-system".into());
        let mut namespace = self.cluster().store.get(&key).cloned().unwrap();
        namespace["metadata"]["uid"] = "11111111-2222-4333-8444-555555555555".into();
        self.cluster().store.put(key, namespace);
        self.set("STUBS", other.stubs().to_str().unwrap());
    }

    pub(crate) fn set(&mut self, name: &str, value: &str) {
        self.environment.insert(name.into(), value.into());
    }

    /// A search path with only these tools in it.
    pub(crate) fn keep_only(&mut self, tools: &[&str]) {
        let kept = self.folder.path().join("tools");
        std::fs::create_dir(&kept).unwrap();
        for tool in tools {
            let folders = std::env::split_paths(&self.path);
            let found = folders
                .map(|folder| folder.join(tool))
                .find(|file| file.is_file());
            let found = found.unwrap_or_else(|| panic!("{tool} is not on PATH; install it"));
            std::os::unix::fs::symlink(found, kept.join(tool)).unwrap();
        }
        self.path = kept.into_os_string();
    }

    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = std::process::Command::new(self.folder.path().join("deploy.sh"));
        command
            .args(args)
            .env_clear()
            .env("PATH", &self.path)
            .env("HOME", self.folder.path())
            .env("KUBECONFIG", self.stubs().join("kubeconfig"))
            .env("STUBS", self.stubs())
            .env("DEPLOY_POLL", "0.01")
            // kubectl is at its end before collecting garbage pays, and it is run thousands of times.
            .env("GOGC", "off")
            // What curl asks comes to the test, whatever the host; kubectl minds no proxy for loopback.
            .env("http_proxy", &self.address)
            .envs(&self.environment)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            // A signal to the script and all it runs, as Ctrl-C sends it, must not reach the test.
            .process_group(0);
        let mut command = Command::from(command);
        command.kill_on_drop(true);
        command
    }

    pub(crate) async fn run(&self, args: &[&str]) -> Ran {
        assert!(
            on_path("kubectl"),
            "kubectl is not on PATH: see https://kubernetes.io/docs/tasks/tools/"
        );
        let output = timeout(PATIENCE, self.command(args).output()).await;
        Ran::new(
            output
                .unwrap_or_else(|_| panic!("deploy.sh {args:?} takes too long"))
                .unwrap(),
        )
    }

    /// Deploys with images that need not be built, and must succeed.
    pub(crate) async fn deploy(&self, args: &[&str]) -> Ran {
        self.run(&[&["--skip-images"], args].concat())
            .await
            .ended(0)
    }
}

fn on_path(tool: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder: PathBuf| Path::new(&folder).join(tool).is_file())
}

impl Ran {
    /// Fails the test unless `words` were said to people.
    #[track_caller]
    pub(crate) fn said(self, words: &str) -> Self {
        assert!(
            self.stderr.contains(words),
            "not said: {words}\n{}",
            self.stderr
        );
        self
    }

    /// Fails the test if `words` were said to people.
    #[track_caller]
    pub(crate) fn said_nothing_of(self, words: &str) -> Self {
        assert!(
            !self.stderr.contains(words),
            "said: {words}\n{}",
            self.stderr
        );
        self
    }
}

/// A folder with what of the repository the script needs, so that tests beside each other do not share its `.deploy`.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let mut copy = std::process::Command::new("cp");
    copy.arg("-R")
        .args(["deploy.sh", "deploy", "manifests"])
        .arg(folder.path());
    assert!(copy.current_dir(repository()).status().unwrap().success());
    folder
}
