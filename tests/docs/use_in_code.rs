//! What a manifest asks for is used.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use regex::Regex;

use crate::workspace::{members, repository, section};

/// Where a crate's code is, and that of its tests, examples and benchmarks.
const CODE: [&str; 1] = ["src"];
const WITH_TESTS: [&str; 4] = ["src", "tests", "benches", "examples"];

/// All code below these folders that there are.
fn code(root: &Path, folders: &[&str]) -> String {
    let mut code = String::new();
    for folder in folders {
        add(&root.join(folder), &mut code);
    }
    code
}

fn add(folder: &Path, code: &mut String) {
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            add(&path, code);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            code.push_str(&fs::read_to_string(path).unwrap());
        }
    }
}

/// Whether code, comments aside, has a path that begins with the package.
fn uses(code: &str, package: &str) -> bool {
    let package = package.replace('-', "_");
    let path = Regex::new(&format!(r"(?:^|[^\w:]){package}(?:::|!)")).unwrap();
    let lines = code.lines().map(str::trim_start);
    lines
        .filter(|line| !line.starts_with("//"))
        .any(|line| path.is_match(line))
}

#[test]
fn a_crate_uses_what_it_asks_for() {
    let mut unused = Vec::new();
    for member in members() {
        let own = code(&member.folder, &CODE);
        let with_tests = code(&member.folder, &WITH_TESTS);
        for dependency in &member.dependencies {
            let (place, code) = match dependency.for_tests {
                true => ("its tests", &with_tests),
                false => ("its code", &own),
            };
            if !uses(code, &dependency.name) {
                unused.push(format!(
                    "{}: {place} has no {}",
                    member.name, dependency.name
                ));
            }
        }
    }
    assert!(unused.is_empty(), "{unused:#?}");
}

#[test]
fn a_use_is_a_path_and_no_comment() {
    assert!(uses("use some_crate::Body;", "some-crate"));
    assert!(uses("    let x: &some_crate::Frame = y;", "some-crate"));
    assert!(uses("x(some_crate::y!())", "some-crate"));
    assert!(uses("    some_crate!(\"x\")", "some-crate"));
    assert!(!uses("use some_crate_util::Body;", "some-crate"));
    assert!(!uses("use crate::some_crate::Body;", "some-crate"));
    assert!(!uses("    // some_crate::Body", "some-crate"));
    assert!(!uses("let some_crate = 1;", "some-crate"));
}

/// What the workspace offers and no crate takes would be looked after for nobody.
#[test]
fn each_dependency_of_the_workspace_is_some_crates() {
    let manifest = fs::read_to_string(repository().join("Cargo.toml")).unwrap();
    let offered = section(&manifest, "[workspace.dependencies]").into_iter();
    let offered = offered.filter(|line| !line.contains("path = "));
    let offered: BTreeSet<_> = offered
        .filter_map(|line| Some(line.split_once(" = ")?.0.to_owned()))
        .collect();
    let taken = members().into_iter().flat_map(|member| member.dependencies);
    let taken: BTreeSet<_> = taken.map(|dependency| dependency.name).collect();
    assert_eq!(offered, taken);
}
