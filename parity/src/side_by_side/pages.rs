//! The admin pages at the end, made comparable.

use std::collections::BTreeMap;
use std::io::{self, Error};
use std::net::SocketAddr;

use serde_json::Value;

use super::connection::Connection;
use super::mesh::CLUSTER;

/// What of the pages is compared.
#[derive(Debug)]
pub(super) struct Pages {
    /// The cluster in `/clusters?format=json`, hosts by their index.
    pub(super) cluster: Value,
    /// `/stats/prometheus`: series and values of the cluster and of the listener.
    pub(super) series: BTreeMap<String, String>,
    /// `/stats`: the cluster's outlier counters.
    pub(super) outlier: BTreeMap<String, String>,
}

/// Reads them.
pub(super) async fn read(admin: &mut Connection, addresses: &[SocketAddr]) -> io::Result<Pages> {
    let mut cluster = cluster(admin).await?;
    for host in hosts(&mut cluster)? {
        let index = index(host, addresses)?;
        host["address"] = index.into();
    }
    let prometheus = text(admin, "/stats/prometheus").await?;
    let ours = |line: &&str| line.contains(CLUSTER) || line.contains("\"egress\"");
    let stats = text(admin, "/stats?filter=outlier_detection").await?;
    Ok(Pages {
        cluster,
        series: prometheus
            .lines()
            .filter(ours)
            .filter_map(|line| pair(line, ' '))
            .collect(),
        outlier: stats
            .lines()
            .filter(|line| line.contains(CLUSTER))
            .filter_map(|line| pair(line, ':'))
            .collect(),
    })
}

/// How often each host could not be connected to.
pub(super) async fn refusals(
    admin: &mut Connection,
    addresses: &[SocketAddr],
) -> io::Result<Vec<u64>> {
    let mut cluster = cluster(admin).await?;
    let mut refusals = vec![0; addresses.len()];
    for host in hosts(&mut cluster)? {
        let stats = host["stats"]
            .as_array()
            .map(Vec::as_slice)
            .unwrap_or_default();
        let refused = stats.iter().find(|stat| stat["name"] == "cx_connect_fail");
        let value = refused.and_then(|stat| stat["value"].as_str()?.parse().ok());
        refusals[index(host, addresses)?] = value.unwrap_or_default();
    }
    Ok(refusals)
}

async fn cluster(admin: &mut Connection) -> io::Result<Value> {
    let page: Value = serde_json::from_str(&text(admin, "/clusters?format=json").await?)?;
    let all = page["cluster_statuses"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    let found = all.iter().find(|cluster| cluster["name"] == CLUSTER);
    found
        .cloned()
        .ok_or_else(|| Error::other(format!("/clusters: no cluster {CLUSTER}")))
}

fn hosts(cluster: &mut Value) -> io::Result<&mut Vec<Value>> {
    let hosts = cluster["host_statuses"].as_array_mut();
    hosts.ok_or_else(|| Error::other("/clusters: no host_statuses"))
}

fn index(host: &Value, addresses: &[SocketAddr]) -> io::Result<usize> {
    let port = host["address"]["socket_address"]["port_value"].as_u64();
    let found = addresses
        .iter()
        .position(|address| Some(u64::from(address.port())) == port);
    found.ok_or_else(|| Error::other(format!("/clusters: an unknown host {host}")))
}

async fn text(admin: &mut Connection, path: &'static str) -> io::Result<String> {
    let (_, body) = admin.get(path).await?;
    String::from_utf8(body.into()).map_err(Error::other)
}

fn pair(line: &str, between: char) -> Option<(String, String)> {
    let (name, value) = line.rsplit_once(between)?;
    Some((name.trim().to_owned(), value.trim().to_owned()))
}
