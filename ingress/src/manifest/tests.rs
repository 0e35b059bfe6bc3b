//! Reading, source by source, and each refusal with its sentence.

mod bounds;
mod documents;
mod kubernetes;
mod sources;
mod unsupported;
mod workloads;

use super::{ManifestError, Manifests, Source, load};

/// What `text` holds, in a file that is called `m.yaml`.
fn read(text: &str) -> Result<Manifests, ManifestError> {
    embedded(&[("m.yaml", text)], "m.yaml")
}

/// What `files` hold, from `start`.
fn embedded(files: &[(&str, &str)], start: &str) -> Result<Manifests, ManifestError> {
    let files = files
        .iter()
        .map(|(path, text)| (path.into(), (*text).to_owned()))
        .collect();
    load(&Source::Embedded {
        files,
        start: start.into(),
    })
}

/// The sentence with which `text` is refused.
fn refusal(text: &str) -> String {
    match read(text) {
        Ok(_) => panic!("accepted: {text}"),
        Err(error) => error.to_string(),
    }
}

/// An App Mesh object.
fn app_mesh(kind: &str, name: &str, spec: &str) -> String {
    object("appmesh.k8s.aws/v1beta2", kind, name, spec)
}

/// An object, its `spec` in YAML's flow style.
fn object(api_version: &str, kind: &str, name: &str, spec: &str) -> String {
    format!(
        "---\napiVersion: {api_version}\nkind: {kind}\nmetadata: {{name: {name}}}\nspec: {spec}\n"
    )
}
