//! The house rules, `unsafe` forbidden above all, hold in every crate.

use std::fs;

use crate::workspace::{members, repository, section};

const INHERITED: &str = "workspace = true";

fn has(manifest: &str, heading: &str, line: &str) -> bool {
    section(manifest, heading).contains(&line)
}

#[test]
fn every_crate_has_the_lints_of_the_workspace() {
    let members = members();
    assert!(members.len() > 1);
    for member in members {
        let manifest = fs::read_to_string(member.folder.join("Cargo.toml")).unwrap();
        let inherits = has(&manifest, "[lints]", INHERITED);
        assert!(inherits, "{}: `[lints]` is not {INHERITED}", member.name);
    }
}

/// What is forbidden no crate, and no line of it, can allow.
#[test]
fn the_workspace_forbids_unsafe_code() {
    let manifest = fs::read_to_string(repository().join("Cargo.toml")).unwrap();
    let forbids = |manifest: &str| {
        has(
            manifest,
            "[workspace.lints.rust]",
            "unsafe_code = \"forbid\"",
        )
    };
    assert!(forbids(&manifest));
    assert!(!forbids(&manifest.replace("\"forbid\"", "\"deny\"")));
}
