//! `docs/http.md` lists the differences that the cases have, and no others.

use std::collections::BTreeSet;

use crate::cases;
use crate::known::known;

const PAGE: &str = include_str!("../../../docs/http.md");

#[test]
fn the_page_lists_each_known_difference_and_no_other() {
    let (_, rest) = PAGE.split_once("## What differs").expect("a part for it");
    let (part, _) = rest.split_once("\n## ").expect("another part behind it");
    let listed: BTreeSet<&str> = part
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split_once('`'))
        .map(|(id, _)| id)
        .collect();
    let known = known();
    let ids: BTreeSet<&str> = known.values().map(|known| known.id.as_str()).collect();
    assert_eq!(listed, ids);
}

#[test]
fn the_page_tells_how_many_cases_there_are() {
    let cases = cases::all();
    let different = known().len();
    let told = format!(
        "{} cases, {} of them with a difference",
        cases.len(),
        different
    );
    assert!(PAGE.contains(&told), "docs/http.md should say: {told}");
}

#[test]
fn cases_have_names_of_their_own() {
    let cases = cases::all();
    let names: BTreeSet<&str> = cases.iter().map(|case| case.name.as_str()).collect();
    assert_eq!(names.len(), cases.len());
}

#[test]
fn every_known_difference_is_one_of_a_case() {
    let cases = cases::all();
    for name in known().keys() {
        assert!(cases.iter().any(|case| case.name == *name), "{name}");
    }
}
