//! Where each part of a suite is, and how it is started.

use std::fs;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::time::Duration;

use socket2::{Domain, Socket, Type};

use crate::child::Launch;
use crate::suite::{Plane, REPLICAS, Settings, Suite};

/// How each part is started.
pub(crate) struct Launches {
    pub plane: Launch,
    pub front: Launch,
    pub replicas: Vec<Launch>,
}

/// A port that stays ours while nobody listens on it.
pub(crate) struct Place {
    pub address: SocketAddr,
    _reserved: Socket,
}

/// The manifests, in the suite's folder.
const MESH: &str = "mesh.yaml";

/// The places, in this order; then two of each replica.
pub(crate) const GATEWAY: usize = 0;
pub(crate) const EGRESS: usize = 1;
pub(crate) const ADMIN: usize = 2;
pub(crate) const FRONT: usize = 3;

/// Where a replica serves.
pub(crate) fn server_of(replica: usize) -> usize {
    5 + 2 * replica
}

/// Where a replica is told to fail.
pub(crate) fn control_of(replica: usize) -> usize {
    6 + 2 * replica
}

impl Place {
    pub(crate) fn take() -> io::Result<Self> {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
        socket.set_reuse_address(true)?;
        socket.set_reuse_port(true)?;
        socket.bind(&SocketAddr::from((Ipv4Addr::LOCALHOST, 0)).into())?;
        let address = socket.local_addr()?.as_socket();
        Ok(Self {
            address: address.ok_or(io::ErrorKind::AddrNotAvailable)?,
            _reserved: socket,
        })
    }
}

/// Writes the manifests with sweeps and ejections of this length.
pub(crate) fn write_mesh(folder: &Path, interval: Duration) -> io::Result<()> {
    let interval = interval.as_millis().to_string();
    let mesh = include_str!("mesh.yaml").replace("INTERVAL", &interval);
    fs::write(folder.join(MESH), mesh)
}

impl Launches {
    pub(crate) fn new(
        program: &Path,
        plane: &Plane,
        settings: &Settings,
        at: &impl Fn(usize) -> SocketAddr,
        folder: &Path,
    ) -> io::Result<Self> {
        write_mesh(folder, settings.interval)?;
        let mesh = folder.join(MESH);
        let launch = |name: &str, args: &[&str], env: &[(&str, String)]| Launch {
            name: name.to_owned(),
            program: program.to_owned(),
            args: args.iter().map(Into::into).collect(),
            env: env
                .iter()
                .map(|(name, value)| ((*name).to_owned(), value.clone()))
                .collect(),
            limits: Vec::new(),
        };
        let pod = |name: &str, command: &str, server: usize, more: &[(&str, String)]| {
            let own = [
                ("SERVER_HOST", at(server).ip().to_string()),
                ("SERVER_PORT", at(server).port().to_string()),
                ("CONTROL_PORT", at(server + 1).port().to_string()),
                ("SHARE_PORT", "true".to_owned()),
            ];
            launch(name, &[command, "--until-eof"], &[&own, more].concat())
        };
        let uid = |replica: usize| [("HOST_UID", Suite::uid(replica))];
        let replicas = (0..REPLICAS).map(|replica| {
            let name = Suite::uid(replica);
            pod(&name, "colorapp", server_of(replica), &uid(replica))
        });
        let controls = (0..REPLICAS).map(|replica| at(control_of(replica)).to_string());
        let front = [
            (
                "COLOR_SERVICE_ENDPOINT",
                "colorapp.demo.svc.cluster.local:8080".to_owned(),
            ),
            (
                "COLOR_CONTROL_ENDPOINT",
                controls.collect::<Vec<_>>().join(","),
            ),
            ("MESH_ADMIN_ENDPOINT", at(ADMIN).to_string()),
            ("http_proxy", format!("http://{}", at(EGRESS))),
            ("no_proxy", String::new()),
        ];
        let servers = (0..REPLICAS).map(|replica| at(server_of(replica)).to_string());
        let mut flags = vec![
            plane.name().to_owned(),
            "--until-eof".to_owned(),
            format!("--manifests={}", mesh.display()),
            format!("--gateway={}", at(GATEWAY)),
            format!("--egress={}", at(EGRESS)),
            format!("--admin={}", at(ADMIN)),
            format!("--endpoints=front={}", at(FRONT)),
            format!(
                "--endpoints=colorapp={}",
                servers.collect::<Vec<_>>().join(",")
            ),
        ];
        flags.push(match plane {
            Plane::Ingress => "--share-port".to_owned(),
            Plane::Envoy(path) => format!("--envoy={}", path.display()),
        });
        flags.extend(settings.flags.iter().cloned());
        let flags: Vec<&str> = flags.iter().map(String::as_str).collect();
        Ok(Self {
            plane: Launch {
                env: settings.env.clone(),
                limits: settings.limits.clone(),
                ..launch(plane.name(), &flags, &[])
            },
            front: pod("front", "front", FRONT, &front),
            replicas: replicas.collect(),
        })
    }
}
