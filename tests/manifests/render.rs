//! An overlay as kustomize puts it together, in the order of its lists. Generated ConfigMaps keep their
//! plain names.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};

use crate::merge::merge;

/// The folder of all manifests.
pub(crate) fn manifests() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/manifests"))
}

/// The objects of `manifests/<overlay>`, in order.
pub(crate) fn overlay(overlay: &str) -> Vec<Value> {
    let mut objects = Vec::new();
    build(&manifests().join(overlay), &mut objects);
    objects
}

/// The objects of `manifests/<overlay>` with these components on top.
pub(crate) fn with_components(overlay: &str, components: &[&str]) -> Vec<Value> {
    let mut objects = self::overlay(overlay);
    for component in components {
        build(
            &manifests().join("components").join(component),
            &mut objects,
        );
    }
    objects
}

/// What the kustomization of `folder` says.
pub(crate) fn kustomization(folder: &Path) -> Map<String, Value> {
    let documents = yaml(&read(&folder.join("kustomization.yaml")));
    let [Value::Object(fields)] = &documents[..] else {
        panic!("{}: one mapping is expected", folder.display());
    };
    fields.clone()
}

/// The documents of a YAML text.
pub(crate) fn yaml(text: &str) -> Vec<Value> {
    serde_saphyr::from_multiple(text).unwrap()
}

pub(crate) fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Adds what `folder` lists to `objects`, and changes what it patches.
fn build(folder: &Path, objects: &mut Vec<Value>) {
    let fields = kustomization(folder);
    let mut own = Vec::new();
    for name in list(&fields, "resources") {
        let path = folder.join(name.as_str().unwrap());
        if path.is_dir() {
            build(&path, &mut own);
        } else {
            own.extend(yaml(&read(&path)));
        }
    }
    let generators = list(&fields, "configMapGenerator");
    own.extend(generators.iter().map(|of| config_map(folder, of)));
    objects.extend(own);
    for patch in list(&fields, "patches") {
        apply(folder, patch, objects);
    }
    for image in list(&fields, "images") {
        rename(image, objects);
    }
    for key in fields.keys() {
        assert!(
            KNOWN.contains(&key.as_str()),
            "{}: {key} is not read here",
            folder.display()
        );
    }
}

const KNOWN: [&str; 7] = [
    "apiVersion",
    "configMapGenerator",
    "images",
    "kind",
    "patches",
    "resources",
    "sortOptions",
];

fn list<'a>(fields: &'a Map<String, Value>, key: &str) -> &'a [Value] {
    fields.get(key).map_or(&[], |list| list.as_array().unwrap())
}

fn config_map(folder: &Path, generator: &Value) -> Value {
    let mut data = Map::new();
    for file in generator["files"].as_array().unwrap() {
        let file = file.as_str().unwrap();
        let (key, path) = match file.split_once('=') {
            Some((key, path)) => (key, PathBuf::from(path)),
            None => (file.rsplit('/').next().unwrap(), PathBuf::from(file)),
        };
        data.insert(key.to_owned(), read(&folder.join(path)).into());
    }
    json!({
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {
            "name": generator["name"],
            "namespace": generator["namespace"],
            "labels": generator["options"]["labels"],
        },
        "data": data,
    })
}

fn apply(folder: &Path, patch: &Value, objects: &mut [Value]) {
    let text = match patch["path"].as_str() {
        Some(path) => read(&folder.join(path)),
        None => patch["patch"].as_str().unwrap().to_owned(),
    };
    for change in yaml(&text) {
        let meant = |object: &&mut Value| match patch.get("target") {
            Some(target) => is_target(object, target),
            None => {
                object["kind"] == change["kind"]
                    && object["metadata"]["name"] == change["metadata"]["name"]
            }
        };
        let mut change_of = change.clone();
        if patch.get("target").is_some() {
            change_of["metadata"] = json!({});
        }
        let mut hits = 0;
        for object in objects.iter_mut().filter(meant) {
            merge(object, &change_of);
            hits += 1;
        }
        assert!(hits > 0, "{}: nothing to patch: {change}", folder.display());
    }
}

/// The one kind of target there is: a kind, and a label that has one of some values.
fn is_target(object: &Value, target: &Value) -> bool {
    let selector = target["labelSelector"].as_str().unwrap();
    let (label, values) = selector.split_once(" in (").unwrap();
    let mut values = values.trim_end_matches(')').split(", ");
    object["kind"] == target["kind"]
        && values.any(|value| object["metadata"]["labels"][label] == value)
}

fn rename(image: &Value, objects: &mut [Value]) {
    let [name, new, tag] = ["name", "newName", "newTag"].map(|key| image[key].as_str().unwrap());
    for object in objects {
        for list in ["initContainers", "containers"] {
            let containers = object.pointer_mut(&format!("/spec/template/spec/{list}"));
            for container in containers
                .and_then(Value::as_array_mut)
                .into_iter()
                .flatten()
            {
                let is = container["image"].as_str().unwrap();
                if is.split(':').next() == Some(name) {
                    container["image"] = format!("{new}:{tag}").into();
                }
            }
        }
    }
}
