//! The project's own manifests and alert rules, carried inside of the executable so that it works from any folder.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use include_dir::{Dir, include_dir};
use ingress::manifest::Source;

static MANIFESTS: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/manifests");

/// The demo behind App Mesh, under the paths that its files have in the repository.
pub(crate) fn app_mesh() -> Source {
    let root = Path::new("manifests");
    let mut files = BTreeMap::new();
    collect(&MANIFESTS, root, &mut files);
    Source::Embedded {
        files,
        start: root.join("appmesh"),
    }
}

/// The text of a file below `manifests`.
pub(crate) fn text(path: &str) -> &'static str {
    let file = MANIFESTS.get_file(path);
    file.and_then(|file| file.contents_utf8())
        .expect("the file is in the repository, and so in the executable")
}

fn collect(folder: &Dir<'_>, root: &Path, files: &mut BTreeMap<PathBuf, String>) {
    for file in folder.files() {
        if let Some(text) = file.contents_utf8() {
            files.insert(root.join(file.path()), text.to_owned());
        }
    }
    for folder in folder.dirs() {
        collect(folder, root, files);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_carried_is_what_is_in_the_repository() {
        let carried = ingress::manifest::load(&app_mesh()).unwrap();
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("manifests/appmesh");
        let on_disk = ingress::manifest::load(&Source::Path(folder)).unwrap();
        let names = |manifests: &ingress::manifest::Manifests| -> Vec<String> {
            let deployments = manifests.deployments.iter();
            deployments.map(|object| object.name.clone()).collect()
        };
        assert_eq!(names(&carried), ["ingress", "front", "colorapp"]);
        assert_eq!(names(&carried), names(&on_disk));
    }
}
