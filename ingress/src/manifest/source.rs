//! Where manifests come from.

use std::collections::BTreeMap;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::collect::Collector;
use super::document::{Document, MAX_FILE_BYTES, parse};
use super::error::ManifestError;
use super::tree::{Disk, Embedded};

/// Where manifests come from.
#[derive(Clone, Debug)]
pub enum Source {
    /// A file, or a folder: the kustomization in it if there is one, else each `*.yaml` and `*.yml` in
    /// it by name, not those in folders below.
    Path(PathBuf),
    /// The standard input.
    Stdin,
    /// Files in memory by their paths, read from `start` as [`Source::Path`] is from the disk.
    Embedded {
        /// Path and text of each file; folders are the paths' parents.
        files: BTreeMap<PathBuf, String>,
        /// The file or folder to begin with.
        start: PathBuf,
    },
}

impl From<&Path> for Source {
    /// `-` stands for the standard input, as everywhere.
    fn from(path: &Path) -> Self {
        if path == Path::new("-") {
            Self::Stdin
        } else {
            Self::Path(path.to_owned())
        }
    }
}

impl Source {
    pub(super) fn documents(&self) -> Result<Vec<Document>, ManifestError> {
        match self {
            Self::Path(path) => Collector::new(&Disk).start(path),
            Self::Stdin => stream("stdin", io::stdin().lock()),
            Self::Embedded { files, start } => Collector::new(&Embedded::new(files)).start(start),
        }
    }
}

/// The documents that `reader` gives.
fn stream(name: &str, reader: impl Read) -> Result<Vec<Document>, ManifestError> {
    let bytes = read_limited(reader)
        .map_err(|error| ManifestError::new(name, format_args!("cannot be read: {error}")))?;
    parse(name, &bytes)
}

/// All of `reader`, but no more than is needed to see that it is too much.
pub(super) fn read_limited(reader: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    reader
        .take(MAX_FILE_BYTES as u64 + 1)
        .read_to_end(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dash_is_the_standard_input() {
        assert!(matches!(Source::from(Path::new("-")), Source::Stdin));
        assert!(matches!(Source::from(Path::new("./-")), Source::Path(_)));
    }

    #[test]
    fn what_is_piped_in_is_called_stdin() {
        let documents = stream("stdin", &b"apiVersion: v1\nkind: Service\n"[..]).unwrap();
        assert_eq!(documents[0].place(), "stdin: document 1: Service");
    }

    #[test]
    fn an_endless_input_is_not_read_to_its_end() {
        let error = stream("stdin", io::repeat(b'#')).unwrap_err().to_string();
        assert_eq!(error, "stdin: must not be larger than 1048576 bytes");
    }
}
