//! A folder for what a run writes down.

use std::env;
use std::fs::{self, DirBuilder};
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use tracing::warn;
use uuid::Uuid;

/// A folder that nobody else can look into, gone with all that is in it when this is dropped.
#[derive(Debug)]
pub(super) struct PrivateFolder(PathBuf);

impl PrivateFolder {
    /// A new one among the temporary files.
    ///
    /// # Errors
    /// When the system refuses it.
    pub(super) fn new() -> io::Result<Self> {
        let folder = env::temp_dir().join(format!("outlier-demo-{}", Uuid::new_v4()));
        DirBuilder::new().mode(0o700).create(&folder)?;
        Ok(Self(folder))
    }

    /// Where it is.
    pub(super) fn path(&self) -> &Path {
        &self.0
    }

    /// Writes a file into it, and returns where that is.
    ///
    /// # Errors
    /// When the system refuses it.
    pub(super) fn file(&self, name: &str, text: &str) -> io::Result<PathBuf> {
        let file = self.0.join(name);
        fs::write(&file, text)?;
        Ok(file)
    }
}

impl Drop for PrivateFolder {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.0) {
            warn!(folder = %self.0.display(), %error, "cannot be removed");
        }
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn what_is_written_down_is_for_this_user_until_the_end() {
        let folder = PrivateFolder::new().unwrap();
        let file = folder.file("a", "b").unwrap();
        let mode = fs::metadata(folder.path()).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700);
        assert_eq!(fs::read_to_string(&file).unwrap(), "b");
        let path = folder.path().to_owned();
        drop(folder);
        assert!(!path.exists());
    }
}
