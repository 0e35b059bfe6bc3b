//! A kustomization, as far as it only lists what belongs to it.
//!
//! Whoever patches, renames or generates needs kustomize itself: such a kustomization is refused, rather
//! than read as something it does not say.

use std::path::Path;

use serde_json::Value;

use super::document;
use super::error::ManifestError;

/// The names under which kustomize looks for one in a folder.
pub(super) const FILE_NAMES: [&str; 3] =
    ["kustomization.yaml", "kustomization.yml", "Kustomization"];

/// What is followed of a kustomization.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Kustomization {
    /// Files and folders, relative to its own.
    pub(super) resources: Vec<String>,
    /// The namespace that kustomize would put on every object.
    pub(super) namespace: Option<String>,
}

/// Keys that change nothing that is read here.
const NO_EFFECT: [&str; 5] = [
    "apiVersion",
    "kind",
    "metadata",
    "sortOptions",
    "buildMetadata",
];

impl Kustomization {
    /// Reads the kustomization `file` of `folder`, which holds `bytes`.
    pub(super) fn parse(folder: &Path, file: &Path, bytes: &[u8]) -> Result<Self, ManifestError> {
        let file = file.display().to_string();
        let bad =
            |key: &str, what: &str| Err(ManifestError::new(format_args!("{file}: {key}"), what));
        let mut values = document::values(&file, bytes)?;
        let (Some(Value::Object(fields)), None) = (values.pop(), values.pop()) else {
            return Err(ManifestError::new(
                &file,
                "must be one YAML document, a mapping",
            ));
        };
        let mut this = Self {
            resources: Vec::new(),
            namespace: None,
        };
        for (key, value) in fields {
            match (key.as_str(), value) {
                ("kind", Value::String(kind)) if kind != "Kustomization" => {
                    return bad("kind", &format!("must be Kustomization, not {kind}"));
                }
                (key, _) if NO_EFFECT.contains(&key) => {}
                ("namespace", Value::String(namespace)) => this.namespace = Some(namespace),
                ("resources", Value::Array(entries)) => {
                    for (i, entry) in entries.into_iter().enumerate() {
                        let key = format!("resources[{i}]");
                        match entry {
                            Value::String(remote) if remote.contains("://") => {
                                return bad(&key, &unsupported(folder, "is not on this machine"));
                            }
                            Value::String(resource) => this.resources.push(resource),
                            _ => return bad(&key, "must be a string"),
                        }
                    }
                }
                ("namespace", _) => return bad("namespace", "must be a string"),
                ("resources", _) => return bad("resources", "must be a list"),
                (key, _) => return bad(key, &unsupported(folder, "is not supported here")),
            }
        }
        Ok(this)
    }
}

/// `what` is wrong, and how to go about it.
pub(super) fn unsupported(folder: &Path, what: &str) -> String {
    let folder = folder.display();
    format!("{what}; pipe in what `kubectl kustomize {folder}` prints, with - as the source")
}
