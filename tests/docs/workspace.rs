//! The workspace as its manifests have it, and as cargo resolves it. Nothing here asks the network for anything, as long as
//! what the tests themselves are compiled from is there.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// One crate of the workspace.
pub(crate) struct Member {
    pub(crate) name: String,
    /// Where its manifest is.
    pub(crate) folder: PathBuf,
    pub(crate) dependencies: Vec<Dependency>,
}

/// What a crate asks for that is not of the workspace.
pub(crate) struct Dependency {
    pub(crate) name: String,
    /// As the manifest has it, such as `1.12`.
    pub(crate) version: String,
    /// Whether only tests, examples and benchmarks have it.
    pub(crate) for_tests: bool,
}

/// All crates of the workspace.
pub(crate) fn members() -> Vec<Member> {
    let text = cargo(&[
        "metadata",
        "--no-deps",
        "--offline",
        "--locked",
        "--format-version=1",
    ]);
    let metadata: Value = serde_json::from_str(&text).unwrap();
    let packages = metadata["packages"].as_array().unwrap().iter();
    packages.map(Member::of).collect()
}

impl Member {
    fn of(package: &Value) -> Self {
        let manifest = Path::new(package["manifest_path"].as_str().unwrap());
        let all = package["dependencies"].as_array().unwrap().iter();
        // What is of the workspace has a path in place of a source.
        let others = all.filter(|dependency| !dependency["source"].is_null());
        Self {
            name: package["name"].as_str().unwrap().to_owned(),
            folder: manifest.parent().unwrap().to_owned(),
            dependencies: others.map(Dependency::of).collect(),
        }
    }
}

impl Dependency {
    fn of(dependency: &Value) -> Self {
        let version = dependency["req"].as_str().unwrap();
        Self {
            name: dependency["name"].as_str().unwrap().to_owned(),
            version: version.trim_start_matches('^').to_owned(),
            for_tests: dependency["kind"] == "dev",
        }
    }
}

/// The licence of each package that a crate of the workspace asks for, in its own words.
pub(crate) fn licences() -> BTreeMap<String, String> {
    let text = tree(&[
        "--workspace",
        "--depth=1",
        "--no-dedupe",
        "--format={p}|{l}",
    ]);
    let lines = text.lines().map(|line| line.trim_end_matches(" (*)"));
    let pairs = lines.filter_map(|line| line.split_once('|'));
    pairs
        .map(|(package, licence)| (first_word(package).to_owned(), licence.to_owned()))
        .collect()
}

/// How many packages of others are in a program, on the machine that this is. What is only in the compiler's memory, a
/// macro, does not count.
pub(crate) fn packages_in(program: &str) -> usize {
    let text = tree(&["--package", program, "--edges=normal,no-proc-macro"]);
    let lines = text.lines().map(|line| line.trim_end_matches(" (*)"));
    // What is of the workspace has its path behind it.
    let others = lines.filter(|line| !line.contains(" (/"));
    others.collect::<BTreeSet<_>>().len()
}

/// How many packages of others are locked, those for other platforms and for features that nobody has included.
pub(crate) fn packages_locked() -> usize {
    let lock = fs::read_to_string(repository().join("Cargo.lock")).unwrap();
    let sources = lock.lines().filter(|line| line.starts_with("source = "));
    sources.count()
}

/// A section of a manifest: what stands behind its `heading`, up to the next one.
pub(crate) fn section<'a>(manifest: &'a str, heading: &str) -> Vec<&'a str> {
    let lines = manifest.lines().skip_while(|line| *line != heading).skip(1);
    lines.take_while(|line| !line.starts_with('[')).collect()
}

/// The repository.
pub(crate) fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn tree(args: &[&str]) -> String {
    cargo(
        &[
            &["tree", "--locked", "--prefix=none", "--charset=ascii"],
            args,
        ]
        .concat(),
    )
}

fn cargo(args: &[&str]) -> String {
    let mut cargo = Command::new(env!("CARGO"));
    let output = cargo.args(args).current_dir(repository()).output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "cargo {args:?}: {errors}");
    String::from_utf8(output.stdout).unwrap()
}

fn first_word(text: &str) -> &str {
    text.split_whitespace().next().unwrap_or_default()
}

#[test]
fn a_section_ends_where_the_next_one_begins() {
    let manifest = "[package]\nname = \"x\"\n[lints]\nworkspace = true\n[[bench]]\nname = \"y\"\n";
    assert_eq!(section(manifest, "[lints]"), ["workspace = true"]);
    assert_eq!(section(manifest, "[[bench]]"), ["name = \"y\""]);
    assert!(section(manifest, "[features]").is_empty());
}
