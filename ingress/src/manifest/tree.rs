//! Folders and files, on the disk or in memory, so that a kustomization is read the same way from both.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io;
use std::path::{Component, Path, PathBuf};

use super::source::read_limited;

/// Folders and files.
pub(super) trait Tree {
    /// Whether `path` is a folder.
    fn is_folder(&self, path: &Path) -> bool;
    /// The files of the folder `path`, by name.
    fn files(&self, path: &Path) -> io::Result<BTreeSet<PathBuf>>;
    /// What the file `path` holds, cut off behind the largest size that is allowed.
    fn read(&self, path: &Path) -> io::Result<Vec<u8>>;
}

/// The disk.
pub(super) struct Disk;

/// Files in memory.
pub(super) struct Embedded<'a>(BTreeMap<PathBuf, &'a str>);

impl<'a> Embedded<'a> {
    pub(super) fn new(files: &'a BTreeMap<PathBuf, String>) -> Self {
        Self(
            files
                .iter()
                .map(|(path, text)| (clean(path), text.as_str()))
                .collect(),
        )
    }
}

impl Tree for Disk {
    fn is_folder(&self, path: &Path) -> bool {
        path.is_dir()
    }

    fn files(&self, path: &Path) -> io::Result<BTreeSet<PathBuf>> {
        let mut files = BTreeSet::new();
        for entry in fs::read_dir(path)? {
            let name = entry?.file_name();
            if !path.join(&name).is_dir() {
                files.insert(clean(&path.join(&name)));
            }
        }
        Ok(files)
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        read_limited(File::open(path)?)
    }
}

impl Tree for Embedded<'_> {
    fn is_folder(&self, path: &Path) -> bool {
        let path = clean(path);
        path == Path::new(".")
            || self
                .0
                .keys()
                .any(|file| file.starts_with(&path) && *file != path)
    }

    fn files(&self, path: &Path) -> io::Result<BTreeSet<PathBuf>> {
        let path = clean(path);
        let parent = |file: &PathBuf| file.parent().map(clean) == Some(path.clone());
        Ok(self.0.keys().filter(|file| parent(file)).cloned().collect())
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        let text = self.0.get(&clean(path)).ok_or(io::ErrorKind::NotFound)?;
        read_limited(text.as_bytes())
    }
}

/// `path` without `.` and, as far as it goes, without `..`; what is left of nothing is `.`. By name only,
/// as kustomize does it: `a/../b` is `b` also where `a` is a symbolic link.
pub(super) fn clean(path: &Path) -> PathBuf {
    let mut clean = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir
                if matches!(clean.components().next_back(), Some(Component::Normal(_))) =>
            {
                clean.pop();
            }
            component => clean.push(component),
        }
    }
    if clean.as_os_str().is_empty() {
        clean.push(".");
    }
    clean
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_cleaned_as_far_as_its_names_go() {
        for (written, cleaned) in [
            (
                "manifests/appmesh/../base/workloads",
                "manifests/base/workloads",
            ),
            ("./manifests//appmesh/", "manifests/appmesh"),
            ("../../a/..", "../.."),
            ("a/..", "."),
            ("", "."),
            ("/a/../b", "/b"),
        ] {
            assert_eq!(
                clean(Path::new(written)),
                Path::new(cleaned),
                "of {written:?}"
            );
        }
    }
}
