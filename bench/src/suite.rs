//! The whole demo, as `outlier-demo up` starts it: five of colorapp, front, and ingress or Envoy as gateway and as
//! sidecar.

use std::io;
use std::net::SocketAddr;

use serde::Deserialize;

use crate::contender::{Contender, Group};
use crate::context::Context;
use crate::mesh;
use crate::peer::Peer;
use crate::process::{Running, Start, arguments, descendants, free_address};

/// What plays the mesh, among its processes.
pub const DATA_PLANE: &str = "data plane";

/// The app, among its processes.
pub const FRONT: &str = "front";

/// The backends, among its processes.
pub const COLORAPP: &str = "colorapp";

/// What starts and watches the others.
pub const UP: &str = "up";

/// What `up --json` prints once all is ready.
#[derive(Debug, Deserialize)]
struct Ready {
    replicas: Vec<Replica>,
}

#[derive(Debug, Deserialize)]
struct Replica {
    name: String,
    pid: u32,
}

/// Starts it, with `envoy` in ingress's place if there is one, and waits until it is ready.
///
/// # Errors
/// When it does not work.
pub fn start(context: &Context, name: &str, envoy: Option<&Peer>) -> io::Result<Contender> {
    started(context, name, envoy, Start::start)
}

/// The same, just so; see [`Start::start_at_once`].
///
/// # Errors
/// When it does not work.
pub fn start_at_once(context: &Context, name: &str) -> io::Result<Contender> {
    started(context, name, None, Start::start_at_once)
}

fn started(
    context: &Context,
    name: &str,
    envoy: Option<&Peer>,
    how: fn(&Start) -> io::Result<Running>,
) -> io::Result<Contender> {
    let gateway = free_address()?;
    let mut line = arguments(["up".to_owned(), "--json".to_owned()]);
    line.extend(arguments([
        format!("--port={}", gateway.port()),
        "--admin-port=0".to_owned(),
    ]));
    if let Some(envoy) = envoy {
        line.extend(arguments(["--data-plane=envoy", "--envoy"]));
        line.push(envoy.path.clone().into());
    }
    let start = Start {
        name: name.to_owned(),
        program: context.outlier_demo.clone(),
        arguments: line,
        variables: Vec::new(),
        folder: context.folder(name)?,
    };
    let mut contender = Contender::single(name, gateway, request(gateway), how(&start)?)?;
    let ready: Ready = contender
        .running
        .wait_for_line(|line| serde_json::from_str(line).ok())?;
    contender.groups = groups(&ready, contender.running.pid());
    Ok(contender)
}

fn request(gateway: SocketAddr) -> Vec<u8> {
    mesh::request(&gateway.to_string(), "/color/get")
}

/// Whatever is no replica is the data plane, its guard included.
fn groups(ready: &Ready, up: u32) -> Vec<Group> {
    let named = |program: &str| {
        let replicas = ready.replicas.iter();
        replicas
            .filter(|replica| replica.name.starts_with(program))
            .map(|replica| replica.pid)
            .collect()
    };
    let replicas: Vec<u32> = ready.replicas.iter().map(|replica| replica.pid).collect();
    let rest = descendants(up)
        .into_iter()
        .filter(|pid| !replicas.contains(pid))
        .collect();
    let group = |name: &str, pids| Group {
        name: name.to_owned(),
        pids,
    };
    vec![
        group(DATA_PLANE, rest),
        group(FRONT, named(FRONT)),
        group(COLORAPP, named(COLORAPP)),
        group(UP, vec![up]),
    ]
}
