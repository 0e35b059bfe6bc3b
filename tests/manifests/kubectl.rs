//! The real kubectl: it takes every overlay, and makes of it what these tests take it for.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::merge::are_named;
use crate::objects::{items, of_kind};
use crate::render::{manifests, overlay, with_components, yaml};
use crate::{COMPONENTS, OVERLAYS};

const INSTALL: &str = "kubectl is not on PATH: see https://kubernetes.io/docs/tasks/tools/";

/// What kubectl makes of a folder.
fn kubectl(folder: &Path) -> String {
    let output = Command::new("kubectl")
        .arg("kustomize")
        .arg(folder)
        .output()
        .expect(INSTALL);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{}: {said}", folder.display());
    String::from_utf8(output.stdout).unwrap()
}

/// The objects with generated names made plain (those that Deployments mount end with a hash), and lists of named items in the order of the names:
/// kubectl puts what a patch adds in front.
fn comparable(text: &str) -> Vec<Value> {
    let mut text = text.to_owned();
    for map in of_kind(&yaml(&text), "ConfigMap") {
        let generated = map["metadata"]["name"].as_str().unwrap();
        // Grafana finds the dashboard by its label, so nobody has to follow its name.
        if map["metadata"]["labels"]["grafana_dashboard"] == "1" {
            continue;
        }
        let (plain, hash) = generated.rsplit_once('-').unwrap();
        assert_eq!(hash.len(), 10, "{generated}");
        text = text.replace(generated, plain);
    }
    let mut objects = yaml(&text);
    objects.iter_mut().for_each(sort_named);
    objects
}

fn sort_named(value: &mut Value) {
    match value {
        Value::Array(list) => {
            list.iter_mut().for_each(sort_named);
            if are_named(list) {
                list.sort_by_key(|item| item["name"].as_str().map(str::to_owned));
            }
        }
        Value::Object(fields) => fields.values_mut().for_each(sort_named),
        _ => {}
    }
}

fn sorted(mut objects: Vec<Value>) -> Vec<Value> {
    objects.iter_mut().for_each(sort_named);
    objects
}

#[test]
fn kubectl_comes_to_the_same() {
    for name in OVERLAYS {
        let real = comparable(&kubectl(&manifests().join(name)));
        assert_eq!(real, sorted(overlay(name)), "{name}");
    }
}

/// A kustomization on top of an overlay can add each component, name the images and choose the namespace;
/// DNS names are left, and one replacement in what comes out puts them right.
#[test]
fn components_images_and_a_namespace_go_on_top() {
    let folder = manifests()
        .parent()
        .unwrap()
        .join("target/manifests-on-top");
    fs::create_dir_all(&folder).unwrap();
    for name in OVERLAYS {
        let on_top = |more: &str| {
            let list = |folder: &str| format!("\n  - ../../manifests/{folder}");
            let components = COMPONENTS
                .map(|of| list(&format!("components/{of}")))
                .concat();
            let text = format!(
                "kind: Kustomization\nsortOptions: {{order: fifo}}\nresources:{}\ncomponents:{components}\n{more}",
                list(name)
            );
            fs::write(folder.join("kustomization.yaml"), text).unwrap();
            kubectl(&folder)
        };
        let real = comparable(&on_top(""));
        assert_eq!(real, sorted(with_components(name, &COMPONENTS)), "{name}");

        let moved =
            on_top("namespace: other\nimages:\n  - {name: front, newName: r.io/front, newTag: v1}");
        let moved = moved.replace(".outlier-demo.svc.", ".other.svc.");
        assert!(!moved.contains("outlier-demo.svc"), "{name}");
        for object in yaml(&moved) {
            let metadata = &object["metadata"];
            match object["kind"].as_str() {
                Some("Namespace") => assert_eq!(metadata["name"], "other", "{name}"),
                // In no namespace, which kustomize does not know and the API server does.
                Some("Mesh") => {}
                _ => assert_eq!(metadata["namespace"], "other", "{name}: {object}"),
            }
            for container in items(&object["spec"]["template"]["spec"]["containers"]) {
                if container["name"] == "front" {
                    assert_eq!(container["image"], "r.io/front:v1", "{name}");
                }
            }
        }
    }
}
