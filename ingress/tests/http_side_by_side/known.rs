//! The differences that are meant, read from `differences.txt`.
//!
//! An unindented line with a `#` names a difference, one without names a case that shows it; the indented
//! lines behind one or more cases are what only Envoy has (`-`) and what only this proxy has (`+`).

use std::collections::HashMap;

const FILE: &str = include_str!("differences.txt");

/// What is different in one case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Known {
    /// The name of the difference, as in `docs/http.md`.
    pub(crate) id: String,
    pub(crate) lines: Vec<String>,
}

/// By the names of the cases.
pub(crate) fn known() -> HashMap<String, Known> {
    let mut all = HashMap::new();
    let (mut id, mut cases, mut lines) = (String::new(), Vec::new(), Vec::new());
    for line in FILE.lines().filter(|line| !line.is_empty()) {
        if let Some(line) = line.strip_prefix("    ") {
            lines.push(line.to_owned());
            continue;
        }
        if !lines.is_empty() {
            note(&mut all, &id, &mut cases, &mut lines);
        }
        match line.strip_prefix("# ") {
            Some(name) => id = name.to_owned(),
            None => cases.push(line.to_owned()),
        }
    }
    note(&mut all, &id, &mut cases, &mut lines);
    all
}

fn note(
    all: &mut HashMap<String, Known>,
    id: &str,
    cases: &mut Vec<String>,
    lines: &mut Vec<String>,
) {
    let known = Known {
        id: id.to_owned(),
        lines: std::mem::take(lines),
    };
    for case in cases.drain(..) {
        let before = all.insert(case.clone(), known.clone());
        assert_eq!(before, None, "{case} stands twice in differences.txt");
    }
}
