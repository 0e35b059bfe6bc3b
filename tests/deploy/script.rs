//! What can be seen by reading the script.

use std::process::Command;

use regex::Regex;

use crate::harness::{repository, scripts};

#[test]
fn every_file_is_whole() {
    for file in scripts() {
        let checked = Command::new("bash").arg("-n").arg(&file).output().unwrap();
        assert!(
            checked.status.success(),
            "{}",
            String::from_utf8_lossy(&checked.stderr)
        );
    }
}

#[test]
fn every_room_is_entered() {
    let main = std::fs::read_to_string(repository().join("deploy.sh")).unwrap();
    for file in scripts() {
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        let line = format!(". \"$HERE/deploy/{name}\"");
        assert!(
            name == "deploy.sh" || main.contains(&line),
            "deploy.sh does not source {name}"
        );
    }
}

/// macOS comes with bash 3.2, and nobody should need another.
#[test]
fn nothing_is_newer_than_bash_3_2() {
    let newer = [
        (
            r"\b(declare|local|typeset) -[a-z]*[An]",
            "associative arrays and references",
        ),
        (
            r"\b(mapfile|readarray|coproc)\b",
            "mapfile, readarray, coproc",
        ),
        (r"\$\{[A-Za-z_]+(\[[^]]*\])?(,|\^)", "changes of case"),
        (r"\$\{[A-Za-z_]+(\[[^]]*\])?@[A-Z]\}", "transformations"),
        (r"&>>|\|&|;&", "&>>, |& and ;&"),
        (
            r"\bwait -n\b|\[\[ -v |EPOCHSECONDS|EPOCHREALTIME|BASHPID",
            "wait -n, -v and new variables",
        ),
        (r"printf '[^']*%\([^)]*\)T", "printf %(...)T"),
        (
            r#"[^+]"\$\{[A-Za-z_]+\[@\]\}""#,
            "an array that may be empty, under set -u",
        ),
        (r"\beval\b", "eval"),
    ];
    for file in scripts() {
        let text = std::fs::read_to_string(&file).unwrap();
        for (pattern, what) in newer {
            let found = Regex::new(pattern)
                .unwrap()
                .find(&text)
                .map(|found| found.as_str());
            assert_eq!(found, None, "{}: {what}", file.display());
        }
    }
}
