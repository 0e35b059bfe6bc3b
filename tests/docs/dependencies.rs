//! `docs/dependencies.md` names each dependency of each crate, as the manifests do, and nothing else.

use std::collections::{BTreeMap, BTreeSet};

use crate::page::{Row, rows, text};
use crate::workspace::{Member, licences, members, packages_locked};

/// Who asks for a dependency.
#[derive(Default)]
struct Asked {
    version: String,
    used_by: BTreeSet<String>,
    tests_of: BTreeSet<String>,
}

fn asked(members: &[Member]) -> BTreeMap<String, Asked> {
    let mut all: BTreeMap<String, Asked> = BTreeMap::new();
    for member in members {
        for dependency in &member.dependencies {
            let asked = all.entry(dependency.name.clone()).or_default();
            asked.version.clone_from(&dependency.version);
            let crates = match dependency.for_tests {
                true => &mut asked.tests_of,
                false => &mut asked.used_by,
            };
            crates.insert(member.name.clone());
        }
    }
    // A crate that has more features of it in its tests is not named twice.
    for asked in all.values_mut() {
        asked.tests_of.retain(|name| !asked.used_by.contains(name));
    }
    all
}

fn problems(page: &str, members: &[Member], licences: &BTreeMap<String, String>) -> Vec<String> {
    let asked = asked(members);
    let rows = rows(page);
    let mut problems = Vec::new();
    if !rows.is_sorted_by(|a, b| a.name < b.name) {
        problems.push("rows are not sorted by name, or one is there twice".to_owned());
    }
    let listed: BTreeSet<_> = rows.iter().map(|row| &row.name).collect();
    let missing = asked.keys().filter(|name| !listed.contains(name));
    problems.extend(missing.map(|name| format!("{name} is not on the page")));
    for row in &rows {
        match asked.get(&row.name) {
            Some(asked) => problems.extend(differences(row, asked, licences)),
            None => problems.push(format!("no crate asks for {}", row.name)),
        }
    }
    problems
}

fn differences(row: &Row, asked: &Asked, licences: &BTreeMap<String, String>) -> Vec<String> {
    let name = &row.name;
    let mut problems = Vec::new();
    if row.version != asked.version {
        problems.push(format!("{name}: manifests ask for {}", asked.version));
    }
    if Some(&row.licence) != licences.get(name) {
        problems.push(format!("{name}: its licence is {:?}", licences.get(name)));
    }
    if row.used_by != asked.used_by {
        problems.push(format!("{name} is used by {:?}", asked.used_by));
    }
    if row.tests_of != asked.tests_of {
        problems.push(format!("{name} is used by tests of {:?}", asked.tests_of));
    }
    if row.reason.is_empty() {
        problems.push(format!("{name}: no reason"));
    }
    problems
}

#[test]
fn the_page_lists_what_the_manifests_ask_for() {
    let problems = problems(&text(), &members(), &licences());
    assert!(problems.is_empty(), "{problems:#?}");
}

/// Each is one line of the page changed, and exactly what is said of it.
#[test]
fn a_mistake_on_the_page_is_found() {
    let (page, members, licences) = (text(), members(), licences());
    let subtle = page.lines().find(|line| line.starts_with("| `subtle`"));
    let subtle = subtle.expect("a row, since another test finds each dependency");
    let cells: Vec<_> = subtle.split('|').collect();
    let with = |cell: usize, content: &str| {
        let mut cells = cells.clone();
        cells[cell] = content;
        cells.join("|")
    };
    let nobody = with(1, " `zzz` ");
    let mistakes = [
        (String::new(), "subtle is not on the page"),
        (format!("{subtle}\n{nobody}"), "no crate asks for zzz"),
        (format!("{subtle}\n{subtle}"), "rows are not sorted"),
        (with(2, "2.7"), "subtle: manifests ask for 2.6"),
        (
            with(3, "MIT"),
            "subtle: its licence is Some(\"BSD-3-Clause\")",
        ),
        (with(4, "front"), "subtle is used by {\"service\"}"),
        (with(4, "front, service"), "subtle is used by {\"service\"}"),
        (with(5, "front"), "subtle is used by tests of {}"),
        (with(6, " "), "subtle: no reason"),
    ];
    for (row, expected) in mistakes {
        let found = problems(&page.replace(subtle, &row), &members, &licences);
        let is_found = found.iter().any(|problem| problem.starts_with(expected));
        assert!(is_found, "{row}: {found:?}");
    }
}

#[test]
fn the_page_says_how_many_packages_are_locked() {
    let sentence = format!(
        "`Cargo.lock` names {} packages of others",
        packages_locked()
    );
    assert!(text().contains(&sentence), "not there: {sentence}");
}

/// Other platforms have a few others.
#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
#[test]
fn the_page_says_how_many_packages_are_in_each_program() {
    for program in ["colorapp", "front", "ingress", "outlier-demo"] {
        let row = format!(
            "| `{program}` | {} |",
            crate::workspace::packages_in(program)
        );
        assert!(text().contains(&row), "not there: {row}");
    }
}
