//! A scenario: a script that opens the page in a browser, clicks, and looks.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::harness::Demo;

/// Names of Chromium on `PATH`, as distributions have them.
const NAMES: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];

/// Plays `scenarios/NAME.mjs` against the demo, and fails with all that it says if it fails.
pub(crate) fn play(name: &str, demo: &Demo) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/page");
    assert!(
        folder.join("node_modules/playwright-core").is_dir(),
        "Playwright is not there: npm ci --prefix tests/page"
    );
    let node = on_path("node").expect("node is not on PATH: install Node.js 20 or newer");
    let address = |name: &str| demo.ready[name].as_str().unwrap().to_owned();
    let output = Command::new(node)
        .arg(folder.join("scenarios").join(name).with_extension("mjs"))
        .env("CHROMIUM", chromium())
        .env("GATEWAY", address("gateway"))
        .env("ADMIN", address("admin"))
        .output();
    let Output {
        status,
        stdout,
        stderr,
    } = output.unwrap();
    let said = [stdout, stderr].concat();
    assert!(
        status.success(),
        "{name}: {status}\n{}",
        String::from_utf8_lossy(&said)
    );
}

/// The browser to test with: `CHROMIUM`, or the one on `PATH`.
fn chromium() -> PathBuf {
    let named = std::env::var_os("CHROMIUM").map(PathBuf::from);
    named
        .or_else(|| NAMES.into_iter().find_map(on_path))
        .expect("chromium is not on PATH: apt-get install chromium, or set CHROMIUM to where it is")
}

fn on_path(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut files = std::env::split_paths(&path).map(|folder| folder.join(program));
    files.find(|file| file.is_file())
}
