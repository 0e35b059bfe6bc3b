//! Manifests: text to files, files to [`Manifests`](ingress::manifest::Manifests), these to a [`Mesh`] and that to
//! a bootstrap for Envoy.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use ingress::bootstrap::{Bootstrap, Replicas};
use ingress::manifest::{self, Source};
use ingress::mesh::{Mesh, Part};

use crate::sentence;

/// A line that begins so names the file that follows it.
const FILE: &str = "#file ";

/// Panics where one of the steps does, and where a refusal does not say what it is about.
pub fn hold(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let files = files(&text);
    let start = if files.len() == 1 {
        files.keys().next().cloned().unwrap_or_default()
    } else {
        PathBuf::from("m")
    };
    let names: Vec<String> = files.keys().map(|at| at.display().to_string()).collect();
    let manifests = match manifest::load(&Source::Embedded { files, start }) {
        Ok(manifests) => manifests,
        Err(error) => return refused(&error.to_string(), &names),
    };
    if let Err(error) = manifests.workloads() {
        refused(&error.to_string(), &names);
    }
    let mesh = match Mesh::from_manifests(&manifests, None) {
        Ok(mesh) => mesh,
        Err(error) => return refused(&error.to_string(), &names),
    };
    told_to_envoy(&mesh);
    for part in [Part::Gateway, Part::Sidecar] {
        if let Some(part) = mesh.clone().only(part) {
            told_to_envoy(&part);
        }
    }
}

/// The files of `text`, all below the folder `m`; before the first name it is one alone.
fn files(text: &str) -> BTreeMap<PathBuf, String> {
    let mut files: BTreeMap<PathBuf, String> = BTreeMap::new();
    let mut at = Path::new("m").join("m.yaml");
    for line in text.split_inclusive('\n') {
        match line.strip_prefix(FILE) {
            Some(name) => {
                let names = name.trim().split('/');
                at = names.fold(PathBuf::from("m"), |at, name| match name {
                    "" | "." | ".." => at,
                    name => at.join(name),
                });
            }
            None => files.entry(at.clone()).or_default().push_str(line),
        }
    }
    files
}

/// Something is wrong: in a file, or between all of them.
fn refused(sentence: &str, files: &[String]) {
    sentence::check(sentence);
    let is_overall = [
        "there is no Mesh among the manifests",
        "there must not be more than 1000 documents",
        "these VirtualNodes have backends: ",
    ];
    let is_overall = is_overall.iter().any(|known| sentence.starts_with(known));
    let rest = files.iter().filter_map(|file| {
        let escaped: String = file.chars().flat_map(escaped).collect();
        sentence.strip_prefix(&*escaped)?.strip_prefix(": ")
    });
    // What a kustomization lists may be no file at all.
    let is_placed = rest.into_iter().any(|rest| !rest.trim().is_empty())
        || [": cannot be read: ", ": has no *.yaml", ": is listed twice"]
            .iter()
            .any(|what| sentence.contains(what));
    assert!(is_overall || is_placed, "where is it? {sentence}");
}

fn escaped(c: char) -> Vec<char> {
    if c.is_control() {
        c.escape_default().collect()
    } else {
        vec![c]
    }
}

fn told_to_envoy(mesh: &Mesh) {
    let at = |port| Some(SocketAddr::from((Ipv4Addr::LOCALHOST, port)));
    let replicas = mesh.clusters.iter().map(|cluster| match &cluster.hostname {
        Some(name) => Replicas::Dns {
            name: name.clone(),
            refresh: Duration::from_secs(5),
        },
        None => Replicas::At(at(cluster.port).into_iter().collect()),
    });
    let bootstrap = Bootstrap {
        replicas: replicas.collect(),
        gateway: mesh.gateway.as_ref().and_then(|gateway| at(gateway.port)),
        egress: mesh.sidecar.as_ref().and_then(|_| at(15_001)),
        admin: at(9_901),
        stats: at(9_902),
        event_log: None,
        mesh,
    };
    match bootstrap.to_json() {
        Ok(json) => assert!(json.is_object()),
        Err(error) => {
            let sentence = error.to_string();
            sentence::check(&sentence);
            let kinds = ["GatewayRoute ", "route ", "VirtualNode "];
            let is_named = kinds.iter().any(|kind| sentence.starts_with(kind));
            assert!(is_named, "what is it about? {sentence}");
        }
    }
}
