//! The container of a proxy on one machine: other addresses, and the replicas in place of their DNS names.

use std::ffi::OsString;
use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use super::{Pod, ours, spawn};
use crate::objects::items;

/// Where a proxy's parts are.
pub(super) struct Places<'a> {
    pub(super) gateway: SocketAddr,
    pub(super) egress: SocketAddr,
    pub(super) admin: SocketAddr,
    pub(super) stats: SocketAddr,
    pub(super) replicas: &'a [(&'static str, Vec<SocketAddr>)],
}

/// The container of ingress or of Envoy, with its arguments.
pub(super) fn start(container: &Value, files: &Path, places: &Places<'_>) -> Pod {
    let args = items(&container["args"])
        .iter()
        .map(|arg| arg.as_str().unwrap());
    if container["name"] == "envoy" {
        let file = files.join("envoy.json");
        let mut config = serde_json::from_str(&fs::read_to_string(&file).unwrap()).unwrap();
        envoy_here(&mut config, places);
        fs::write(&file, config.to_string()).unwrap();
        let args = args.map(|arg| arg.replace("/etc/envoy", files.to_str().unwrap()));
        return spawn(Command::new(envoy()).args(args));
    }
    let mut command = ours("ingress");
    for arg in args {
        let (flag, value) = arg.split_once('=').unwrap();
        let value: OsString = match flag {
            "--manifests" => files.into(),
            "--gateway" => places.gateway.to_string().into(),
            "--stats" => places.stats.to_string().into(),
            _ => value.into(),
        };
        command.arg(flag).arg(value);
    }
    for (node, addresses) in places.replicas {
        let list: Vec<_> = addresses.iter().map(SocketAddr::to_string).collect();
        command.arg(format!("--endpoints={node}={}", list.join(",")));
    }
    command.arg(format!("--admin={}", places.admin));
    command
        .arg(format!("--egress={}", places.egress))
        .arg("--share-port");
    spawn(&mut command)
}

/// Envoy's configuration with other addresses, and with the replicas in place of their DNS name.
fn envoy_here(config: &mut Value, places: &Places<'_>) {
    for cluster in config["static_resources"]["clusters"]
        .as_array_mut()
        .unwrap()
    {
        let name = cluster["name"].as_str().unwrap().to_owned();
        let mut all = places.replicas.iter();
        if let Some((_, addresses)) = all.find(|(node, _)| name.contains(&format!("_{node}_"))) {
            assert_eq!(cluster["type"], "STRICT_DNS", "{name}");
            cluster["type"] = "STATIC".into();
            let endpoint = |at: &SocketAddr| json!({ "endpoint": { "address": socket(*at) } });
            let endpoints: Vec<_> = addresses.iter().map(endpoint).collect();
            cluster["load_assignment"]["endpoints"][0]["lb_endpoints"] = endpoints.into();
        }
    }
    move_sockets(config, places);
}

fn socket(at: SocketAddr) -> Value {
    json!({ "socket_address": { "address": at.ip().to_string(), "port_value": at.port() } })
}

fn move_sockets(value: &mut Value, places: &Places<'_>) {
    if let Some(is) = value.get("socket_address") {
        let (host, port) = (is["address"].as_str().unwrap(), is["port_value"].as_u64());
        let to = match (host, port) {
            ("0.0.0.0", Some(8080)) => places.gateway,
            ("0.0.0.0", Some(9902)) => places.stats,
            ("127.0.0.1", Some(15001)) => places.egress,
            ("127.0.0.1", Some(9901)) => places.admin,
            _ => return,
        };
        *value = socket(to);
        return;
    }
    match value {
        Value::Array(list) => list.iter_mut().for_each(|item| move_sockets(item, places)),
        Value::Object(fields) => fields
            .values_mut()
            .for_each(|item| move_sockets(item, places)),
        _ => {}
    }
}

/// The Envoy to test with: `ENVOY`, or the one on `PATH`.
fn envoy() -> OsString {
    std::env::var_os("ENVOY").unwrap_or_else(|| "envoy".into())
}
