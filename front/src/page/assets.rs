//! The parts of the page, as they are in the program.

use std::hash::{DefaultHasher, Hash, Hasher};

/// One file of the page.
pub(super) struct Asset {
    /// Its name under `/page/`.
    pub(super) name: &'static str,
    pub(super) text: &'static str,
}

/// A file of this folder.
macro_rules! asset {
    ($name:literal) => {
        Asset {
            name: $name,
            text: include_str!($name),
        }
    };
}

/// What `/` answers.
pub(super) const INDEX: Asset = asset!("index.html");

/// What `/page/` has.
pub(super) const ASSETS: &[Asset] = &[
    asset!("badges.js"),
    asset!("base.css"),
    asset!("call.js"),
    asset!("canvas.js"),
    asset!("chart.js"),
    asset!("clock.js"),
    asset!("controls.js"),
    asset!("curl.js"),
    asset!("detail.js"),
    asset!("dom.js"),
    asset!("first.js"),
    asset!("flight.js"),
    asset!("fullscreen.js"),
    asset!("guide.js"),
    asset!("icon.svg"),
    asset!("layout.css"),
    asset!("layout.js"),
    asset!("load.js"),
    asset!("low.css"),
    asset!("main.js"),
    asset!("marks.js"),
    asset!("panels.css"),
    asset!("path.css"),
    asset!("phone.css"),
    asset!("rates.js"),
    asset!("replica.js"),
    asset!("replicas.js"),
    asset!("route.js"),
    asset!("sky.js"),
    asset!("state.js"),
    asset!("steps.js"),
    asset!("storage.js"),
    asset!("stream.js"),
    asset!("theme.js"),
    asset!("timeline.js"),
    asset!("token.js"),
    asset!("words.js"),
];

impl Asset {
    /// What changes when the text does.
    pub(super) fn tag(&self) -> String {
        let mut hasher = DefaultHasher::new();
        self.text.hash(&mut hasher);
        format!("\"{:016x}\"", hasher.finish())
    }

    pub(super) fn content_type(&self) -> &'static str {
        match self.name.rsplit_once('.') {
            Some((_, "html")) => "text/html; charset=utf-8",
            Some((_, "css")) => "text/css; charset=utf-8",
            Some((_, "js")) => "text/javascript; charset=utf-8",
            Some((_, "svg")) => "image/svg+xml",
            _ => unreachable!("a test looks at the content type of every asset"),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::Path;

    use super::*;

    /// A file that is not listed would be missing in the program only.
    #[test]
    fn every_file_of_the_page_is_in_the_program() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/page");
        let files: BTreeSet<_> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|name| !name.ends_with(".rs"))
            .collect();
        let listed = ASSETS.iter().chain([&INDEX]);
        let listed: BTreeSet<_> = listed.map(|asset| asset.name.to_owned()).collect();
        assert_eq!(listed, files);
    }

    #[test]
    fn every_file_has_a_content_type() {
        for asset in ASSETS.iter().chain([&INDEX]) {
            assert!(asset.content_type().contains('/'), "{}", asset.name);
        }
    }
}
