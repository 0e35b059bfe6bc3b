//! From a document to a typed object.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::document::{Document, Origin};
use super::error::ManifestError;
use super::rules::{Rules, find, remove};

/// One object: where it is written, how it is named, and what it says.
#[derive(Clone, Debug)]
pub struct Object<S> {
    /// Its kind, such as `Deployment`.
    pub kind: &'static str,
    /// Where it is written.
    pub origin: Origin,
    /// Its name.
    pub name: String,
    /// Its namespace, `default` where it does not say.
    pub namespace: String,
    /// Its labels.
    pub labels: BTreeMap<String, String>,
    /// What it says.
    pub spec: S,
}

/// A kind of object.
pub(crate) trait Kind: DeserializeOwned {
    const KIND: &str;
    const API_VERSION: &str;
    /// The fields that the type itself does not have.
    const RULES: Rules;
}

/// What Kubernetes puts on every object and nobody here reads.
const BOOKKEEPING: &[&str] = &[
    "apiVersion",
    "kind",
    "status",
    "metadata.annotations",
    "metadata.creationTimestamp",
    "metadata.deletionGracePeriodSeconds",
    "metadata.deletionTimestamp",
    "metadata.finalizers",
    "metadata.generation",
    "metadata.managedFields",
    "metadata.ownerReferences",
    "metadata.resourceVersion",
    "metadata.selfLink",
    "metadata.uid",
];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written<S> {
    metadata: Metadata,
    spec: S,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Metadata {
    name: String,
    namespace: Option<String>,
    labels: Option<BTreeMap<String, String>>,
}

impl<S> Object<S> {
    /// What is wrong with the field at `path`.
    pub(crate) fn error(&self, path: impl fmt::Display, what: impl fmt::Display) -> ManifestError {
        let Self {
            origin, kind, name, ..
        } = self;
        ManifestError::new(format_args!("{origin}: {kind} {name}: {path}"), what)
    }
}

/// Types `document`, whose kind and version are known to be right.
pub(super) fn read<S: Kind>(mut document: Document) -> Result<Object<S>, ManifestError> {
    let place = document.place();
    for (path, why) in S::RULES.refused {
        if let Some(found) = find(&document.value, path) {
            return Err(ManifestError::new(format_args!("{place}: {found}"), why));
        }
    }
    // Those that are refused can still be there as null, which Kubernetes takes for not there.
    let refused = S::RULES.refused.iter().map(|(path, _)| path);
    for path in BOOKKEEPING
        .iter()
        .chain(S::RULES.passed_over)
        .chain(refused)
    {
        remove(&mut document.value, path);
    }
    let Written { metadata, spec } = serde_path_to_error::deserialize(document.value)
        .map_err(|error| refusal(&place, &error))?;
    let namespace = metadata
        .namespace
        .unwrap_or_else(|| DEFAULT_NAMESPACE.to_owned());
    for (field, name) in [("name", &metadata.name), ("namespace", &namespace)] {
        if !is_name(name) {
            return Err(ManifestError::new(
                format_args!("{place}: metadata.{field}"),
                "must have between 1 and 253 lower-case letters, digits, '-' and '.', and begin and \
                 end with a letter or digit",
            ));
        }
    }
    Ok(Object {
        kind: S::KIND,
        origin: document.origin,
        name: metadata.name,
        namespace,
        labels: metadata.labels.unwrap_or_default(),
        spec,
    })
}

/// The namespace of an object that names none.
pub(super) const DEFAULT_NAMESPACE: &str = "default";

/// A DNS-1123 subdomain, as Kubernetes wants it. It ends up in Envoy's cluster names and in metrics.
fn is_name(name: &str) -> bool {
    let inner = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '.';
    let edge = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    name.len() <= 253 && name.chars().all(inner) && name.starts_with(edge) && name.ends_with(edge)
}

/// The field that serde refused. Where serde is about Rust, or would list what is known without what is
/// passed over, the sentence is shorter.
fn refusal(place: &str, error: &serde_path_to_error::Error<serde_json::Error>) -> ManifestError {
    let cause = error.inner().to_string();
    let what = if cause.starts_with("unknown field") {
        "unknown field".to_owned()
    } else if let Some((what, _)) = cause.split_once("expected struct ") {
        format!("{what}expected a mapping")
    } else {
        cause
    };
    match error.path().to_string().as_str() {
        "." => ManifestError::new(place, what),
        path => ManifestError::new(format_args!("{place}: {path}"), what),
    }
}
