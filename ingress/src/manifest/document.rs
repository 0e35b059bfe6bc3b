//! From text to documents: YAML, `List`s, and the limits of both.

use std::fmt;

use serde_json::Value;

use super::error::ManifestError;

/// The largest file that is read. Kubernetes itself takes no object above 1.5 MiB.
pub const MAX_FILE_BYTES: usize = 1024 * 1024;
/// The most documents that are read, from all files together.
pub const MAX_DOCUMENTS: usize = 1000;

/// Where an object is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The file, `stdin` for the standard input.
    pub file: String,
    /// Which document of the file, from 1; empty ones do not count.
    pub document: usize,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: document {}", self.file, self.document)
    }
}

/// One object, not yet typed.
#[derive(Debug)]
pub(super) struct Document {
    pub(super) origin: Origin,
    pub(super) api_version: String,
    pub(super) kind: String,
    pub(super) value: Value,
}

impl Document {
    /// Where it is and what it is, for the beginning of a message.
    pub(super) fn place(&self) -> String {
        let Self { origin, kind, .. } = self;
        match self.metadata("name") {
            Some(name) => format!("{origin}: {kind} {name}"),
            None => format!("{origin}: {kind}"),
        }
    }

    /// A field of its metadata.
    pub(super) fn metadata(&self, field: &str) -> Option<&str> {
        self.value.get("metadata")?.get(field)?.as_str()
    }
}

/// The documents of `file`, which holds `bytes`.
pub(super) fn parse(file: &str, bytes: &[u8]) -> Result<Vec<Document>, ManifestError> {
    let mut documents = Vec::new();
    for (i, value) in values(file, bytes)?.into_iter().enumerate() {
        let origin = Origin {
            file: file.to_owned(),
            document: i + 1,
        };
        unpack(origin, value, &mut documents)?;
    }
    Ok(documents)
}

/// The YAML documents of `file` that are not empty.
pub(super) fn values(file: &str, bytes: &[u8]) -> Result<Vec<Value>, ManifestError> {
    if bytes.len() > MAX_FILE_BYTES {
        return Err(ManifestError::new(
            file,
            format_args!("must not be larger than {MAX_FILE_BYTES} bytes"),
        ));
    }
    let text = std::str::from_utf8(bytes)
        .map_err(|error| ManifestError::new(file, format_args!("is not UTF-8: {error}")))?;
    let options = serde_saphyr::options! {
        with_snippet: false,
        // An alias may repeat a lot of text; what is written by hand repeats little.
        alias_limits: serde_saphyr::alias_limits! { max_total_replayed_events: 100_000 },
        // The limit on documents is ours, with a sentence of its own.
        budget: serde_saphyr::budget! { max_documents: MAX_FILE_BYTES },
    };
    serde_saphyr::from_multiple_with_options(text, options)
        .map_err(|error| ManifestError::new(file, broken(&error)))
}

/// Where the YAML is broken, and how. The library's own sentence ends with the place, once or twice.
fn broken(error: &serde_saphyr::Error) -> String {
    let message = error.render_with_formatter(&serde_saphyr::UserMessageFormatter);
    let what = message.split(" at line ").next().unwrap_or_default();
    match error.location() {
        Some(at) => format!("line {}, column {}: {what}", at.line(), at.column()),
        None => what.to_owned(),
    }
}

/// Adds the object in `value`, or each of them when it is a `List`.
fn unpack(
    origin: Origin,
    mut value: Value,
    documents: &mut Vec<Document>,
) -> Result<(), ManifestError> {
    if !value.is_object() {
        return Err(ManifestError::new(
            &origin,
            "must be a mapping with apiVersion and kind",
        ));
    }
    let field = |name: &str| match value.get(name) {
        Some(Value::String(text)) => Ok(text.clone()),
        _ => Err(ManifestError::new(
            &origin,
            format_args!("{name}: must be there, and be a string"),
        )),
    };
    let (api_version, kind) = (field("apiVersion")?, field("kind")?);
    if kind == "List" && api_version == "v1" {
        let Some(Value::Array(items)) = value.get_mut("items").map(Value::take) else {
            return Err(ManifestError::new(
                &origin,
                "List: items: must be there, and be a list",
            ));
        };
        return items
            .into_iter()
            .try_for_each(|item| unpack(origin.clone(), item, documents));
    }
    documents.push(Document {
        origin,
        api_version,
        kind,
        value,
    });
    Ok(())
}
