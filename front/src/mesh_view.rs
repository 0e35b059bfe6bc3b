//! What the mesh says of the hosts, read from the admin interface of the proxy that does the outlier
//! detection. Two kinds are known: this suite's own data plane (`/outliers`) and Envoy (`/clusters`); both
//! have statistics (`/stats`).
//!
//! The mesh is a witness, not a part: when it cannot be asked, every host's state is unknown and
//! nothing else changes.

mod envoy;
mod outliers;
mod statistics;

use std::collections::{BTreeMap, HashMap};
use std::error::Error;
use std::net::SocketAddr;
use std::time::Duration;

use axum::http::{Method, StatusCode};
use bytes::Bytes;
use parking_lot::Mutex;
use serde::Serialize;
use serde_json::Value;
use tokio::time;
use tracing::{info, warn};

use crate::Endpoint;
use crate::client::{Client, FetchError, target};
use statistics::Statistics;

/// For all questions together. An admin interface that needs longer is of no use to a live view.
const TIMEOUT: Duration = Duration::from_secs(1);

/// Envoy lists every host of every cluster; in a big mesh that is a few megabytes.
const LONGEST_BODY: usize = 16 * 1024 * 1024;

/// An admin interface to read.
pub(crate) struct MeshView {
    http: Client,
    admin: Endpoint,
    /// Whether it answered last time; `None` before the first time. A sync lock: it is held for a
    /// comparison only.
    reachable: Mutex<Option<bool>>,
}

/// What the mesh said at one moment.
#[derive(Clone, Debug, Default)]
pub(crate) struct MeshReport {
    clusters: Vec<ClusterView>,
    hosts: HashMap<SocketAddr, HostView>,
}

/// A cluster's outlier detection.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct ClusterView {
    pub(crate) name: String,
    /// `None`: the mesh does not tell it, or the cluster has none.
    pub(crate) policy: Option<Value>,
    /// `None`: the mesh does not tell.
    pub(crate) panic: Option<bool>,
    /// Its statistics of outlier detection, which a cluster without it has none of; `None`: the mesh does
    /// not tell.
    pub(crate) outlier_detection: Option<BTreeMap<String, u64>>,
    #[serde(skip)]
    pub(crate) hosts: Vec<SocketAddr>,
}

/// A host in the eyes of the mesh.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub(crate) struct HostView {
    pub(crate) state: HostState,
    /// Since when it is ejected, in RFC 3339; `None`: it is not, or the mesh does not tell.
    pub(crate) ejected_since: Option<String>,
    /// When it may be back, in RFC 3339; `None` as above.
    pub(crate) earliest_return: Option<String>,
    /// Why it is ejected or not, in words; `None`: the mesh does not tell.
    pub(crate) reason: Option<String>,
    /// Everything else the mesh says of it, for people to read.
    pub(crate) detail: Option<Value>,
}

/// Whether the mesh sends requests to a host.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum HostState {
    Healthy,
    Ejected,
    /// The mesh could not be asked, or does not know the host.
    #[default]
    Unknown,
}

impl HostView {
    /// Of a host that the mesh says nothing of.
    const NOTHING: Self = Self {
        state: HostState::Unknown,
        ejected_since: None,
        earliest_return: None,
        reason: None,
        detail: None,
    };
}

impl MeshView {
    /// Reads from `admin`, never through a proxy.
    pub(crate) fn new(admin: Endpoint) -> Self {
        Self {
            http: Client::new(TIMEOUT),
            admin,
            reachable: Mutex::default(),
        }
    }

    /// Asks the mesh; an empty report when it does not answer in time or cannot be understood.
    pub(crate) async fn read(&self) -> MeshReport {
        let report = match time::timeout(TIMEOUT, self.try_read()).await {
            Ok(report) => report,
            Err(elapsed) => Err(elapsed.into()),
        };
        let before = self.reachable.lock().replace(report.is_ok());
        match report {
            Ok(report) => {
                if before != Some(true) {
                    info!(admin = %self.admin, "mesh admin answers");
                }
                report
            }
            Err(error) => {
                if before != Some(false) {
                    warn!(
                        admin = %self.admin,
                        error = &*error as &dyn Error,
                        "mesh admin does not answer, ejections are unknown"
                    );
                }
                MeshReport::default()
            }
        }
    }

    async fn try_read(&self) -> Result<MeshReport, Box<dyn Error + Send + Sync>> {
        let own = self.get("/outliers", None).await?;
        let mut report = if own.0 == StatusCode::NOT_FOUND {
            let envoys = self.get("/clusters", Some("format=json")).await?;
            envoy::parse(&ok(envoys)?)?
        } else {
            outliers::parse(&ok(own)?)?
        };
        // An admin interface that has none is as good as before.
        if let Ok(body) = ok(self.get("/stats", Some(statistics::FILTER)).await?) {
            report.count(Statistics::parse(&body));
        }
        Ok(report)
    }

    async fn get(
        &self,
        path: &'static str,
        query: Option<&str>,
    ) -> Result<(StatusCode, Bytes), FetchError> {
        let target = target(path, query);
        self.http
            .fetch(Method::GET, self.admin.as_str(), target, LONGEST_BODY)
            .await
    }
}

/// The body of a 200.
fn ok((status, body): (StatusCode, Bytes)) -> Result<Bytes, String> {
    match status {
        StatusCode::OK => Ok(body),
        other => Err(format!("it answers {other}")),
    }
}

impl MeshReport {
    /// The clusters that any of `hosts` is in; all of them when no host is known.
    pub(crate) fn clusters_of(&self, hosts: &[SocketAddr]) -> Vec<ClusterView> {
        let mut clusters = self.clusters.clone();
        if !hosts.is_empty() {
            clusters.retain(|cluster| cluster.hosts.iter().any(|host| hosts.contains(host)));
        }
        clusters
    }

    /// What the JSON of `/outliers` says.
    #[cfg(test)]
    pub(crate) fn of_outliers(body: &[u8]) -> Self {
        outliers::parse(body).expect("a test knows how it is written")
    }

    fn count(&mut self, mut statistics: Statistics) {
        for cluster in &mut self.clusters {
            cluster.outlier_detection = Some(statistics.take(&cluster.name));
        }
    }

    /// What is known of the host at `address`.
    pub(crate) fn of(&self, address: SocketAddr) -> &HostView {
        self.hosts.get(&address).unwrap_or(&HostView::NOTHING)
    }

    /// Whether any host is ejected.
    pub(crate) fn ejects_any(&self) -> bool {
        let mut hosts = self.hosts.values();
        hosts.any(|host| host.state == HostState::Ejected)
    }

    /// Whether the mesh keeps requests from the host at `address`.
    pub(crate) fn is_ejected(&self, address: SocketAddr) -> bool {
        self.hosts
            .get(&address)
            .is_some_and(|host| host.state == HostState::Ejected)
    }

    /// Adds what one cluster says of a host. Out of one cluster is out, whatever the others say: the
    /// same replicas may be in clusters that do no outlier detection.
    fn add(&mut self, address: SocketAddr, host: HostView) {
        let known = self.hosts.entry(address).or_default();
        if known.state != HostState::Ejected {
            *known = host;
        }
    }
}
