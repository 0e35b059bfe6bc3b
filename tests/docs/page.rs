//! `docs/dependencies.md`: a table, a row for each dependency.

use std::collections::BTreeSet;
use std::fs;

use crate::workspace::repository;

/// One row.
pub(crate) struct Row {
    pub(crate) name: String,
    pub(crate) version: String,
    pub(crate) licence: String,
    /// The crates whose code has it.
    pub(crate) used_by: BTreeSet<String>,
    /// The crates of which only tests, examples and benchmarks have it.
    pub(crate) tests_of: BTreeSet<String>,
    /// What for, and why this one.
    pub(crate) reason: String,
}

/// The page.
pub(crate) fn text() -> String {
    fs::read_to_string(repository().join("docs/dependencies.md")).unwrap()
}

/// The rows of the table, from top to bottom. A row begins with a name in backticks, and has six columns.
pub(crate) fn rows(page: &str) -> Vec<Row> {
    let rows = page.lines().map(cells);
    let rows = rows.filter(|cells| cells.len() == 6 && cells[0].starts_with('`'));
    rows.map(|cells| Row {
        name: cells[0].trim_matches('`').to_owned(),
        version: cells[1].to_owned(),
        licence: cells[2].to_owned(),
        used_by: names(cells[3]),
        tests_of: names(cells[4]),
        reason: cells[5].to_owned(),
    })
    .collect()
}

fn cells(line: &str) -> Vec<&str> {
    let inner = line
        .strip_prefix('|')
        .and_then(|rest| rest.strip_suffix('|'));
    inner.map_or_else(Vec::new, |inner| inner.split('|').map(str::trim).collect())
}

fn names(cell: &str) -> BTreeSet<String> {
    let names = cell.split(',').map(str::trim);
    names
        .filter(|name| !name.is_empty())
        .map(str::to_owned)
        .collect()
}
