//! A file for the outcome.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

use service::ConfigError;

/// It is created before anything is measured, so that one that cannot be written is no surprise in the end, and
/// that an earlier outcome is not taken for this one.
pub(super) struct OutputFile<'a> {
    path: &'a Path,
    file: File,
}

impl<'a> OutputFile<'a> {
    /// The empty file that `flag` names, if it names one.
    ///
    /// # Errors
    /// When it cannot be created.
    pub(super) fn create(flag: &str, path: Option<&'a Path>) -> Result<Option<Self>, ConfigError> {
        let Some(path) = path else {
            return Ok(None);
        };
        match File::create(path) {
            Ok(file) => Ok(Some(Self { path, file })),
            Err(cause) => Err(ConfigError::new(format!(
                "{flag} {}: cannot be written: {cause}",
                path.display()
            ))),
        }
    }

    /// Writes it.
    ///
    /// # Errors
    /// When it cannot be written after all, as when the disk is full.
    pub(super) fn write(mut self, text: &str) -> io::Result<()> {
        let named = |cause: io::Error| {
            io::Error::new(cause.kind(), format!("{}: {cause}", self.path.display()))
        };
        self.file.write_all(text.as_bytes()).map_err(named)
    }
}
