//! Envoy's two configuration files are what `ingress envoy-bootstrap` writes from the App Mesh objects, and
//! the ConfigMap that ingress reads holds the same objects.

use clap::Parser;
use ingress::BootstrapArgs;
use serde_json::{Value, json};

use crate::render::{kustomization, manifests, read};

/// The files, and the flags that they are written with, in the repository's folder.
const FILES: [(&str, &str); 2] = [
    (
        "manifests/envoy/sidecar.json",
        "--manifests manifests/mesh/objects --part sidecar --stats 0.0.0.0:9902",
    ),
    (
        "manifests/envoy/gateway.json",
        "--manifests manifests/mesh/objects --part gateway --gateway 0.0.0.0:8080 --stats 0.0.0.0:9902",
    ),
];

#[derive(Debug, Parser)]
struct Line {
    #[command(flatten)]
    bootstrap: BootstrapArgs,
}

/// Tests run in the folder of their package, which is the repository's.
fn written(flags: &str) -> String {
    let line = Line::parse_from(["envoy-bootstrap"].into_iter().chain(flags.split(' ')));
    format!(
        "{:#}\n",
        ingress::envoy_bootstrap(&line.bootstrap, None).unwrap()
    )
}

#[test]
fn envoys_files_are_what_the_objects_say() {
    for (file, flags) in FILES {
        let is = read(file.as_ref());
        assert!(
            is == written(flags),
            "{file} is out of date. Write it anew:\n  cargo run -p ingress -- envoy-bootstrap {flags} > {file}"
        );
    }
}

#[test]
fn another_policy_makes_another_file() {
    let (file, flags) = FILES[0];
    let fast = format!("{flags} --speed 2");
    assert_ne!(read(file.as_ref()), written(&fast));
}

/// The admin pages can end Envoy, so nobody but the pod reaches them.
#[test]
fn the_admin_pages_are_on_loopback() {
    for (file, _) in FILES {
        let config: Value = serde_json::from_str(&read(file.as_ref())).unwrap();
        let address = &config["admin"]["address"]["socket_address"];
        assert_eq!(address["address"], "127.0.0.1", "{file}");
    }
    for file in ["gateway", "front"] {
        let pod = read(&manifests().join(format!("ingress/{file}.yaml")));
        assert!(!pod.contains("--admin"), "{file}: loopback is the default");
    }
}

#[test]
fn the_config_map_has_every_object() {
    let folder = manifests().join("mesh");
    let files = &kustomization(&folder)["configMapGenerator"][0]["files"];
    let objects = kustomization(&folder.join("objects"));
    let resources = objects["resources"].as_array().unwrap().iter();
    let resources = resources.map(|of| of.as_str().unwrap());
    let expected: Vec<_> = resources
        .filter(|resource| *resource != "../endpoints")
        .map(|resource| format!("objects/{resource}"))
        .collect();
    assert_eq!(*files, json!(expected));
}
