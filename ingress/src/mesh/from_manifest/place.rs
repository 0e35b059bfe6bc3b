//! What every kind's conversion needs: places for messages, references, names, ports.

use crate::manifest::{Kind, ManifestError, Object, PortMapping, Protocol, Reference};

/// A field of an object.
#[derive(Debug)]
pub(super) struct At<'a, S> {
    object: &'a Object<S>,
    path: String,
}

impl<'a, S: Kind> At<'a, S> {
    pub(super) fn new(object: &'a Object<S>, path: impl Into<String>) -> Self {
        Self {
            object,
            path: path.into(),
        }
    }

    /// A field of this field.
    pub(super) fn field(&self, name: &str) -> Self {
        Self {
            object: self.object,
            path: format!("{}.{name}", self.path),
        }
    }

    /// An item of this list.
    pub(super) fn item(&self, index: usize) -> Self {
        Self {
            object: self.object,
            path: format!("{}[{index}]", self.path),
        }
    }

    pub(super) fn error(&self, what: impl std::fmt::Display) -> ManifestError {
        self.object.error(&self.path, what)
    }
}

/// The only object of its kind, if there is one.
pub(super) fn only_one<S: Kind>(
    objects: &[Object<S>],
) -> Result<Option<&Object<S>>, ManifestError> {
    match objects {
        [] => Ok(None),
        [object] => Ok(Some(object)),
        [first, second, ..] => Err(second.error(
            "metadata.name",
            format_args!(
                "only one {} is supported here, and {} is there already",
                S::KIND,
                first.name
            ),
        )),
    }
}

/// The index of the object that `reference` names.
pub(super) fn resolve<S: Kind, T: Kind>(
    at: &At<'_, S>,
    reference: Option<&Reference>,
    objects: &[Object<T>],
) -> Result<usize, ManifestError> {
    let Some(Reference { name, namespace }) = reference else {
        return Err(at.error("must be there"));
    };
    let namespace = namespace.as_ref().unwrap_or(&at.object.namespace);
    let found = objects
        .iter()
        .position(|object| object.name == *name && object.namespace == *namespace);
    found.ok_or_else(|| {
        at.error(format_args!(
            "there is no {} {name} in namespace {namespace}",
            T::KIND
        ))
    })
}

/// An object's name in AWS, and so in Envoy's cluster names, in `host` headers and in metrics.
pub(super) fn aws_name<S: Kind>(
    object: &Object<S>,
    written: Option<&str>,
    default: impl FnOnce() -> String,
) -> Result<String, ManifestError> {
    match written {
        None => Ok(default()),
        Some(name) if is_plain(name) => Ok(name.to_owned()),
        Some(_) => Err(object.error("spec.awsName", PLAIN)),
    }
}

/// What a name that is not plain must be like.
pub(super) const PLAIN: &str = "must have between 1 and 255 letters, digits, '.', '-' and '_'";

/// Whether `name` fits into a host name, a metric's label and a header alike.
pub(super) fn is_plain(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    (1..=255).contains(&name.len()) && name.chars().all(plain)
}

/// The port of a listener, whose protocol must be http.
pub(super) fn http_port<S: Kind>(
    at: &At<'_, S>,
    mapping: &PortMapping,
) -> Result<u16, ManifestError> {
    let protocol = match mapping.protocol {
        Protocol::Http => return Ok(mapping.port.port()),
        Protocol::Http2 => "http2",
        Protocol::Grpc => "grpc",
        Protocol::Tcp => "tcp",
    };
    Err(at.field("portMapping.protocol").error(format_args!(
        "{protocol} is not supported here: only http is"
    )))
}

/// Refuses a port that no listener has. There is one listener only, so a port that is written adds nothing.
pub(super) fn same_port<S: Kind>(
    at: &At<'_, S>,
    written: Option<u32>,
    listener: Option<u16>,
) -> Result<(), ManifestError> {
    match (written, listener) {
        (Some(written), Some(listener)) if written != u32::from(listener) => Err(at.error(
            format_args!("must be the listener's port {listener}, not {written}"),
        )),
        (Some(_), None) => Err(at.error("must not be there: there is no listener")),
        _ => Ok(()),
    }
}
