//! `/hosts`: every replica with all that is known of it: what it says itself, what `/get` saw of it,
//! what the mesh says of it.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::Value;

use crate::look::Look;
use crate::mesh_view::{ClusterView, HostView, MeshReport};
use crate::replicas::Found;
use crate::stats::{Counter, Counts};

/// What of `/outliers`, and of a fault that ends by itself, counts from now and so is another number each time.
const MOVING: [&str; 3] = ["ejected_for_ms", "returns_in_ms", "remaining_ms"];

/// Everything that is known at one moment.
#[derive(PartialEq, Serialize)]
pub(crate) struct Hosts {
    /// In order of uid; control ports that do not answer are last.
    hosts: Vec<Host>,
    /// Answers the mesh made itself, by status.
    mesh_answers: BTreeMap<u16, u64>,
    clusters: Vec<ClusterView>,
}

#[derive(Default, PartialEq, Serialize)]
struct Host {
    /// `None`: a control port that never answered.
    uid: Option<String>,
    /// Where the mesh sends its requests.
    address: Option<SocketAddr>,
    control: Option<String>,
    /// Whether the control port answered.
    reachable: bool,
    fault: Option<Value>,
    counter: Counter,
    mesh: HostView,
}

impl Hosts {
    /// Puts together what is known.
    pub(crate) fn new(Look { found, mesh }: &Look, counts: &Counts) -> Self {
        let replicas = found.iter().flat_map(|found| found.known());
        let addresses: Vec<_> = replicas.map(|replica| replica.address).collect();
        let hosts = match found {
            Some(found) => found_hosts(found, counts, mesh),
            None => seen_hosts(counts),
        };
        Self {
            hosts,
            mesh_answers: counts.mesh_answers.clone(),
            clusters: mesh.clusters_of(&addresses),
        }
    }

    /// The same without what moves all the time: the counters, and what counts from now.
    pub(crate) fn still(mut self) -> Self {
        self.mesh_answers.clear();
        for host in &mut self.hosts {
            host.counter = Counter::default();
            for value in [&mut host.mesh.detail, &mut host.fault] {
                if let Some(Value::Object(fields)) = value {
                    fields.retain(|name, _| !MOVING.contains(&name.as_str()));
                }
            }
        }
        self
    }
}

/// Compact JSON and a newline, so that a shell's prompt begins on a line of its own.
pub(crate) fn json_line(value: &impl Serialize) -> Response {
    ([(CONTENT_TYPE, "application/json")], json(value) + "\n").into_response()
}

/// Compact JSON.
pub(crate) fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("all keys are strings or numbers, and no value can fail")
}

fn found_hosts(found: &Found, counts: &Counts, mesh: &MeshReport) -> Vec<Host> {
    let replicas = found.replicas.iter().map(|replica| Host {
        counter: counts.of(&replica.uid),
        uid: Some(replica.uid.clone()),
        address: Some(replica.address),
        control: Some(replica.control.to_string()),
        reachable: true,
        fault: replica.fault.clone(),
        mesh: mesh.of(replica.address).clone(),
    });
    // The mesh goes on knowing those that do not answer.
    let silent = found.silent.iter().map(|control| {
        let mut lost = found.lost.iter();
        let lost = lost.find(|lost| lost.control.to_string() == *control);
        let known = lost.map(|lost| Host {
            counter: counts.of(&lost.uid),
            uid: Some(lost.uid.clone()),
            address: Some(lost.address),
            mesh: mesh.of(lost.address).clone(),
            ..Host::default()
        });
        Host {
            control: Some(control.clone()),
            ..known.unwrap_or_default()
        }
    });
    replicas.chain(silent).collect()
}

/// Where nobody said where the control ports are, the hosts are those that have answered so far.
fn seen_hosts(counts: &Counts) -> Vec<Host> {
    let mut hosts: Vec<_> = counts
        .hosts
        .iter()
        .map(|host| Host {
            uid: Some(host.uid.clone()),
            counter: host.counter,
            ..Host::default()
        })
        .collect();
    hosts.sort_by(|a, b| a.uid.cmp(&b.uid));
    hosts
}
