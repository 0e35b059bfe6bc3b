//! A folder of one test, gone with it.

use std::path::{Path, PathBuf};
use std::{env, fs, process};

/// A folder of one test, gone with it.
pub(crate) struct PrivateFolder(PathBuf);

impl PrivateFolder {
    /// A folder that no other test names so.
    pub(crate) fn new(name: &str) -> Self {
        let folder = env::temp_dir().join(format!("outlier-demo-test-{name}-{}", process::id()));
        fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// Writes a file into it.
    pub(crate) fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.0.join(name);
        fs::write(&path, text).unwrap();
        path
    }
}

impl Drop for PrivateFolder {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(&self.0));
    }
}
