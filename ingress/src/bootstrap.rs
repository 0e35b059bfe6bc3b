//! The mesh as a bootstrap file for Envoy, with which Envoy decides as the data plane here does.
//!
//! - Listeners, stat prefixes and clusters have the names that they have in the admin pages and metrics
//!   here, so both give the same series.
//! - What Envoy would do otherwise by default is written out, and what it does by itself as it is done
//!   here (headers, answers of its own: FACTS 11) is left alone.
//! - A gateway route leads to a virtual service, whose own routes lead on; Envoy has one level. So each
//!   gateway route is written once per route of its service, for requests that fulfil both.
//! - What Envoy cannot be told is refused by the object's name, never left out.

mod cluster;
mod listener;
mod request_match;
mod rewrite;
mod route;
mod stats;
mod values;
mod virtual_host;

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use serde_json::{Map, Value, json};
use service::ConfigError;

use crate::manifest::Source;
use crate::mesh::Mesh;
use crate::{BootstrapArgs, EGRESS_LISTENER, GATEWAY_LISTENER};

/// A mesh and the addresses of its parts.
#[derive(Clone, Debug)]
pub struct Bootstrap<'a> {
    /// The mesh.
    pub mesh: &'a Mesh,
    /// Who is behind each of [`Mesh::clusters`], in their order.
    pub replicas: Vec<Replicas>,
    /// Where the gateway listens, if it does.
    pub gateway: Option<SocketAddr>,
    /// Where the sidecar listens for its application's calls, if it does.
    pub egress: Option<SocketAddr>,
    /// Where the admin pages are, if that is to be told.
    pub admin: Option<SocketAddr>,
    /// Where readiness and statistics are for others than those whom the admin pages serve, if anywhere.
    /// They are taken from the admin pages, so it takes those.
    pub stats: Option<SocketAddr>,
    /// The file that ejections and returns are appended to.
    pub event_log: Option<&'a Path>,
}

/// Where the replicas of a cluster are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Replicas {
    /// At these addresses, in the order in which they take turns.
    At(Vec<SocketAddr>),
    /// At all addresses of a DNS name, and the port of the cluster.
    Dns {
        /// The name.
        name: String,
        /// How long after an answer it is looked up again.
        refresh: Duration,
    },
}

/// The bootstrap for the manifests that `args` name, or for `embedded` where they name none.
///
/// # Errors
/// When the arguments or manifests cannot be used, or Envoy cannot be told what they say.
pub fn envoy_bootstrap(
    args: &BootstrapArgs,
    embedded: Option<Source>,
) -> Result<Value, ConfigError> {
    let BootstrapArgs {
        mesh: args,
        defaults,
    } = args;
    let mesh = args.load(defaults, embedded)?;
    Bootstrap {
        replicas: args.replicas(&mesh)?,
        gateway: mesh.gateway.is_some().then_some(args.gateway),
        egress: mesh.sidecar.is_some().then_some(args.egress),
        admin: Some(args.admin),
        stats: args.stats,
        event_log: args.event_log.as_deref(),
        mesh: &mesh,
    }
    .to_json()
}

impl Bootstrap<'_> {
    /// The bootstrap.
    ///
    /// # Errors
    /// When Envoy cannot be told what the mesh says; the sentence names the object.
    pub fn to_json(&self) -> Result<Value, ConfigError> {
        let mut listeners = Vec::new();
        if let Some(at) = self.gateway {
            let hosts = virtual_host::gateway(self.mesh)?;
            listeners.push(listener::listener(GATEWAY_LISTENER, at, &hosts));
        }
        if let Some(at) = self.egress {
            let hosts = virtual_host::egress(self.mesh)?;
            listeners.push(listener::listener(EGRESS_LISTENER, at, &hosts));
        }
        let clusters = self.mesh.clusters.iter().zip(&self.replicas);
        let mut clusters = clusters
            .map(|(spec, replicas)| cluster::cluster(spec, replicas))
            .collect::<Result<Vec<Value>, _>>()?;
        if let (Some(at), Some(admin)) = (self.stats, self.admin) {
            listeners.push(listener::listener(stats::NAME, at, &stats::hosts()));
            clusters.push(stats::cluster(admin));
        }
        let mut top = Map::new();
        let mut set = |field: &str, value: Value| top.insert(field.to_owned(), value);
        set("node", self.node());
        set(
            "static_resources",
            json!({ "listeners": listeners, "clusters": clusters }),
        );
        if let Some(file) = self.event_log {
            let file = file.to_str().ok_or_else(|| {
                let file = file.display();
                ConfigError::new(format!(
                    "--event-log: {file} is not UTF-8, as Envoy wants it"
                ))
            })?;
            set(
                "cluster_manager",
                json!({ "outlier_detection": { "event_log_path": file } }),
            );
        }
        if let Some(at) = self.admin {
            set("admin", json!({ "address": values::address(at) }));
        }
        set("layered_runtime", runtime());
        Ok(top.into())
    }

    fn node(&self) -> Value {
        let gateway = self.mesh.gateway.as_ref().map(|gateway| &gateway.name);
        let sidecar = self.mesh.sidecar.as_ref().map(|sidecar| &sidecar.node);
        json!({ "id": gateway.or(sidecar), "cluster": self.mesh.name })
    }
}

/// Without it Envoy refuses a regular expression that is long once compiled; App Mesh bounds what is
/// written, to 255 characters.
fn runtime() -> Value {
    json!({
        "layers": [{
            "name": "static",
            "static_layer": { "re2.max_program_size.error_level": i32::MAX },
        }],
    })
}

#[cfg(test)]
mod tests;
