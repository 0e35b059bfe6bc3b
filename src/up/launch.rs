//! From pods that have their addresses to processes: what each is called, its arguments, its environment.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::net::SocketAddr;
use std::path::Path;

use super::data_plane::DataPlane;
use super::plan::{Pod, Program};

/// A pod and where it listens.
#[derive(Clone, Debug)]
pub(super) struct Placed {
    pub pod: Pod,
    /// Where it serves.
    pub server: SocketAddr,
    /// Where it is probed and told to fail.
    pub control: SocketAddr,
}

/// The addresses of the data plane.
#[derive(Clone, Copy, Debug)]
pub(super) struct MeshAddresses {
    pub gateway: SocketAddr,
    pub egress: SocketAddr,
    pub admin: SocketAddr,
}

/// One process: this executable with other words.
#[derive(Clone, Debug)]
pub(super) struct Launch {
    /// What it is called in logs.
    pub name: String,
    /// The command and its flags.
    pub args: Vec<OsString>,
    /// Its variables, beside the few that every process keeps from the shell.
    pub env: BTreeMap<String, String>,
    /// The URL that answers 200 once it serves.
    pub ready: String,
}

impl Placed {
    /// The name under which the pod's answers are counted.
    pub(super) fn host_uid(&self) -> String {
        let named = self.pod.env.get("HOST_UID").filter(|uid| !uid.is_empty());
        named.cloned().unwrap_or_else(|| self.pod.uid.to_string())
    }
}

/// The process of `placed`, one of `all`. What the manifest says of addresses, and of the time that a
/// cluster needs to hear of an end, is replaced by what holds on one machine.
pub(super) fn pod(placed: &Placed, all: &[Placed], mesh: &MeshAddresses, log: &str) -> Launch {
    let mut env = placed.pod.env.clone();
    let mut set = |name: &str, value: String| {
        env.insert(name.to_owned(), value);
    };
    set("SERVER_HOST", placed.server.ip().to_string());
    set("SERVER_PORT", placed.server.port().to_string());
    set("CONTROL_PORT", placed.control.port().to_string());
    set("SHARE_PORT", "true".to_owned());
    set("SHUTDOWN_DELAY", "0s".to_owned());
    set("SHUTDOWN_DEADLINE", "3s".to_owned());
    set("LOG_FORMAT", log.to_owned());
    let command = match placed.pod.program {
        Program::Colorapp => {
            set("HOST_UID", placed.host_uid());
            "colorapp"
        }
        Program::Front => {
            set("http_proxy", format!("http://{}", mesh.egress));
            set("no_proxy", String::new());
            set("COLOR_CONTROL_ENDPOINT", colorapp_controls(all));
            if placed.pod.env.contains_key("MESH_ADMIN_ENDPOINT") {
                set("MESH_ADMIN_ENDPOINT", mesh.admin.to_string());
            }
            "front"
        }
    };
    Launch {
        name: placed.pod.name.clone(),
        args: vec![command.into()],
        env,
        ready: format!("http://{}/readyz", placed.control),
    }
}

/// The process that plays the gateway's Envoy and the sidecar's. Without `manifests` it takes the
/// project's own.
pub(super) fn data_plane(
    which: &DataPlane,
    all: &[Placed],
    mesh: &MeshAddresses,
    manifests: Option<&Path>,
    speed: Option<f64>,
    log: &str,
) -> Launch {
    let name = which.name();
    let own: &[&str] = match which {
        DataPlane::Ingress => &["--share-port", "--drain-time", "3s"],
        DataPlane::Envoy(_) => &[],
    };
    let mut args: Vec<OsString> = [name].iter().chain(own).map(OsString::from).collect();
    let mut flag = |name: &str, value: &OsStr| {
        let mut flag = OsString::from(format!("--{name}="));
        flag.push(value);
        args.push(flag);
    };
    if let DataPlane::Envoy(path) = which {
        flag("envoy", path.as_ref());
    }
    flag("gateway", mesh.gateway.to_string().as_ref());
    flag("egress", mesh.egress.to_string().as_ref());
    flag("admin", mesh.admin.to_string().as_ref());
    for (node, addresses) in endpoints(all) {
        flag("endpoints", format!("{node}={addresses}").as_ref());
    }
    if let Some(manifests) = manifests {
        flag("manifests", manifests.as_ref());
    }
    if let Some(speed) = speed {
        flag("speed", speed.to_string().as_ref());
    }
    Launch {
        name: name.to_owned(),
        args,
        env: BTreeMap::from([("LOG_FORMAT".to_owned(), log.to_owned())]),
        ready: format!("http://{}/ready", mesh.admin),
    }
}

/// Where colorapp can be told to fail, whatever the mesh thinks of it.
fn colorapp_controls(all: &[Placed]) -> String {
    let controls: Vec<String> = all
        .iter()
        .filter(|placed| placed.pod.program == Program::Colorapp)
        .map(|placed| placed.control.to_string())
        .collect();
    controls.join(",")
}

/// Each VirtualNode and the addresses of its pods.
fn endpoints(all: &[Placed]) -> BTreeMap<&str, String> {
    let mut endpoints: BTreeMap<&str, String> = BTreeMap::new();
    for placed in all {
        let addresses = endpoints.entry(&placed.pod.node).or_default();
        if !addresses.is_empty() {
            addresses.push(',');
        }
        addresses.push_str(&placed.server.to_string());
    }
    endpoints
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn mesh() -> MeshAddresses {
        let address = |port| SocketAddr::from(([127, 0, 0, 1], port));
        MeshAddresses {
            gateway: address(1),
            egress: address(2),
            admin: address(3),
        }
    }

    fn placed(program: Program, node: &str, port: u16, env: &[(&str, &str)]) -> Placed {
        let env = env
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Placed {
            pod: Pod {
                name: format!("{node}-1"),
                namespace: "demo".to_owned(),
                node: node.to_owned(),
                program,
                uid: Uuid::nil(),
                env: env.collect(),
            },
            server: ([127, 0, 0, 1], port).into(),
            control: ([127, 0, 0, 1], port + 1).into(),
        }
    }

    #[test]
    fn addresses_of_the_manifest_are_replaced_and_the_rest_is_kept() {
        let manifest = [
            ("SERVER_PORT", "8080"),
            ("SHUTDOWN_DELAY", "5s"),
            ("X", "y"),
        ];
        let replica = placed(Program::Colorapp, "red", 40, &manifest);
        let launch = pod(&replica, &[], &mesh(), "json");
        assert_eq!(launch.args, ["colorapp"]);
        assert_eq!(launch.ready, "http://127.0.0.1:41/readyz");
        for (name, value) in [
            ("SERVER_HOST", "127.0.0.1"),
            ("SERVER_PORT", "40"),
            ("CONTROL_PORT", "41"),
            ("SHARE_PORT", "true"),
            ("SHUTDOWN_DELAY", "0s"),
            ("LOG_FORMAT", "json"),
            ("X", "y"),
            ("HOST_UID", "00000000-0000-0000-0000-000000000000"),
        ] {
            assert_eq!(launch.env[name], value, "{name}");
        }
    }

    #[test]
    fn front_calls_through_the_egress_and_finds_every_control_port() {
        let manifest = [
            ("COLOR_CONTROL_ENDPOINT", "colorapp-control:8081"),
            ("MESH_ADMIN_ENDPOINT", "127.0.0.1:9901"),
        ];
        let front = placed(Program::Front, "front", 30, &manifest);
        let all = [
            placed(Program::Colorapp, "red", 40, &[]),
            placed(Program::Colorapp, "red", 50, &[]),
            front.clone(),
        ];
        let env = pod(&front, &all, &mesh(), "text").env;
        assert_eq!(env["http_proxy"], "http://127.0.0.1:2");
        assert_eq!(env["COLOR_CONTROL_ENDPOINT"], "127.0.0.1:41,127.0.0.1:51");
        assert_eq!(env["MESH_ADMIN_ENDPOINT"], "127.0.0.1:3");
    }

    #[test]
    fn front_asks_no_admin_that_its_manifest_does_not_name() {
        let front = placed(Program::Front, "front", 30, &[]);
        let env = pod(&front, &[], &mesh(), "text").env;
        assert!(!env.contains_key("MESH_ADMIN_ENDPOINT"));
    }

    #[test]
    fn the_data_plane_hears_of_every_address() {
        let all = [
            placed(Program::Colorapp, "red", 40, &[]),
            placed(Program::Colorapp, "red", 50, &[]),
            placed(Program::Front, "front", 30, &[]),
        ];
        let launch = data_plane(
            &DataPlane::Ingress,
            &all,
            &mesh(),
            Some(Path::new("m y")),
            Some(2.5),
            "text",
        );
        assert_eq!(
            launch.args,
            [
                "ingress",
                "--share-port",
                "--drain-time",
                "3s",
                "--gateway=127.0.0.1:1",
                "--egress=127.0.0.1:2",
                "--admin=127.0.0.1:3",
                "--endpoints=front=127.0.0.1:30",
                "--endpoints=red=127.0.0.1:40,127.0.0.1:50",
                "--manifests=m y",
                "--speed=2.5",
            ]
        );
        assert_eq!(launch.ready, "http://127.0.0.1:3/ready");
    }

    #[test]
    fn envoy_hears_the_same() {
        let all = [placed(Program::Front, "front", 30, &[])];
        let envoy = DataPlane::Envoy("/opt/my envoy".into());
        let launch = data_plane(&envoy, &all, &mesh(), None, None, "json");
        assert_eq!(
            launch.args,
            [
                "envoy",
                "--envoy=/opt/my envoy",
                "--gateway=127.0.0.1:1",
                "--egress=127.0.0.1:2",
                "--admin=127.0.0.1:3",
                "--endpoints=front=127.0.0.1:30",
            ]
        );
        assert_eq!(launch.name, "envoy");
    }
}
