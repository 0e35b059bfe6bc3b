//! The manifests of `--manifests`, in a form that `up` can read now and a child at any later start.

use std::collections::BTreeMap;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use ingress::manifest::{MAX_FILE_BYTES, Source};
use service::ConfigError;

use super::error::Error;
use super::private_folder::PrivateFolder;
use crate::embedded;

/// The manifests of one run.
#[derive(Debug)]
pub(super) enum Chosen {
    /// Those that the executable carries.
    Own,
    /// A file or folder.
    Path(PathBuf),
    /// What came in on the standard input, which can be read only once.
    Piped {
        text: String,
        file: PathBuf,
        /// Holds the file.
        _folder: PrivateFolder,
    },
}

impl Chosen {
    /// What `--manifests` chooses; `-` is read to its end.
    ///
    /// # Errors
    /// When the standard input cannot be read or kept.
    pub(super) fn new(path: Option<&Path>) -> Result<Self, Error> {
        match path {
            None => Ok(Self::Own),
            Some(path) if path == Path::new("-") => {
                let text = piped(io::stdin().lock())?;
                let folder = PrivateFolder::new()?;
                Ok(Self::Piped {
                    file: folder.file("stdin.yaml", &text)?,
                    text,
                    _folder: folder,
                })
            }
            Some(path) => Ok(Self::Path(path.to_owned())),
        }
    }

    /// To be read by `up`.
    pub(super) fn source(&self) -> Source {
        match self {
            Self::Own => embedded::app_mesh(),
            Self::Path(path) => Source::Path(path.clone()),
            Self::Piped { text, .. } => {
                let start = PathBuf::from("stdin");
                Source::Embedded {
                    files: BTreeMap::from([(start.clone(), text.clone())]),
                    start,
                }
            }
        }
    }

    /// Where a child finds them; `None` is in itself.
    pub(super) fn path(&self) -> Option<&Path> {
        match self {
            Self::Own => None,
            Self::Path(path) => Some(path),
            Self::Piped { file, .. } => Some(file),
        }
    }
}

/// All of `reader`; one byte more than is allowed is enough for the refusal.
fn piped(reader: impl Read) -> Result<String, ConfigError> {
    let mut bytes = Vec::new();
    reader
        .take(MAX_FILE_BYTES as u64 + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| ConfigError::new(format!("stdin: cannot be read: {error}")))?;
    String::from_utf8(bytes)
        .map_err(|error| ConfigError::new(format!("stdin: is not UTF-8: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_text_is_refused() {
        let error = piped(&b"\xff"[..]).unwrap_err().to_string();
        assert!(error.starts_with("stdin: is not UTF-8: "), "{error}");
    }

    #[test]
    fn an_endless_input_is_not_read_to_its_end() {
        assert_eq!(piped(io::repeat(b'#')).unwrap().len(), MAX_FILE_BYTES + 1);
    }
}
