//! What Prometheus is told: whom to read, and when to raise an alarm. Its files are YAML, and so may be JSON.

use std::net::SocketAddr;
use std::path::Path;

use serde_json::{Value, json};

use super::launch::Placed;
use super::plan::Program;
use crate::embedded;

/// The alert rules of the manifests, as a rule file.
pub(super) fn rules() -> String {
    let object = embedded::text("components/pod-monitors/prometheus-rule.yaml");
    let object: Value =
        serde_saphyr::from_str(object).expect("a test has read the same file, which is YAML");
    let mut rules = object["spec"].clone();
    let groups = rules["groups"].as_array_mut();
    for group in groups.into_iter().flatten() {
        // A machine that reads itself can look as often as it reads.
        if let Some(group) = group.as_object_mut() {
            group.remove("interval");
        }
    }
    rules.to_string()
}

/// The configuration that reads `all` pods and the data plane, `mesh`, once a second: with `--speed`, an
/// ejection may be over in two. The labels are those that a Prometheus in a cluster gives.
pub(super) fn config(all: &[Placed], mesh: (&str, SocketAddr), rules: &Path) -> String {
    let pods = |program: Program| {
        let own = all.iter().filter(move |of| of.pod.program == program);
        own.map(|of| target(of.control, &of.pod.namespace, &of.pod.name))
    };
    let (name, admin) = mesh;
    // Whoever plays the mesh is in no namespace; it counts for the app that it stands beside.
    let namespace = all.first().map_or("", |of| &of.pod.namespace);
    let config = json!({
        "global": { "scrape_interval": "1s", "scrape_timeout": "1s", "evaluation_interval": "1s" },
        "rule_files": [rules],
        "scrape_configs": [
            job("colorapp", "/metrics", &pods(Program::Colorapp).collect::<Vec<_>>()),
            job("front", "/metrics", &pods(Program::Front).collect::<Vec<_>>()),
            job(name, "/stats/prometheus", &[target(admin, namespace, name)]),
        ],
    });
    config.to_string()
}

fn job(name: &str, path: &str, targets: &[Value]) -> Value {
    json!({ "job_name": name, "metrics_path": path, "static_configs": targets })
}

fn target(address: SocketAddr, namespace: &str, pod: &str) -> Value {
    json!({ "targets": [address], "labels": { "namespace": namespace, "pod": pod } })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use uuid::Uuid;

    use super::*;
    use crate::up::plan::Pod;

    fn placed(name: &str, program: Program, port: u16) -> Placed {
        Placed {
            pod: Pod {
                name: name.to_owned(),
                namespace: "demo".to_owned(),
                node: String::new(),
                program,
                uid: Uuid::nil(),
                env: BTreeMap::new(),
            },
            server: ([127, 0, 0, 1], port).into(),
            control: ([127, 0, 0, 1], port + 1).into(),
        }
    }

    #[test]
    fn every_process_is_read_where_its_numbers_are() {
        let all = [
            placed("front-1", Program::Front, 10),
            placed("colorapp-1", Program::Colorapp, 20),
            placed("colorapp-2", Program::Colorapp, 30),
        ];
        let mesh = ("envoy", ([127, 0, 0, 1], 9901).into());
        let config: Value =
            serde_json::from_str(&config(&all, mesh, Path::new("/r.json"))).unwrap();
        assert_eq!(config["rule_files"], json!(["/r.json"]));
        let target = |address: &str, pod: &str| {
            json!({
                "targets": [address],
                "labels": { "namespace": "demo", "pod": pod },
            })
        };
        let pods = [
            target("127.0.0.1:21", "colorapp-1"),
            target("127.0.0.1:31", "colorapp-2"),
        ];
        let expected = json!([
            { "job_name": "colorapp", "metrics_path": "/metrics", "static_configs": pods },
            {
                "job_name": "front",
                "metrics_path": "/metrics",
                "static_configs": [target("127.0.0.1:11", "front-1")],
            },
            {
                "job_name": "envoy",
                "metrics_path": "/stats/prometheus",
                "static_configs": [target("127.0.0.1:9901", "envoy")],
            },
        ]);
        assert_eq!(config["scrape_configs"], expected);
    }

    #[test]
    fn the_rules_are_those_of_the_manifests() {
        let rules: Value = serde_json::from_str(&rules()).unwrap();
        let group = &rules["groups"][0];
        assert_eq!(group["interval"], Value::Null);
        let alerts = group["rules"].as_array().unwrap().iter();
        let names: Vec<&Value> = alerts.map(|of| &of["alert"]).collect();
        assert_eq!(names, ["OutlierHostEjected", "OutlierPanic"]);
    }
}
