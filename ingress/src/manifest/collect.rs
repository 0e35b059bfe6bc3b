//! Files, folders and kustomizations, followed to the documents in them.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};

use super::document::{self, Document};
use super::error::ManifestError;
use super::kind::is_cluster_scoped;
use super::kustomization::{FILE_NAMES, Kustomization, unsupported};
use super::tree::{Tree, clean};

/// Collects the documents of one source.
pub(super) struct Collector<'a> {
    tree: &'a dyn Tree,
    documents: Vec<Document>,
    /// Every file read so far. kustomize takes none twice either, and it ends all circles.
    seen: BTreeSet<PathBuf>,
}

impl<'a> Collector<'a> {
    pub(super) fn new(tree: &'a dyn Tree) -> Self {
        Self {
            tree,
            documents: Vec::new(),
            seen: BTreeSet::new(),
        }
    }

    /// The documents of the file or folder `path`.
    pub(super) fn start(mut self, path: &Path) -> Result<Vec<Document>, ManifestError> {
        let path = clean(path);
        let is_kustomization = path
            .file_name()
            .is_some_and(|name| FILE_NAMES.iter().any(|known| name == *known));
        if self.tree.is_folder(&path) {
            match self.kustomization_in(&path)? {
                Some(file) => self.kustomization(&path, &file)?,
                None => self.folder(&path)?,
            }
        } else if is_kustomization {
            let folder = clean(path.parent().unwrap_or(Path::new("")));
            self.kustomization(&folder, &path)?;
        } else {
            self.file(&path)?;
        }
        Ok(self.documents)
    }

    fn file(&mut self, path: &Path) -> Result<(), ManifestError> {
        let bytes = self.read(path)?;
        self.documents
            .extend(document::parse(&path.display().to_string(), &bytes)?);
        Ok(())
    }

    fn folder(&mut self, path: &Path) -> Result<(), ManifestError> {
        let files = self
            .tree
            .files(path)
            .map_err(|error| unreadable(path, &error))?;
        let is_yaml = |file: &&PathBuf| {
            file.extension()
                .is_some_and(|end| end == "yaml" || end == "yml")
        };
        let mut manifests = files.iter().filter(is_yaml).peekable();
        if manifests.peek().is_none() {
            return Err(ManifestError::new(
                path.display(),
                "has no *.yaml or *.yml in it; folders in it are not looked into",
            ));
        }
        manifests.try_for_each(|file| self.file(file))
    }

    fn kustomization(&mut self, folder: &Path, file: &Path) -> Result<(), ManifestError> {
        let bytes = self.read(file)?;
        let kustomization = Kustomization::parse(folder, file, &bytes)?;
        let first = self.documents.len();
        for (i, resource) in kustomization.resources.iter().enumerate() {
            let path = clean(&folder.join(resource));
            if !self.tree.is_folder(&path) {
                self.file(&path)?;
            } else if let Some(file) = self.kustomization_in(&path)? {
                self.kustomization(&path, &file)?;
            } else {
                return Err(ManifestError::new(
                    format_args!("{}: resources[{i}]", file.display()),
                    format_args!("{} has no kustomization.yaml in it", path.display()),
                ));
            }
        }
        match &kustomization.namespace {
            Some(namespace) => self.documents[first..]
                .iter()
                .try_for_each(|document| in_namespace(document, namespace, folder, file)),
            None => Ok(()),
        }
    }

    /// The kustomization of `folder`, if it has one.
    fn kustomization_in(&self, folder: &Path) -> Result<Option<PathBuf>, ManifestError> {
        let files = self
            .tree
            .files(folder)
            .map_err(|error| unreadable(folder, &error))?;
        Ok(FILE_NAMES
            .iter()
            .map(|name| clean(&folder.join(name)))
            .find(|file| files.contains(file)))
    }

    fn read(&mut self, path: &Path) -> Result<Vec<u8>, ManifestError> {
        if !self.seen.insert(path.to_owned()) {
            return Err(ManifestError::new(path.display(), "is listed twice"));
        }
        self.tree
            .read(path)
            .map_err(|error| unreadable(path, &error))
    }
}

/// Whether `document` is where the kustomization would put it: putting it there is kustomize's work.
fn in_namespace(
    document: &Document,
    namespace: &str,
    folder: &Path,
    file: &Path,
) -> Result<(), ManifestError> {
    if is_cluster_scoped(&document.kind) || document.metadata("namespace") == Some(namespace) {
        return Ok(());
    }
    let what = format!(
        "is not {namespace}, to which {} would change it",
        file.display()
    );
    Err(ManifestError::new(
        format_args!("{}: metadata.namespace", document.place()),
        unsupported(folder, &what),
    ))
}

fn unreadable(path: &Path, error: &io::Error) -> ManifestError {
    ManifestError::new(path.display(), format_args!("cannot be read: {error}"))
}
